import { PromQLExtension } from '@prometheus-io/codemirror-promql';
import { useMemo } from 'react';
import { CodeEditor, type QueryEditorProps } from '../../../parts/editor/code-editor.tsx';
import type { QueryFault } from '../error-position.ts';
import { campaignCompletion } from './completion.ts';
import { markOf } from './fault-mark.ts';
import { hoverHelp } from './hover.ts';
import type { EditorKnowledge } from './knowledge.ts';

export interface EditorProps extends QueryEditorProps {
  readonly knowledge: EditorKnowledge;
  /** What the product says is wrong with a text; null where nothing is. */
  readonly check: (text: string) => Promise<QueryFault | null>;
}

/** An editor for one PromQL query. */
export function Editor({ knowledge, check, ...props }: EditorProps) {
  const language = useMemo(
    () => [
      new PromQLExtension()
        .activateLinter(false)
        .setComplete({ completeStrategy: campaignCompletion(knowledge) })
        .asExtension(),
      hoverHelp(knowledge),
    ],
    [knowledge],
  );
  const marks = useMemo(
    () => async (doc: Parameters<typeof markOf>[1]) => {
      const fault = await check(doc.toString());
      return fault === null ? [] : [markOf(fault, doc)];
    },
    [check],
  );
  return (
    <CodeEditor {...props} language={language} completions={knowledge.words.completions} check={marks} />
  );
}
