import { type KeyboardEvent, memo, useEffect, useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../i18n/format.ts';
import { Minimap } from './minimap.tsx';
import { keyOf, type Row } from './rows.ts';
import type { TraceNode } from './tree.ts';
import type { TraceView } from './use-trace-view.ts';
import { useVirtualRows } from './use-virtual-rows.ts';
import type { TimeWindow } from './view-state.ts';
import classes from './waterfall.module.css';
import { WaterfallRow } from './waterfall-row.tsx';

export interface WaterfallProps {
  readonly view: TraceView;
  readonly colours: ReadonlyMap<string, string>;
  /** What a search found; null: nothing is searched for. */
  readonly found: ReadonlySet<TraceNode> | null;
  readonly rowHeight: number;
}

const TICKS = [0, 0.25, 0.5, 0.75, 1];

const rowId = (index: number): string => `span-row-${index}`;

/**
 * Spans from top to bottom, each a bar in the trace's time; only the rows in sight are drawn. It is one stop of the tab
 * key, and the arrows move within it.
 */
export function Waterfall({ view, colours, found, rowHeight }: WaterfallProps) {
  const { t } = useTranslation();
  const format = useFormat();
  const words = useMemo(() => ({ t, format }), [t, format]);
  const { rows, chosenKey } = view;
  const { scroller, first, end, elementOf, onScroll, show } = useVirtualRows(rows.length, rowHeight);
  const chosenIndex = useMemo(
    () => (chosenKey === undefined ? -1 : indexOf(rows, view.chosen, chosenKey)),
    [rows, view.chosen, chosenKey],
  );
  useEffect(() => {
    if (chosenIndex !== -1) show(chosenIndex);
  }, [chosenIndex, show]);
  const press = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight) - 1);
    const moved = moveOf(event.key, rows, chosenIndex, page);
    if (moved === null) return;
    event.preventDefault();
    if (moved.toggle !== undefined) view.toggle(moved.toggle);
    if (moved.to !== undefined) view.chooseRow(moved.to);
  };
  return (
    <div className={classes.waterfall}>
      <Minimap view={view} colours={colours} />
      <Scale window={view.window} />
      <div
        ref={scroller}
        className={classes.scroller}
        style={{ '--all': `${rows.length * rowHeight + 1}px` } as never}
        role="tree"
        aria-label={t('trace.waterfall')}
        aria-activedescendant={chosenIndex >= first && chosenIndex < end ? rowId(chosenIndex) : undefined}
        tabIndex={0}
        onScroll={onScroll}
        onKeyDown={press}
      >
        <div role="presentation" className={classes.all} style={{ height: rows.length * rowHeight }}>
          {rows.slice(first, end).map((row, offset) => (
            <WaterfallRow
              key={elementOf(first + offset)}
              id={rowId(first + offset)}
              row={row}
              top={(first + offset) * rowHeight}
              view={view}
              colours={colours}
              words={words}
              chosen={first + offset === chosenIndex}
              faint={found !== null && !isFound(row, found)}
            />
          ))}
        </div>
      </div>
    </div>
  );
}

/** Of a span or of a group, whose key it is. */
const indexOf = (rows: readonly Row[], chosen: TraceNode | null, key: string): number =>
  rows.findIndex((row) => (row.kind === 'span' ? row.node === chosen : keyOf(row) === key));

const isFound = (row: Row, found: ReadonlySet<TraceNode>): boolean =>
  row.kind === 'span' ? found.has(row.node) : row.repeats.nodes.some((node) => found.has(node));

interface Move {
  readonly to?: Row;
  readonly toggle?: Row;
}

/** What a key does in the tree, as the ARIA pattern of a tree view has it; null: nothing. */
function moveOf(key: string, rows: readonly Row[], at: number, page: number): Move | null {
  const row = rows[at];
  const goTo = (index: number): Move | null => {
    const to = rows[Math.max(0, Math.min(rows.length - 1, index))];
    return to === undefined ? null : { to };
  };
  switch (key) {
    case 'ArrowDown':
      return goTo(at + 1);
    case 'ArrowUp':
      return goTo(at - 1);
    case 'PageDown':
      return goTo(at + page);
    case 'PageUp':
      return goTo(at - page);
    case 'Home':
      return goTo(0);
    case 'End':
      return goTo(rows.length - 1);
    case 'ArrowRight':
      return row?.open === false ? { toggle: row } : row?.open === true ? goTo(at + 1) : null;
    case 'ArrowLeft':
      if (row?.open === true) return { toggle: row };
      return row === undefined
        ? null
        : goTo(rows.findLastIndex(({ depth }, index) => index < at && depth < row.depth));
    case ' ':
      return row === undefined ? null : { toggle: row };
    default:
      return null;
  }
}

const Scale = memo(function Scale({ window }: { readonly window: TimeWindow }) {
  const format = useFormat();
  return (
    <div className={classes.scale} aria-hidden>
      <span />
      <span className={classes.ticks}>
        {TICKS.map((share) => (
          <span key={share} style={{ left: `${share * 100}%` }}>
            {format.duration((window.fromNano + (window.toNano - window.fromNano) * share) / 1e6)}
          </span>
        ))}
      </span>
    </div>
  );
});
