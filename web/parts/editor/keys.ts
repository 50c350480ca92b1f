import {
  acceptCompletion,
  closeCompletion,
  completionKeymap,
  completionStatus,
  selectedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { insertNewlineAndIndent } from '@codemirror/commands';
import type { EditorState } from '@codemirror/state';
import type { EditorView, KeyBinding } from '@codemirror/view';
import type { QueryEditorProps } from './code-editor.tsx';

/** The keys of a query's editor: Enter runs, Tab and Enter take what is offered, Escape leads out. */
export function queryKeys(latest: () => Pick<QueryEditorProps, 'onRun' | 'onFormat'>): KeyBinding[] {
  const run = (): true => {
    latest().onRun();
    return true;
  };
  return [
    ...completionKeymap.filter(({ key }) => key !== 'Enter'),
    { key: 'Tab', run: acceptCompletion },
    {
      key: 'Enter',
      /** Takes what is offered, unless that is what already stands there. */
      run(view: EditorView): boolean {
        if (completionStatus(view.state) === 'active') {
          const offered = selectedCompletion(view.state);
          // What was offered only just now was not read: then Enter means to run.
          if (!standsBefore(view.state, offered?.label) && acceptCompletion(view)) return true;
          closeCompletion(view);
        }
        return run();
      },
      shift: insertNewlineAndIndent,
    },
    { key: 'Mod-Enter', run },
    {
      key: 'Shift-Alt-f',
      run(): true {
        latest().onFormat?.();
        return true;
      },
    },
    { key: 'Mod-i', run: startCompletion },
    {
      key: 'Escape',
      run(view: EditorView): boolean {
        if (completionStatus(view.state) !== null) return closeCompletion(view);
        // So that one key leads out to the page's own keys.
        view.contentDOM.blur();
        return true;
      },
    },
  ];
}

/** Whether the whole word before the cursor is this one. */
function standsBefore(state: EditorState, word: string | undefined): boolean {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  const before = line.text.slice(0, head - line.from);
  return word !== undefined && before.endsWith(word) && !/[\w:.]$/.test(before.slice(0, -word.length));
}
