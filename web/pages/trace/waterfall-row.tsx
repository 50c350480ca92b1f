import { IconChevronDown, IconChevronRight, IconLink } from '@tabler/icons-react';
import type { TFunction } from 'i18next';
import { type CSSProperties, memo } from 'react';
import type { Format } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import { barOf, eventPlaces, isInside, type Place, shapeOf, stripesOf } from './bars.ts';
import type { Repeats, Row } from './rows.ts';
import type { TraceNode } from './tree.ts';
import type { TraceView } from './use-trace-view.ts';
import classes from './waterfall.module.css';

/** The language of the page. */
export interface Words {
  readonly t: TFunction;
  readonly format: Format;
}

export interface WaterfallRowProps {
  readonly id: string;
  readonly row: Row;
  /** Pixels from the top of all rows. */
  readonly top: number;
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
  /** Handed down: a hook in each of its parts is a third of what a row costs. */
  readonly words: Words;
  readonly chosen: boolean;
  /** Not what is searched for. */
  readonly faint: boolean;
}

/** Deeper spans begin where these do: the rest of the line is for their names. */
const MOST_INDENTS = 14;

const percent = ({ left, width }: Place): CSSProperties => ({ left: `${left}%`, width: `${width}%` });

/** One span, or many like ones, in the tree and in time. */
export const WaterfallRow = memo(function WaterfallRow(props: WaterfallRowProps) {
  const { id, row, top, view, colours, words, chosen, faint } = props;
  const { t, format } = words;
  const node = row.kind === 'span' ? row.node : row.repeats.nodes[0]!;
  const colour = colours.get(node.span.service);
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
      style={{ transform: `translateY(${top}px)` }}
      data-chosen={chosen}
      data-error={row.kind === 'span' && node.span.status === 'error'}
      data-faint={faint}
      title={row.kind === 'repeats' ? repeatsText(row.repeats, words) : undefined}
      onClick={() => (row.kind === 'repeats' ? view.toggle(row) : view.choose(chosen ? null : node))}
    >
      <Toggle row={row} view={view} />
      <span
        className={classes.label}
        style={{ paddingInlineStart: `calc(${Math.min(row.depth, MOST_INDENTS)} * var(--indent))` }}
      >
        <span className={classes.service} style={{ borderColor: colour }}>
          {node.span.service}
        </span>
        {row.kind === 'span' ? (
          <Marks node={node} row={row} t={t} />
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
          <SpanBar node={node} view={view} colour={colour} />
        ) : (
          <RepeatBars repeats={row.repeats} view={view} colour={colour} />
        )}
      </span>
    </div>
  );
});

/** All figures of a group. */
function repeatsText({ nodes, ...repeats }: Repeats, { t, format }: Words): string {
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

interface MarksProps {
  readonly node: TraceNode;
  readonly row: Row;
  readonly t: TFunction;
}

function Marks({ node, row, t }: MarksProps) {
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

interface SpanBarProps {
  readonly node: TraceNode;
  readonly view: TraceView;
  readonly colour: string | undefined;
}

function SpanBar({ node, view: { window, path }, colour }: SpanBarProps) {
  const critical = stripesOf(path.ofNode(node), window);
  return (
    <>
      {isInside(node, window) && (
        <span
          className={classes.bar}
          data-kind={node.span.kind}
          style={{ ...percent(barOf(node, window)), color: colour }}
        />
      )}
      {critical !== null && (
        <span
          className={classes.critical}
          style={{ ...percent(critical.place), background: critical.background ?? undefined }}
        />
      )}
      {eventPlaces(node, window).map(({ left, name }) => (
        <span key={left} className={classes.event} style={{ left: `${left}%` }} title={name} />
      ))}
    </>
  );
}

interface RepeatBarsProps {
  readonly repeats: Repeats;
  readonly view: TraceView;
  readonly colour: string | undefined;
}

function RepeatBars({ repeats, view: { window }, colour }: RepeatBarsProps) {
  return (
    <svg className={classes.many} viewBox="0 0 1000 1" preserveAspectRatio="none" aria-hidden>
      <path d={shapeOf(repeats.nodes, window)} fill={colour} />
    </svg>
  );
}
