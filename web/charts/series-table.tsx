import { useMemo } from 'react';
import { DataTable, type TableColumn } from './data-table.tsx';
import type { ChartText } from './messages.ts';
import { valueAt } from './readings.tsx';
import { unionTimes } from './stack.ts';
import type { ChartSeries, TimeRange } from './types.ts';

export interface SeriesTableProps {
  readonly title: string;
  readonly series: readonly ChartSeries[];
  readonly range: TimeRange;
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
  readonly width?: number | undefined;
  readonly height?: number | undefined;
  readonly locale: string;
  readonly timeZone?: string | undefined;
  readonly text: ChartText;
}

const COLUMNS = 30;

/** The same data as a chart, as a table: one row a time, newest first; one column a series. */
export function SeriesTable(props: SeriesTableProps) {
  const { series, range, unit, decimals, text } = props;
  const shown = series.slice(0, COLUMNS);
  const columns = useMemo<readonly TableColumn[]>(
    () => [
      { key: 'time', title: text.time, kind: 'time' },
      ...shown.map((one, index) => ({
        key: `${index}`,
        title: one.name,
        kind: 'number' as const,
        unit,
        decimals,
      })),
    ],
    [shown, unit, decimals, text],
  );
  const rows = useMemo(() => {
    const times = unionTimes(shown).filter((timeMs) => timeMs >= range.fromMs && timeMs <= range.toMs);
    return times
      .slice(-1_000)
      .reverse()
      .map((timeMs) => ({
        time: timeMs,
        ...Object.fromEntries(shown.map((one, index) => [`${index}`, valueAt(one.points, timeMs)])),
      }));
  }, [shown, range.fromMs, range.toMs]);
  return (
    <div style={{ width: props.width, height: props.height, overflow: 'hidden', display: 'flex' }}>
      <DataTable
        title={props.title}
        columns={columns}
        rows={rows}
        locale={props.locale}
        timeZone={props.timeZone}
        text={text}
      />
    </div>
  );
}
