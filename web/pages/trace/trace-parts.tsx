import { useMediaQuery } from '@mantine/hooks';
import { useMemo } from 'react';
import type { TraceOutline } from '../../../model/api/trace-outline.ts';
import { Failure } from '../../parts/notice.tsx';
import { FindBar } from './find-bar.tsx';
import { serviceColours } from './service-colours.ts';
import { SpanDetail } from './span-detail.tsx';
import { Summary } from './summary.tsx';
import classes from './trace.module.css';
import type { TraceTree } from './tree.ts';
import { useFind } from './use-find.ts';
import { useTraceKeys } from './use-trace-keys.ts';
import { useTraceView } from './use-trace-view.ts';
import { ViewTools } from './view-tools.tsx';
import { Waterfall } from './waterfall.tsx';

const DESK_ROW = 26;
const PHONE_ROW = 46;

export interface TracePartsProps {
  readonly trace: TraceOutline;
  readonly tree: TraceTree;
}

/** What is under a trace's title: its summary, tools, waterfall, and the span that is open. */
export function TraceParts({ trace, tree }: TracePartsProps) {
  const view = useTraceView(tree);
  const colours = useMemo(() => serviceColours(tree.services), [tree]);
  const { found, error } = useFind(trace.traceId, tree, view.find);
  const isPhone = useMediaQuery('(max-width: 767px)', undefined, { getInitialValueInEffect: false });
  useTraceKeys(view, found);
  return (
    <>
      <Summary view={view} colours={colours} traceId={trace.traceId} cut={trace.cut} />
      <div className={classes.tools}>
        <FindBar view={view} found={found} />
        <ViewTools view={view} />
      </div>
      {error !== null && <Failure error={error} />}
      <div className={classes.split} data-open={view.chosen !== null}>
        <Waterfall
          view={view}
          colours={colours}
          found={found?.set ?? null}
          rowHeight={isPhone === true ? PHONE_ROW : DESK_ROW}
        />
        {view.chosen !== null && (
          <SpanDetail
            key={view.chosen.key}
            node={view.chosen}
            tree={tree}
            traceId={trace.traceId}
            onClose={() => view.choose(null)}
          />
        )}
      </div>
    </>
  );
}
