import { IconChevronDown, IconChevronRight } from '@tabler/icons-react';
import type { CSSProperties } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { MarkIcon } from '../../parts/mark.tsx';
import type { SpanNode, TraceTree } from './tree.ts';
import classes from './waterfall.module.css';

export interface WaterfallProps {
  readonly tree: TraceTree;
  readonly rows: readonly SpanNode[];
  readonly folded: ReadonlySet<string>;
  readonly chosen: string | undefined;
  readonly onChoose: (node: SpanNode) => void;
  readonly onFold: (spanId: string) => void;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const SERIES_COLOURS = 10;

/** Spans from top to bottom, each a bar in the trace's time; services have a colour, errors a mark. */
export function Waterfall({ tree, rows, folded, chosen, onChoose, onFold }: WaterfallProps) {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={classes.waterfall}>
      <Overview tree={tree} rows={rows} />
      <div className={classes.scale} aria-hidden>
        <span />
        <span className={classes.ticks}>
          {TICKS.map((share) => (
            <span key={share} style={{ left: `${share * 100}%` }}>
              {format.duration((tree.durationNano * share) / 1e6)}
            </span>
          ))}
        </span>
      </div>
      <ul className={classes.rows} aria-label={t('trace.waterfall')}>
        {rows.map((node) => (
          <Row
            key={node.span.spanId}
            node={node}
            tree={tree}
            folded={folded.has(node.span.spanId)}
            chosen={node.span.spanId === chosen}
            onChoose={onChoose}
            onFold={onFold}
          />
        ))}
      </ul>
    </div>
  );
}

interface RowProps {
  readonly node: SpanNode;
  readonly tree: TraceTree;
  readonly folded: boolean;
  readonly chosen: boolean;
  readonly onChoose: (node: SpanNode) => void;
  readonly onFold: (spanId: string) => void;
}

/** Where a span lies in its trace, in percent. */
function placeOf(node: SpanNode, tree: TraceTree): { left: number; width: number } {
  const left = Math.min(99.7, (node.offsetNano / tree.durationNano) * 100);
  return { left, width: Math.max(0.3, Math.min(100 - left, (node.durationNano / tree.durationNano) * 100)) };
}

/** The colour of a service: its place among the trace's services. */
const colourOf = (service: string, tree: TraceTree): string =>
  `var(--tw-chart-${(tree.services.indexOf(service) % SERIES_COLOURS) + 1})`;

function Row({ node, tree, folded, chosen, onChoose, onFold }: RowProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const { span } = node;
  const { left, width } = placeOf(node, tree);
  const style = { '--depth': node.depth, '--service': colourOf(span.service, tree) } as CSSProperties;
  return (
    <li className={classes.row} style={style} data-chosen={chosen} data-error={span.status === 'error'}>
      {node.children.length > 0 ? (
        <button
          type="button"
          className={classes.fold}
          aria-expanded={!folded}
          aria-label={t('trace.fold', { name: span.name, count: node.children.length })}
          onClick={() => onFold(span.spanId)}
        >
          {folded ? <IconChevronRight size={14} aria-hidden /> : <IconChevronDown size={14} aria-hidden />}
        </button>
      ) : (
        <span className={classes.fold} />
      )}
      <button type="button" className={classes.span} aria-pressed={chosen} onClick={() => onChoose(node)}>
        <span className={classes.label}>
          {span.status === 'error' && <MarkIcon mark="page" size={14} />}
          {node.orphan && <MarkIcon mark="unknown" size={14} />}
          <span className={classes.service}>{span.service}</span>
          <span className={classes.name}>{span.name}</span>
          {span.status === 'error' && <span className={classes.hidden}>{t('trace.statusOf.error')}</span>}
        </span>
        <span className={classes.length}>{format.duration(node.durationNano / 1e6)}</span>
        <span className={classes.track}>
          <span className={classes.bar} style={{ left: `${left}%`, width: `${width}%` }} />
          {span.events.map((event) => (
            <span
              key={`${event.atUnixNano} ${event.name}`}
              className={classes.event}
              style={{ left: `${eventPlace(event.atUnixNano, node, tree)}%` }}
              title={event.name}
            />
          ))}
        </span>
      </button>
    </li>
  );
}

/** Where an event lies in the trace, in percent. */
function eventPlace(atUnixNano: string, node: SpanNode, tree: TraceTree): number {
  const inSpan = Number(BigInt(atUnixNano) - BigInt(node.span.startUnixNano));
  return Math.max(0, Math.min(100, ((node.offsetNano + inSpan) / tree.durationNano) * 100));
}

/** All bars at once, small: where the time goes in a long trace. */
function Overview({ tree, rows }: { readonly tree: TraceTree; readonly rows: readonly SpanNode[] }) {
  const height = Math.min(48, Math.max(12, rows.length * 2));
  const step = height / Math.max(1, rows.length);
  return (
    <svg
      className={classes.overview}
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      height={height}
      aria-hidden
    >
      {rows.slice(0, 2_000).map((node, index) => {
        const { left, width } = placeOf(node, tree);
        return (
          <rect
            key={node.span.spanId}
            x={left}
            y={index * step}
            width={width}
            height={Math.max(0.6, step * 0.8)}
            fill={node.span.status === 'error' ? 'var(--tw-page)' : colourOf(node.span.service, tree)}
          />
        );
      })}
    </svg>
  );
}
