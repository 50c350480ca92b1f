import type { MouseEvent } from 'react';
import { formatFigure, formatValue } from './format.ts';
import type { ChartText } from './messages.ts';
import type { SeriesStyle } from './palette.ts';
import { Swatch } from './readings.tsx';
import type { SeriesStatistics } from './statistics.ts';
import type { LegendMode } from './types.ts';

export interface LegendEntry {
  readonly name: string;
  readonly style: SeriesStyle;
  /** Where it is not the chart's own. */
  readonly unit?: string | undefined;
  readonly statistics: SeriesStatistics;
}

export interface LegendProps {
  readonly mode: LegendMode;
  readonly entries: readonly LegendEntry[];
  /** Indices of the series that are shown; null shows all. */
  readonly selected: ReadonlySet<number> | null;
  readonly onSelect: (selected: ReadonlySet<number> | null) => void;
  readonly onHover: (index: number | null) => void;
  readonly height: number;
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly locale: string;
  readonly text: ChartText;
}

/** A click shows one series alone, or all again; with Ctrl or Cmd it adds or removes one. */
export function nextSelection(
  selected: ReadonlySet<number> | null,
  index: number,
  add: boolean,
  count: number,
): ReadonlySet<number> | null {
  if (!add) return selected?.size === 1 && selected.has(index) ? null : new Set([index]);
  const next = new Set(selected ?? Array.from({ length: count }, (_, each) => each));
  if (next.has(index)) next.delete(index);
  else next.add(index);
  return next.size === count || next.size === 0 ? null : next;
}

const LEGEND_ROW = 22;

/** The height a legend takes: a table of up to a third of the chart, or one or two lines. */
export function legendHeight(mode: LegendMode, count: number, total: number): number {
  if (mode === 'hidden' || count === 0) return 0;
  if (mode === 'list') return count > 4 ? LEGEND_ROW * 2 : LEGEND_ROW;
  const room = Math.max(2, Math.floor((total * 0.36) / LEGEND_ROW));
  // Half a row shows that there is more to scroll to.
  return count + 1 <= room ? (count + 1) * LEGEND_ROW : (room + 0.45) * LEGEND_ROW;
}

/** The series with what they said over the range; scrolls inside its height. */
export function Legend(props: LegendProps) {
  const { mode, entries, selected, onSelect, onHover, locale, text, unit, decimals } = props;
  if (mode === 'hidden' || props.height === 0) return null;
  const show = (value: number | null, entry: LegendEntry): string => {
    if (value === null) return '–';
    return entry.unit === undefined || entry.unit === unit
      ? formatFigure(value, { unit, decimals, locale })
      : formatValue(value, { unit: entry.unit, decimals, locale });
  };
  const button = (entry: LegendEntry, index: number) => (
    <button
      type="button"
      title={`${entry.name}\n${text.legendHint}`}
      aria-pressed={selected === null || selected.has(index)}
      onClick={(event: MouseEvent) =>
        onSelect(nextSelection(selected, index, event.ctrlKey || event.metaKey, entries.length))
      }
      onFocus={() => onHover(index)}
      onBlur={() => onHover(null)}
    >
      <Swatch style={entry.style} />
      <span className="twc-legend-name">{entry.name}</span>
    </button>
  );
  if (mode === 'list')
    return (
      <ul className="twc-legend-list" style={{ height: props.height }} onPointerLeave={() => onHover(null)}>
        {entries.map((entry, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the index is the series' identity here
          <li key={index} onPointerEnter={() => onHover(index)}>
            {button(entry, index)}
          </li>
        ))}
      </ul>
    );
  return (
    <div className="twc-legend-table" style={{ height: props.height }}>
      <table onPointerLeave={() => onHover(null)}>
        <thead>
          <tr>
            <th scope="col">{text.series}</th>
            <th scope="col">{text.last}</th>
            <th scope="col" className="twc-narrow">
              {text.min}
            </th>
            <th scope="col">{text.max}</th>
            <th scope="col" className="twc-narrow">
              {text.mean}
            </th>
          </tr>
        </thead>
        <tbody>
          {entries.map((entry, index) => (
            <tr
              // biome-ignore lint/suspicious/noArrayIndexKey: the index is the series' identity here
              key={index}
              data-off={selected !== null && !selected.has(index)}
              onPointerEnter={() => onHover(index)}
            >
              <th scope="row">{button(entry, index)}</th>
              <td>{show(entry.statistics.last, entry)}</td>
              <td className="twc-narrow">{show(entry.statistics.min, entry)}</td>
              <td>{show(entry.statistics.max, entry)}</td>
              <td className="twc-narrow">{show(entry.statistics.mean, entry)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
