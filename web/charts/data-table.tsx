import { type ReactNode, useMemo, useState } from 'react';
import { formatFigure, unitWord } from './format.ts';
import { fillText } from './messages.ts';
import { type LocalisedProps, useChartSettings } from './settings.tsx';
import { formatMoment } from './time-format.ts';

export type CellValue = string | number | null;

export interface TableColumn {
  readonly key: string;
  readonly title: string;
  /** `time` cells are epoch ms. */
  readonly kind: 'text' | 'number' | 'time';
  readonly unit?: string | undefined;
  readonly decimals?: number | undefined;
}

export type TableRow = Readonly<Record<string, CellValue>>;

export interface DataTableProps extends LocalisedProps {
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
  /** Rows beyond this are counted, not drawn. */
  readonly limit?: number | undefined;
  readonly renderCell?: ((column: TableColumn, row: TableRow) => ReactNode | undefined) | undefined;
}

interface Sort {
  readonly key: string;
  readonly down: boolean;
}

function compareCells(a: CellValue | undefined, b: CellValue | undefined, locale: string): number {
  if (a === b) return 0;
  if (a === null || a === undefined) return -1;
  if (b === null || b === undefined) return 1;
  if (typeof a === 'number' && typeof b === 'number') return Number.isNaN(a) ? -1 : a - b;
  return String(a).localeCompare(String(b), locale, { numeric: true });
}

/** A table that sorts by its headings; numbers right-aligned with one unit each, missing ones a dash with a reason. */
export function DataTable({ title, columns, rows, limit = 500, renderCell, ...localised }: DataTableProps) {
  const { locale, timeZone, text } = useChartSettings(localised);
  const [sort, setSort] = useState<Sort | null>(null);
  const sorted = useMemo(() => {
    if (sort === null) return rows;
    const direction = sort.down ? -1 : 1;
    return [...rows].sort((a, b) => direction * compareCells(a[sort.key], b[sort.key], locale));
  }, [rows, sort, locale]);
  const show = (column: TableColumn, row: TableRow): ReactNode => {
    const own = renderCell?.(column, row);
    if (own !== undefined) return own;
    const value = row[column.key];
    if (value === null || value === undefined) return <span title={text.noValue}>–</span>;
    if (typeof value === 'string') return value;
    if (column.kind === 'time') return formatMoment(value, locale, timeZone);
    return formatFigure(value, { unit: column.unit, decimals: column.decimals, locale });
  };
  const turn = (key: string): void => setSort((old) => ({ key, down: old?.key === key ? !old.down : true }));
  // Not the title alone: the panel around a table bears it already.
  const name = `${title}, ${fillText(text.rows, { count: rows.length })}`;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
    <section className="twc-table" aria-label={name} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th
                key={column.key}
                scope="col"
                data-kind={column.kind}
                aria-sort={sort?.key === column.key ? (sort.down ? 'descending' : 'ascending') : undefined}
              >
                <button
                  type="button"
                  onClick={() => turn(column.key)}
                  title={fillText(text.sortBy, { column: column.title })}
                >
                  {column.title}
                  <ColumnUnit column={column} locale={locale} />
                  {sort?.key === column.key ? (
                    <span aria-hidden="true">{sort.down ? ' ↓' : ' ↑'}</span>
                  ) : null}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, limit).map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows of a query have no identity of their own
            <tr key={index}>
              {columns.map((column) => (
                <td key={column.key} data-kind={column.kind}>
                  {show(column, row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > limit ? (
        <p className="twc-more">{fillText(text.moreSeries, { count: rows.length - limit })}</p>
      ) : null}
    </section>
  );
}

function ColumnUnit({ column, locale }: { readonly column: TableColumn; readonly locale: string }) {
  const word = column.kind === 'number' ? unitWord(column.unit, locale) : '';
  return word === '' ? null : <span className="twc-column-unit"> {word}</span>;
}
