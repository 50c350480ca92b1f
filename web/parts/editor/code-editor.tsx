import { autocompletion, closeBrackets, closeBracketsKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { bracketMatching } from '@codemirror/language';
import { type Diagnostic, forceLinting, linter } from '@codemirror/lint';
import { EditorState, type Extension, Prec, type Text } from '@codemirror/state';
import {
  drawSelection,
  EditorView,
  highlightSpecialChars,
  keymap,
  placeholder,
  tooltips,
} from '@codemirror/view';
import { type Ref, useEffect, useImperativeHandle, useRef } from 'react';
import { queryKeys } from './keys.ts';
import { editorLook } from './look.ts';

export interface EditorHandle {
  focus(): void;
  /** Puts text where the cursor is, and the cursor behind it. */
  insert(text: string): void;
}

/** What editors of all query languages are told. */
export interface QueryEditorProps {
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  readonly onFormat?: () => void;
  readonly label: string;
  readonly hint: string;
  readonly ref?: Ref<EditorHandle>;
}

export interface CodeEditorProps extends QueryEditorProps {
  /** The language: its syntax, completion and help. Another one makes a new editor. */
  readonly language: Extension;
  /** What a screen reader calls the list of completions. */
  readonly completions: string;
  /** What is wrong with a text that is not empty, and where. */
  readonly check: (doc: Text) => Promise<readonly Diagnostic[]>;
}

/** A moment after the last key, the text is checked. */
const CHECK_DELAY_MS = 500;

/** An editor for one query. Enter runs it, Shift-Enter begins a line. */
export function CodeEditor(props: CodeEditorProps) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const { value, label, hint, language, check, ref } = props;

  useEffect(() => {
    if (place.current === null) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: extensions(() => latest.current, label, hint, language),
      }),
    });
    view.current = made;
    return () => {
      made.destroy();
      view.current = null;
    };
  }, [label, hint, language]);

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
  latest: () => CodeEditorProps,
  label: string,
  hint: string,
  language: Extension,
): Extension[] {
  return [
    language,
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
    EditorState.phrases.of({ Completions: latest().completions }),
    EditorView.contentAttributes.of({
      'aria-label': label,
      spellcheck: 'false',
      autocapitalize: 'off',
      autocorrect: 'off',
    }),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) latest().onChange(update.state.doc.toString());
    }),
    linter(async ({ state }) => (state.doc.toString().trim() === '' ? [] : await latest().check(state.doc)), {
      delay: CHECK_DELAY_MS,
    }),
    autocompletion({ icons: false, defaultKeymap: false, maxRenderedOptions: 100 }),
    Prec.highest(keymap.of(queryKeys(() => latest()))),
    keymap.of([...closeBracketsKeymap, ...historyKeymap, ...defaultKeymap]),
  ];
}
