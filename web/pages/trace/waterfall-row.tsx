import { IconChevronDown, IconChevronRight, IconLink } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { type CSSProperties, memo } from 'react';
import { useTranslation } from 'react-i18next';
import { type Format, useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { barOf, eventPlaces, isInside, type Place, placeOf, shapeOf } from './bars.ts';
import type { Repeats, Row } from './rows.ts';
import type { TraceNode } from './tree.ts';
import type { TraceView } from './use-trace-view.ts';
import classes from './waterfall.module.css';

export interface WaterfallRowProps {
  readonly id: string;
  readonly row: Row;
  /** Pixels from the top of all rows. */
  readonly top: number;
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
  readonly chosen: boolean;
  /** Not what is searched for. */
  readonly faint: boolean;
}

const percent = ({ left, width }: Place): CSSProperties => ({ left: `${left}%`, width: `${width}%` });

/** One span, or many like ones, in the tree and in time. */
export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { id, row, top, view, colours, chosen, faint } = props;
  const { t } = useTranslation();
  const format = useFormat();
  const node = row.kind === 'span' ? row.node : row.repeats.nodes[0]!;
  const style = {
    transform: `translateY(${top}px)`,
    '--depth': row.depth,
    '--service': colours.get(node.span.service),
  } as CSSProperties;
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the tree around it has the focus and names the active row
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are the tree's
    <div
      id={id}
      role="treeitem"
      aria-level={row.depth + 1}
      aria-expanded={row.open ?? undefined}
      aria-selected={chosen}
      className={classes.row}
      style={style}
      data-chosen={chosen}
      data-error={row.kind === 'span' && node.span.status === 'error'}
      data-faint={faint}
      title={row.kind === 'repeats' ? repeatsText(row.repeats, t, format) : undefined}
      onClick={() => (row.kind === 'repeats' ? view.toggle(row) : view.choose(chosen ? null : node))}
    >
      <Toggle row={row} view={view} />
      <span className={classes.label}>
        <span className={classes.service}>{node.span.service}</span>
        {row.kind === 'span' ? (
          <Marks node={node} row={row} />
        ) : (
          <span className={classes.repeats}>×{format.number(row.repeats.nodes.length)}</span>
        )}
        <span className={classes.name}>{node.span.name}</span>
      </span>
      <span className={classes.length}>
        {row.kind === 'span'
          ? format.duration(row.node.durationNano / 1e6)
          : t('waterfall.p95', { time: format.duration(row.repeats.p95Nano / 1e6) })}
      </span>
      <span className={classes.track}>
        {row.kind === 'span' ? (
          <SpanBar node={node} view={view} />
        ) : (
          <RepeatBars repeats={row.repeats} view={view} />
        )}
      </span>
    </div>
  );
});

/** All figures of a group. */
function repeatsText({ nodes, ...repeats }: Repeats, t: TFunction, format: Format): string {
  const time = (nano: number): string => format.duration(nano / 1e6);
  return t('waterfall.repeats', {
    shown: format.number(nodes.length),
    median: time(repeats.medianNano),
    p95: time(repeats.p95Nano),
    most: time(repeats.mostNano),
    total: time(repeats.totalNano),
  });
}

function Toggle({ row, view }: { readonly row: Row; readonly view: TraceView }) {
  if (row.open === null) return <span className={classes.fold} />;
  const Icon = row.open ? IconChevronDown : IconChevronRight;
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what the arrow keys do for the row, for a pointer
    // biome-ignore lint/a11y/useKeyWithClickEvents: likewise
    <span
      className={classes.fold}
      onClick={(event) => {
        event.stopPropagation();
        view.toggle(row);
      }}
    >
      <Icon size={14} aria-hidden />
    </span>
  );
}

function Marks({ node, row }: { readonly node: TraceNode; readonly row: Row }) {
  const { t } = useTranslation();
  const failed = node.span.status === 'error';
  return (
    <>
      {(failed || (row.open === false && node.failed)) && (
        <span className={classes.mark} title={t(failed ? 'trace.statusOf.error' : 'waterfall.errorBelow')}>
          <MarkIcon mark="page" size={14} />
          <span className={classes.hidden}>
            {t(failed ? 'trace.statusOf.error' : 'waterfall.errorBelow')}
          </span>
        </span>
      )}
      {node.troubles.map((trouble) => (
        <span key={trouble} className={classes.mark} title={t(`waterfall.troubleOf.${trouble}`)}>
          <MarkIcon mark="unknown" size={14} />
          <span className={classes.hidden}>{t(`waterfall.troubleOf.${trouble}`)}</span>
        </span>
      ))}
      {node.span.links > 0 && (
        <span className={classes.mark} title={t('waterfall.hasLinks', { count: node.span.links })}>
          <IconLink size={13} aria-hidden />
          <span className={classes.hidden}>{t('waterfall.hasLinks', { count: node.span.links })}</span>
        </span>
      )}
    </>
  );
}

function SpanBar({ node, view: { window, path } }: { readonly node: TraceNode; readonly view: TraceView }) {
  const critical = path.byNode.get(node) ?? [];
  return (
    <>
      {isInside(node, window) && (
        <span className={classes.bar} data-kind={node.span.kind} style={percent(barOf(node, window))} />
      )}
      {critical
        .filter((segment) => isInside(segment, window))
        .map((segment) => (
          <span
            key={segment.startNano}
            className={classes.critical}
            style={percent(placeOf(segment.startNano, segment.endNano, window))}
          />
        ))}
      {eventPlaces(node, window).map(({ left, name }) => (
        <span key={left} className={classes.event} style={{ left: `${left}%` }} title={name} />
      ))}
    </>
  );
}

function RepeatBars({ repeats, view: { window } }: { readonly repeats: Repeats; readonly view: TraceView }) {
  return (
    <svg className={classes.many} viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden>
      <path d={shapeOf(repeats.nodes, window)} fill="var(--service)" />
    </svg>
  );
}
