import { groupLabels } from '../../promql/evaluate/aggregate.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import type { GroupOperator, GroupRequest } from '../../promql/queryable.ts';
import type { QueryRequest } from '../clickhouse/clickhouse.ts';
import { gridSettings, seriesGrids, USES_STARTS } from './grid-query.ts';
import type { SampleSource } from './sample-source.ts';
import type { IndexedSeries } from './series-index.ts';

// What Kahan's sum carries is NaN beside an infinity.
const SUM = 'arrayMap((k, s) -> if(isNaN(k), s, k), sumKahanForEach(v), sumForEach(v))';
const COUNT = 'arrayMap(c -> if(c = 0, NULL, toFloat64(c)), countForEach(v))';

/** Aggregates over the grids `v` of a group's series, each an array with null where there is no value. */
const GROUP_OPERATORS = {
  sum: SUM,
  // Means of several batches do not go together, but sums and counts do.
  avg: `arrayConcat(${SUM}, ${COUNT})`,
  min: extreme('min'),
  max: extreme('max'),
  count: COUNT,
  group: 'arrayMap(c -> if(c = 0, NULL, toFloat64(1)), countForEach(v))',
} as const satisfies Record<GroupOperator, string>;

/** NaN counts only where there is nothing else. */
function extreme(fn: 'min' | 'max'): string {
  return `arrayMap((m, c) -> if(m IS NULL AND c > 0, nan, m),
    ${fn}ForEach(arrayMap(x -> if(isNaN(x), NULL, x), v)), countForEach(v))`;
}

/** So many times a sum its parts may be. */
export const CANCELS_OUT = 1e6;
/** Sums beyond this may not fit on the way. */
export const TOO_LARGE = 1e300;

/**
 * Whether values cancel out so far, or are so large, that ClickHouse's sum of them, which compensates less than the evaluator's, hangs on their
 * order. Rates of counters are never negative.
 */
function isDelicate({ operator, func }: GroupRequest): string {
  if ((operator !== 'sum' && operator !== 'avg') || USES_STARTS.has(func)) return 'false';
  return `arrayExists((a, s) -> ifNull(a > ${CANCELS_OUT} * abs(s) OR a > ${TOO_LARGE}, false),
    sumForEach(arrayMap(x -> abs(x), v)), sumForEach(v))`;
}

/** What a row is, in the place of the newest start: a group, or what the evaluator must do, one series or a whole group. */
export const GROUP_FLAG = { done: 0, series: 1, group: 2 } as const;

/** Grids that a row has, one after the other. */
export const groupArrays = ({ operator }: GroupRequest): number => (operator === 'avg' ? 2 : 1);

/**
 * The query for groups of some of the series: (group number, values, flag, samples) of each group, and (id, any values, flag, samples) of
 * each series that the evaluator must do; the flag is of {@link GROUP_FLAG}, in milliseconds after 1970.
 */
export function groupQuery(
  found: readonly IndexedSeries[],
  groups: NumberedGroups,
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
        fromUnixTimestamp64Milli(toInt64(multiIf(left, ${GROUP_FLAG.series}, ${isDelicate(request)}, ${GROUP_FLAG.group}, ${GROUP_FLAG.done}))), sum(samples)
      FROM (SELECT id, ${live} AS v, ${left} AS left, samples FROM (${seriesGrids(request, source)}))
      GROUP BY left, key`,
    parameters: { ...parameters, groups: found.map(({ id }) => groups.numbers.get(id)!) },
    ...settings,
  };
}

export interface NumberedGroups {
  /** The number of each series' group, by the series' id. */
  readonly numbers: ReadonlyMap<bigint, number>;
  /** The labels of each group. */
  readonly labels: readonly LabelSet[];
}

/** Numbers the groups of series. */
export function numberGroups(found: readonly IndexedSeries[], request: GroupRequest): NumberedGroups {
  const labelsOf = groupLabels(request);
  const byKey = new Map<string, number>();
  const labels: LabelSet[] = [];
  const numbers = new Map<bigint, number>();
  for (const one of found) {
    const kept = labelsOf(one.labels);
    let number = byKey.get(kept.key);
    if (number === undefined) {
      number = labels.push(kept) - 1;
      byKey.set(kept.key, number);
    }
    numbers.set(one.id, number);
  }
  return { numbers, labels };
}
