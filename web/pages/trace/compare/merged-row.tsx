import { useTranslation } from 'react-i18next';
import classes from './compare.module.css';
import type { ComparedTraces } from './compare-view.tsx';
import { PathChange } from './path-change.tsx';
import { PathTimes, SIDES } from './path-times.tsx';
import type { PairedPath } from './paths.ts';

export function MergedHead() {
  const { t } = useTranslation();
  return (
    <div className={classes.head} aria-hidden>
      <span>{t('trace.span')}</span>
      <span>{t('waterfall.thisTrace')}</span>
      <span>{t('waterfall.otherTrace')}</span>
      <span>{t('waterfall.change')}</span>
    </div>
  );
}

export interface MergedRowProps {
  readonly path: PairedPath;
  readonly traces: ComparedTraces;
  /** The largest change of all, nanoseconds. */
  readonly most: number;
}

/** How long a call took here and there, and the change as a bar. */
export function MergedRow({ path, traces, most }: MergedRowProps) {
  return (
    <>
      {SIDES.map((side) => (
        <PathTimes key={side} path={path} side={side} traces={traces} />
      ))}
      <span className={classes.change}>
        {path.state === 'both' && (
          <span className={classes.track} aria-hidden>
            <span
              className={classes.bar}
              data-longer={path.changeNano > 0}
              style={{ width: `${(Math.abs(path.changeNano) / most) * 50}%` }}
            />
          </span>
        )}
        <PathChange path={path} />
      </span>
    </>
  );
}
