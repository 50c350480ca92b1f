import type { RunbookBlock } from '../../../model/api/runbook.ts';
import type { RunbookContext } from '../../../model/runbook-query.ts';
import { LiveQuery } from './live-query.tsx';
import classes from './runbooks.module.css';
import { SafeHtml } from './safe-html.tsx';

export interface RunbookBlocksProps {
  readonly blocks: readonly RunbookBlock[];
  readonly context: RunbookContext;
}

/** The prose and the live queries of a step, in their order. */
export function RunbookBlocks({ blocks, context }: RunbookBlocksProps) {
  return (
    <div className={classes.blocks}>
      {blocks.map((block, index) =>
        block.kind === 'html' ? (
          // biome-ignore lint/suspicious/noArrayIndexKey: a document's blocks keep their order
          <div key={index} className={classes.prose}>
            <SafeHtml html={block.html} />
          </div>
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: a document's blocks keep their order
          <LiveQuery key={index} block={block} context={context} />
        ),
      )}
    </div>
  );
}
