import { z } from 'zod';
import type { CellValue, TableColumn, TableRow } from '../charts/index.ts';
import type { Panel } from './dashboard-model.ts';
import { settingsFor } from './field.ts';
import type { PanelSeries } from './panel-query.ts';

const organize = z.object({
  excludeByName: z.record(z.string(), z.boolean()).default({}),
  indexByName: z.record(z.string(), z.number()).default({}),
  renameByName: z.record(z.string(), z.string()).default({}),
});

export interface TableData {
  readonly columns: readonly TableColumn[];
  readonly rows: readonly TableRow[];
}

const rowKey = (labels: Readonly<Record<string, string>>): string =>
  Object.keys(labels)
    .filter((name) => name !== '__name__')
    .sort()
    .map((name) => `${name}=${labels[name]}`)
    .join(',');

/**
 * Instant results as a table: one row a label set, one column a label and one a query, as Grafana's «merge» and
 * «organize fields» make it. Value columns are called `Value`, or `Value #A` where there are several queries.
 */
export function tableData(panel: Panel, series: readonly PanelSeries[]): TableData {
  const refIds = panel.targets.filter((target) => target.hide !== true).map((target) => target.refId);
  const valueName = (refId: string): string => (refIds.length > 1 ? `Value #${refId}` : 'Value');
  const labelNames = [...new Set(series.flatMap((one) => Object.keys(one.labels)))]
    .filter((name) => name !== '__name__')
    .sort();
  const rows = new Map<string, Record<string, CellValue>>();
  for (const one of series) {
    const key = rowKey(one.labels);
    const row = rows.get(key) ?? Object.fromEntries(labelNames.map((name) => [name, one.labels[name] ?? '']));
    row[valueName(one.refId)] = one.points.at(-1)?.[1] ?? null;
    rows.set(key, row);
  }
  const arrangement = (panel.transformations ?? [])
    .filter((one) => one.id === 'organize')
    .map((one) => organize.safeParse(one.options ?? {}))
    .find((parsed) => parsed.success)?.data ?? { excludeByName: {}, indexByName: {}, renameByName: {} };
  const names = [...labelNames, ...refIds.map(valueName)]
    .filter((name) => arrangement.excludeByName[name] !== true)
    .map((name, index) => ({ name, at: arrangement.indexByName[name] ?? 100 + index }))
    .sort((a, b) => a.at - b.at);
  const columns = names.map(({ name }): TableColumn => {
    const title = arrangement.renameByName[name] ?? name;
    if (!name.startsWith('Value')) return { key: name, title, kind: 'text' };
    const refId = name === 'Value' ? (refIds[0] ?? 'A') : name.slice('Value #'.length);
    const byName = settingsFor(panel, name, refId);
    const settings = title === name ? byName : { ...byName, ...settingsFor(panel, title, refId) };
    return {
      key: name,
      title: settings.displayName ?? title,
      kind: 'number',
      unit: settings.unit,
      decimals: settings.decimals ?? undefined,
    };
  });
  return { columns, rows: [...rows.values()] };
}
