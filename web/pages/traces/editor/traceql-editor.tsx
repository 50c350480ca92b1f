import type { Diagnostic } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import { useCallback, useMemo } from 'react';
import { CodeEditor, type QueryEditorProps } from '../../../parts/editor/code-editor.tsx';
import type { TraceqlFault } from '../query/fault.ts';
import { traceqlCompletion } from './completion.ts';
import type { TraceKnowledge } from './knowledge.ts';
import { traceqlSyntax } from './syntax.ts';

export interface TraceqlEditorProps extends QueryEditorProps {
  readonly knowledge: TraceKnowledge;
  /** What the product says is wrong with a text; null where nothing is. */
  readonly check: (query: string) => Promise<TraceqlFault | null>;
}

/** An editor for one TraceQL query. */
export function TraceqlEditor({ knowledge, check, ...props }: TraceqlEditorProps) {
  const language = useMemo(
    () => [traceqlSyntax, traceqlSyntax.data.of({ autocomplete: traceqlCompletion(knowledge) })],
    [knowledge],
  );
  const marks = useCallback(
    async (doc: Text) => {
      const fault = await check(doc.toString());
      return fault === null || fault.position === null ? [] : [markOf(fault.message, fault.position, doc)];
    },
    [check],
  );
  return (
    <CodeEditor {...props} language={language} completions={knowledge.words.completions} check={marks} />
  );
}

/** A fault at the very end marks the character before it, so that there is something to see. */
function markOf(
  message: string,
  { start, end }: { readonly start: number; readonly end: number },
  doc: Text,
): Diagnostic {
  const to = Math.min(Math.max(end, start + 1), doc.length);
  return { from: Math.max(0, Math.min(start, to - 1)), to, severity: 'error', message };
}
