import { Link } from '@tanstack/react-router';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import classes from './compare.module.css';
import type { PairedPath } from './compare.ts';
import type { TraceNode } from './tree.ts';
import { useVirtualRows } from './use-virtual-rows.ts';

export interface ComparedTreeProps {
  readonly paths: readonly PairedPath[];
  readonly colours: ReadonlyMap<string, string>;
  readonly hereId: string;
  readonly thereId: string;
}

const ROW = 28;
const MOST_ROWS_SEEN = 24;

/** Both traces as one tree: how often each call came, how long it took here and there, and which of the two is missing it. */
export function ComparedTree({ paths, colours, hereId, thereId }: ComparedTreeProps) {
  const { t } = useTranslation();
  const { scroller, first, end, onScroll } = useVirtualRows(paths.length, ROW);
  const most = paths.reduce((longest, { changeNano }) => Math.max(longest, Math.abs(changeNano)), 1);
  return (
    <div className={classes.tree}>
      <div className={classes.treeHead} aria-hidden>
        <span>{t('trace.span')}</span>
        <span>{t('waterfall.thisTrace')}</span>
        <span>{t('waterfall.otherTrace')}</span>
        <span>{t('waterfall.change')}</span>
      </div>
      <section
        ref={scroller}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
        tabIndex={0}
        className={classes.scroller}
        style={{ height: Math.min(paths.length, MOST_ROWS_SEEN) * ROW }}
        aria-label={t('waterfall.change')}
        onScroll={onScroll}
      >
        <ul className={classes.all} style={{ height: paths.length * ROW }}>
          {paths.slice(first, end).map((path, offset) => (
            <li
              key={path.key}
              className={classes.row}
              data-state={path.state}
              style={
                {
                  transform: `translateY(${(first + offset) * ROW}px)`,
                  '--depth': path.depth,
                  '--service': colours.get(path.service),
                } as CSSProperties
              }
            >
              <PathRow path={path} most={most} hereId={hereId} thereId={thereId} />
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

interface PathRowProps {
  readonly path: PairedPath;
  /** The largest change of all, nanoseconds. */
  readonly most: number;
  readonly hereId: string;
  readonly thereId: string;
}

function PathRow({ path, most, hereId, thereId }: PathRowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { service, name, state, here, there, changeNano, hereErrors, thereErrors } = path;
  const change = `${changeNano > 0 ? '+' : changeNano < 0 ? '−' : '±'}${format.duration(Math.abs(changeNano) / 1e6)}`;
  return (
    <>
      <span className={classes.label}>
        <span className={classes.service}>{service}</span>
        <span className={classes.name} title={name}>
          {name}
        </span>
      </span>
      <Times nodes={here} nano={path.hereNano} errors={hereErrors} traceId={hereId} />
      <Times nodes={there} nano={path.thereNano} errors={thereErrors} traceId={thereId} />
      <span className={classes.change}>
        {state === 'both' ? (
          <>
            <span className={classes.track} aria-hidden>
              <span
                className={classes.bar}
                data-longer={changeNano > 0}
                style={{ width: `${(Math.abs(changeNano) / most) * 50}%` }}
              />
            </span>
            <span className={classes.figure}>{change}</span>
          </>
        ) : (
          <strong>{t(state === 'added' ? 'waterfall.onlyHere' : 'waterfall.onlyThere')}</strong>
        )}
      </span>
    </>
  );
}

interface TimesProps {
  readonly nodes: readonly TraceNode[];
  readonly nano: number;
  readonly errors: number;
  readonly traceId: string;
}

/** How long and how often, as a link to the first of them; the first that failed where one did. */
function Times({ nodes, nano, errors, traceId }: TimesProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const target = nodes.find(({ span }) => span.status === 'error') ?? nodes[0];
  if (target === undefined) return <span className={classes.figure}>–</span>;
  return (
    <Link className={classes.figure} to="/traces/$traceId" params={{ traceId }} search={{ span: target.key }}>
      {errors > 0 && (
        <>
          <MarkIcon mark="page" size={14} />
          <span className={classes.hidden}>{t('trace.errors', { count: errors })}</span>
        </>
      )}
      {nodes.length > 1 && <span>×{format.number(nodes.length)} </span>}
      {format.duration(nano / 1e6)}
    </Link>
  );
}
