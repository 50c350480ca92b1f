import { groupLabels } from '../../promql/evaluate/aggregate.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import type { GridSeries, GroupOperator, GroupRequest } from '../../promql/queryable.ts';
import type { QueryRequest } from '../clickhouse/clickhouse.ts';
import type { GridRow } from './grid-columns.ts';
import { gridSettings, seriesGrids, USES_STARTS } from './grid-query.ts';
import type { SampleSource } from './sample-source.ts';
import type { IndexedSeries } from './series-index.ts';

/** Aggregates over the grids `v` of a group's series, each an array with null where there is no value. */
const GROUP_OPERATORS = {
  // What Kahan's sum carries is NaN beside an infinity.
  sum: 'arrayMap((k, s) -> if(isNaN(k), s, k), sumKahanForEach(v), sumForEach(v))',
  avg: 'arrayMap((k, s, c) -> if(isNaN(k), s, k) / c, sumKahanForEach(v), sumForEach(v), countForEach(v))',
  min: extreme('min'),
  max: extreme('max'),
  count: 'arrayMap(c -> if(c = 0, NULL, toFloat64(c)), countForEach(v))',
  group: 'arrayMap(c -> if(c = 0, NULL, toFloat64(1)), countForEach(v))',
} as const satisfies Record<GroupOperator, string>;

/** NaN counts only where there is nothing else. */
function extreme(fn: 'min' | 'max'): string {
  return `arrayMap((m, c) -> if(m IS NULL AND c > 0, nan, m),
    ${fn}ForEach(arrayMap(x -> if(isNaN(x), NULL, x), v)), countForEach(v))`;
}

/**
 * Whether values cancel out so far, or are so large, that ClickHouse's sum of them, which compensates less than the evaluator's, hangs on their
 * order. Rates of counters are never negative.
 */
function isDelicate({ operator, func }: GroupRequest): string {
  if ((operator !== 'sum' && operator !== 'avg') || USES_STARTS.has(func)) return 'false';
  return `arrayExists((a, s) -> ifNull(a > 1e6 * abs(s) OR a > 1e300, false),
    sumForEach(arrayMap(x -> abs(x), v)), sumForEach(v))`;
}

/**
 * The query for groups: (group number, values, 0) of each group, `groups` saying for each series which it belongs to, and
 * (id, any values, 1 ms after 1970) of each series that the evaluator must do; for a group of which it must do all, 2 ms after.
 */
export function groupQuery(
  found: readonly IndexedSeries[],
  groups: readonly number[],
  request: GroupRequest,
  source: SampleSource,
): QueryRequest {
  const { parameters, ...settings } = gridSettings(found, request);
  const left = USES_STARTS.has(request.func) ? 'newest > fromUnixTimestamp64Milli({start:Int64})' : 'false';
  const live =
    request.func === 'last_sample'
      ? 'arrayMap(x -> if(reinterpretAsUInt64(x) = 0x7ff0000000000002, NULL, x), grid)'
      : 'grid';
  return {
    sql: `SELECT if(left, id, transform(id, {ids:Array(UInt64)}, {groups:Array(UInt64)}, toUInt64(0))) AS key,
        ${GROUP_OPERATORS[request.operator]},
        fromUnixTimestamp64Milli(toInt64(multiIf(left, 1, ${isDelicate(request)}, 2, 0)))
      FROM (SELECT id, ${live} AS v, ${left} AS left FROM (${seriesGrids(request, source)}))
      GROUP BY left, key`,
    parameters: { ...parameters, groups },
    ...settings,
  };
}

/** The number of each series' group, and the labels of each group. */
export function numberGroups(
  found: readonly IndexedSeries[],
  request: GroupRequest,
): { readonly numbers: readonly number[]; readonly labels: readonly LabelSet[] } {
  const labelsOf = groupLabels(request);
  const byKey = new Map<string, number>();
  const labels: LabelSet[] = [];
  const numbers = found.map((one) => {
    const kept = labelsOf(one.labels);
    let number = byKey.get(kept.key);
    if (number === undefined) {
      number = labels.push(kept) - 1;
      byKey.set(kept.key, number);
    }
    return number;
  });
  return { numbers, labels };
}

/** Sorts the answer to `groupQuery` in the same way; `numbers` and `labels` are what {@link numberGroups} gave. */
export function sortGroups(
  found: readonly IndexedSeries[],
  { numbers, labels }: ReturnType<typeof numberGroups>,
  rows: Iterable<GridRow>,
): { readonly series: readonly GridSeries[]; readonly left: readonly IndexedSeries[] } {
  const groups: GridSeries[] = [];
  const leftIds = new Set<bigint>();
  const leftGroups = new Set<number>();
  for (const { id, values, present, newestStartMs } of rows) {
    if (newestStartMs === 1) leftIds.add(id);
    else if (newestStartMs === 2) leftGroups.add(Number(id));
    else if (present.includes(1)) groups.push({ labels: labels[Number(id)]!, values, present });
  }
  if (leftIds.size === 0 && leftGroups.size === 0) return { series: groups, left: [] };
  const left = found.filter(({ id }, i) => leftIds.has(id) || leftGroups.has(numbers[i]!));
  return { series: groups, left };
}
