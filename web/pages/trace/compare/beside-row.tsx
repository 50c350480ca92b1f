import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../i18n/format.ts';
import { shapeOf } from '../bars.ts';
import type { TraceNode } from '../tree.ts';
import type { TimeWindow } from '../view-state.ts';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import type { LaneWindows } from './compared-spans.tsx';
import { PathChange } from './path-change.tsx';
import { PathTimes, SIDES } from './path-times.tsx';
import type { PairedPath } from './paths.ts';

/** The scales of both lanes. */
export function BesideHead({ windows }: { readonly windows: LaneWindows }) {
  const { t } = useTranslation();
  return (
    <div className={classes.head} aria-hidden>
      <span>{t('trace.span')}</span>
      <LaneHead title={t('waterfall.thisTrace')} window={windows.here} />
      <LaneHead title={t('waterfall.otherTrace')} window={windows.there} />
      <span>{t('waterfall.change')}</span>
    </div>
  );
}

function LaneHead({ title, window }: { readonly title: string; readonly window: TimeWindow }) {
  const format = useFormat();
  return (
    <span className={classes.lane}>
      <span className={classes.figure}>{title}</span>
      <span className={classes.ticks}>
        {[0, 0.5, 1].map((share) => (
          <span key={share}>{format.duration((window.toNano * share) / 1e6)}</span>
        ))}
      </span>
    </span>
  );
}

export interface BesideRowProps {
  readonly path: PairedPath;
  readonly traces: ComparedTraces;
  readonly windows: LaneWindows;
}

/** When a call ran in each of the two traces. */
export function BesideRow({ path, traces, windows }: BesideRowProps) {
  return (
    <>
      {SIDES.map((side) => (
        <span key={side} className={classes.lane}>
          <PathTimes path={path} side={side} traces={traces} />
          <Bars nodes={path[side]} window={windows[side]} />
        </span>
      ))}
      <span className={classes.change}>
        <PathChange path={path} />
      </span>
    </>
  );
}

/** Every span of the call as a bar, those that failed underlined; hatched where the trace has none. */
function Bars({ nodes, window }: { readonly nodes: readonly TraceNode[]; readonly window: TimeWindow }) {
  if (nodes.length === 0) return <span className={classes.absent} aria-hidden />;
  const failed = nodes.filter(({ span }) => span.status === 'error');
  return (
    <svg className={classes.bars} viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden>
      <path d={shapeOf(nodes, window)} fill="var(--service)" />
      {failed.length > 0 && (
        <path
          d={shapeOf(failed, window)}
          transform="translate(0 .75) scale(1 .25)"
          className={classes.failedBars}
        />
      )}
    </svg>
  );
}
