import {
  type GridFunction,
  type GridRequest,
  type GridSeries,
  isStaleAt,
  wordsOf,
} from '../../promql/queryable.ts';
import type { QueryRequest } from '../clickhouse/clickhouse.ts';
import type { GridRow } from './grid-columns.ts';
import type { SampleSource } from './sample-source.ts';
import type { IndexedSeries } from './series-index.ts';

/** ClickHouse's functions over a grid, and what they are in PromQL. */
const GRID_FUNCTIONS = {
  rate: 'timeSeriesRateToGrid',
  increase: 'timeSeriesIncreaseToGrid',
  delta: 'timeSeriesDeltaToGrid',
  irate: 'timeSeriesInstantRateToGrid',
  idelta: 'timeSeriesInstantDeltaToGrid',
  last_over_time: 'timeSeriesLastToGrid',
  last_sample: 'timeSeriesLastToGrid',
} as const satisfies Record<GridFunction, string>;

/** Functions for which it matters when a counter began. */
export const USES_STARTS: ReadonlySet<GridFunction> = new Set<GridFunction>(['rate', 'increase', 'irate']);

/** Steps below this are finer than samples usually are, so that a grid of them is more to carry than the samples. */
const MIN_SAMPLE_STEP_MS = 10_000;

/** Later than ClickHouse's DateTime64 is good for no sample can be. */
export const END_OF_TIME_MS = 9_000_000_000_000;

/** How many points the grid has; undefined if ClickHouse cannot, or had better not, work it out. */
export function gridSteps({ func, startMs, endMs, stepMs, windowMs }: GridRequest): number | undefined {
  const whole = [startMs, stepMs, windowMs].every(Number.isInteger);
  if (!whole || startMs - windowMs < 0 || endMs > END_OF_TIME_MS) return undefined;
  const steps = (endMs - startMs) / stepMs + 1;
  if (!Number.isInteger(steps) || (func === 'last_sample' && stepMs < MIN_SAMPLE_STEP_MS)) return undefined;
  return steps;
}

/** The query for one grid: (id, values, newest start time, samples) of each series. */
export function gridQuery(
  found: readonly IndexedSeries[],
  request: GridRequest,
  source: SampleSource,
): QueryRequest {
  return { sql: seriesGrids(request, source), ...gridSettings(found, request) };
}

/** The grid of each series: (id, grid, newest start time, samples). */
export function seriesGrids(request: GridRequest, source: SampleSource): string {
  const fn = GRID_FUNCTIONS[request.func];
  // The plain selector must see staleness markers, which end a series.
  const live = request.func === 'last_sample' ? '' : 'AND NOT stale';
  return `SELECT id, ${fn}({from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')}, {step:Decimal64(3)}, {window:Decimal64(3)})(ts, value) AS grid,
        max(start) AS newest, count() AS samples
      FROM ${source.samples(`id IN {ids:Array(UInt64)} ${live}
        AND ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')`)}
      GROUP BY id`;
}

/** What `seriesGrids` needs beside its SQL. */
export function gridSettings(found: readonly IndexedSeries[], request: GridRequest) {
  return {
    parameters: {
      ids: found.map(({ id }) => id),
      from: dateTimeText(request.startMs),
      to: dateTimeText(request.endMs),
      step: (request.stepMs / 1_000).toFixed(3),
      window: (request.windowMs / 1_000).toFixed(3),
      start: request.startMs - request.windowMs,
      end: request.endMs,
    },
    settings: { allow_experimental_time_series_aggregate_functions: 1 },
    what: 'promql grid',
    ...(request.abort && { abort: request.abort }),
  } satisfies Omit<QueryRequest, 'sql'>;
}

const dateTimeText = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

/** What was worked out, and the series that are left to the evaluator. */
export interface Pushed {
  readonly series: readonly GridSeries[];
  readonly left: readonly IndexedSeries[];
}

/**
 * Sorts the answer: what is good as it is, and the series that the evaluator must do, because a counter that began inside the
 * range counts from its start, which ClickHouse's functions know nothing of.
 */
export function sortGrid(
  found: readonly IndexedSeries[],
  rows: Iterable<GridRow>,
  request: GridRequest,
): Pushed {
  const byId = new Map<bigint, GridRow>();
  for (const row of rows) byId.set(row.id, row);
  const startsMatter = USES_STARTS.has(request.func);
  const series: GridSeries[] = [];
  const left: IndexedSeries[] = [];
  for (const one of found) {
    const row = byId.get(one.id);
    if (row === undefined) continue;
    if (startsMatter && row.newestStartMs > request.startMs - request.windowMs) {
      left.push(one);
      continue;
    }
    if (request.func === 'last_sample') dropStale(row);
    if (row.present.includes(1))
      series.push({ labels: one.labels, values: row.values, present: row.present });
  }
  return { series, left };
}

/** A staleness marker is the newest sample, and says that there is none. */
function dropStale({ values, present }: GridRow): void {
  const words = wordsOf(values);
  for (let i = 0; i < present.length; i++) if (isStaleAt(words, i)) present[i] = 0;
}
