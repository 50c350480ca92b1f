import {
  acceptCompletion,
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  closeCompletion,
  completionKeymap,
  completionStatus,
  selectedCompletion,
  startCompletion,
} from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, insertNewlineAndIndent } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { forceLinting, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  placeholder,
  tooltips,
} from '@codemirror/view';
import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import type { QueryFault } from '../error-position.ts';
import { campaignCompletion } from './completion.ts';
import { markOf } from './fault-mark.ts';
import { hoverHelp } from './hover.ts';
import type { EditorKnowledge } from './knowledge.ts';
import { editorLook } from './look.ts';

export interface EditorHandle {
  focus(): void;
  /** Puts text where the cursor is, and the cursor behind it. */
  insert(text: string): void;
}

export interface EditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onFormat: () => void;
  readonly label: string;
  readonly hint: string;
  readonly knowledge: EditorKnowledge;
  /** What the product says is wrong with a text; null where nothing is. */
  readonly check: (text: string) => Promise<QueryFault | null>;
  readonly ref?: Ref<EditorHandle>;
}

/** A moment after the last key, the text is checked. */
const CHECK_DELAY_MS = 500;

/** An editor for one PromQL query. Enter runs it, Shift-Enter begins a line. */
export function Editor(props: EditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { value, label, hint, knowledge, check, ref } = props;

  // biome-ignore lint/correctness/useExhaustiveDependencies: the text has an effect of its own, and a new editor would lose the cursor
  useEffect(() => {
    if (place.current === null) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: extensions(() => latest.current, label, hint, knowledge),
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, hint, knowledge]);

  useEffect(() => {
    const shown = view.current;
    if (shown === null || shown.state.doc.toString() === value) return;
    shown.dispatch({
      changes: { from: 0, to: shown.state.doc.length, insert: value },
      selection: { anchor: value.length },
    });
  }, [value]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another check says something else of the same text
  useEffect(() => {
    if (view.current !== null) forceLinting(view.current);
  }, [check]);

  useImperativeHandle(ref, () => ({
    focus: () => view.current?.focus(),
    insert(text) {
      const shown = view.current;
      if (shown === null) return;
      shown.dispatch(shown.state.replaceSelection(text));
      shown.focus();
    },
  }));

  return <div ref={place} />;
}

function extensions(
  latest: () => EditorProps,
  label: string,
  hint: string,
  knowledge: EditorKnowledge,
): Extension[] {
  const promql = new PromQLExtension()
    .activateLinter(false)
    .setComplete({ completeStrategy: campaignCompletion(knowledge) });
  return [
    promql.asExtension(),
    editorLook,
    highlightSpecialChars(),
    history(),
    drawSelection(),
    bracketMatching(),
    closeBrackets(),
    EditorView.lineWrapping,
    placeholder(hint),
    // Inside the page's main part, so that those who go by landmarks meet what is offered.
    tooltips({ position: 'fixed', parent: document.querySelector('main') ?? document.body }),
    EditorState.phrases.of({ Completions: knowledge.words.completions }),
    EditorView.contentAttributes.of({
      'aria-label': label,
      spellcheck: 'false',
      autocapitalize: 'off',
      autocorrect: 'off',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest().onChange(update.state.doc.toString());
    }),
    linter(async ({ state }) => [...(await marksOf(state, latest().check))], { delay: CHECK_DELAY_MS }),
    hoverHelp(knowledge),
    autocompletion({ icons: false, defaultKeymap: false, maxRenderedOptions: 100 }),
    Prec.highest(keymap.of(keysOf(latest))),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}

async function marksOf(state: EditorState, check: EditorProps['check']) {
  const text = state.doc.toString();
  if (text.trim() === '') return [];
  const fault = await check(text);
  return fault === null ? [] : [markOf(fault, state.doc)];
}

function keysOf(latest: () => EditorProps) {
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
          if (offered?.label !== wordBefore(view.state) && acceptCompletion(view)) return true;
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
        latest().onFormat();
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

function wordBefore(state: EditorState): string {
  const { head } = state.selection.main;
  const line = state.doc.lineAt(head);
  return /[\w:]*$/.exec(line.text.slice(0, head - line.from))?.[0] ?? '';
}
