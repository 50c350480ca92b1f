import { answerSeries } from '../../api/run-panel-query.ts';
import type { TableColumn, TableRow } from '../../charts/index.ts';
import type { Answered } from './graphs.ts';

/** The answer to an instant query as a table: a column a label, the value last, the largest value first. */
export function instantTable(
  { data }: Pick<Answered, 'data'>,
  unit: string | undefined,
  words: { readonly value: string; readonly metric: string },
): { readonly columns: readonly TableColumn[]; readonly rows: readonly TableRow[] } {
  const series = answerSeries(data);
  const names = [...new Set(series.flatMap(({ labels }) => Object.keys(labels)))].sort((a, b) =>
    a === '__name__' ? -1 : b === '__name__' ? 1 : a.localeCompare(b),
  );
  const columns: TableColumn[] = [
    ...names.map((name) => ({
      key: `label ${name}`,
      title: name === '__name__' ? words.metric : name,
      kind: 'text' as const,
    })),
    { key: 'value', title: words.value, kind: 'number', unit },
  ];
  const rows = series.map(({ labels, points }) => ({
    ...Object.fromEntries(names.map((name) => [`label ${name}`, labels[name] ?? null])),
    value: points.at(-1)?.[1] ?? null,
  }));
  return { columns, rows };
}
