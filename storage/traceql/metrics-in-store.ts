import type { Compare, MetricsAggregate } from '../../traceql/ast.ts';
import type { MetricsGrid, MetricsSeries } from '../../traceql/metrics/series.ts';
import type { TraceMetricsAnswer, TraceMetricsRequest } from '../../traceql/trace-store.ts';
import { isTooMuch } from '../clickhouse/errors.ts';
import type { ReadContext, Window } from './candidate-reads.ts';
import { seriesOfComparison } from './comparison-rows.ts';
import { planComparison } from './comparison-sql.ts';
import { seriesOfRows } from './metrics-rows.ts';
import { type MetricPlan, planAggregate } from './metrics-sql.ts';
import type { RepeatedSpans } from './repeated-spans.ts';

/** Steps of series that a metric may have together. */
const VALUES_MAX = 200_000;
const MEMORY_BYTES = 700 * 1024 ** 2;
/** A part of the time this short is not tried again shorter. */
const SHORTEST_MS = 1_000;

type Row = Readonly<Record<string, unknown>>;

export interface MetricContext extends ReadContext {
  readonly repeats: RepeatedSpans;
  /** Milliseconds until the answer is due. */
  readonly leftMs: () => number;
}

/**
 * Works a metric out in ClickHouse alone, the newest part of its time first where that has very many spans; undefined where it takes
 * more than the rows of single spans. What is too much or takes too long is left out, and said. Throws `StoreError`.
 */
export async function aggregateInStore(
  context: MetricContext,
  { aggregate, grid, exemplars = 0 }: TraceMetricsRequest,
): Promise<TraceMetricsAnswer | undefined> {
  const { compare } = aggregate;
  if (compare !== undefined) return compareInStore(context, { ...aggregate, compare }, grid);
  const plan = planAggregate(aggregate, grid, exemplars);
  if (plan === undefined) return undefined;
  const { rows, sinceMs } = await readBackwards(context, plan, grid);
  const series = seriesSince(
    sinceMs,
    grid,
    seriesOfRows(aggregate, grid, rows.slice(0, VALUES_MAX), exemplars),
  );
  if (rows.length > VALUES_MAX) return { series, partial: TOO_MANY_SERIES };
  return { series, partial: sinceMs > grid.startMs ? countedSince(sinceMs) : null };
}

const TOO_MANY_SERIES = 'The metric has too many series; only some are shown: group by less';

/** `compare()`, whose most frequent values can only be told of all of the time at once: where that is too much, of its newest part. */
async function compareInStore(
  context: MetricContext,
  aggregate: MetricsAggregate & { readonly compare: Compare },
  grid: MetricsGrid,
): Promise<TraceMetricsAnswer | undefined> {
  const plan = planComparison(aggregate, grid);
  if (plan === undefined) return undefined;
  const endMs = grid.startMs + grid.stepMs * grid.steps;
  let widthMs: number | null = endMs - grid.startMs;
  while (widthMs !== null && context.leftMs() > 0) {
    const window = windowBefore(endMs, widthMs, grid);
    try {
      const series = seriesOfComparison(grid, await readWindow(context, plan, window, VALUES_MAX));
      const partial = window.startMs > grid.startMs ? countedSince(window.startMs) : null;
      return { series: seriesSince(window.startMs, grid, series), partial };
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      widthMs = narrower(window, grid);
    }
  }
  return { series: [], partial: countedSince(endMs) };
}

/** The width of what is tried after a window that was too much; null if it is not worth it. */
function narrower({ startMs, endMs }: Window, { stepMs }: MetricsGrid): number | null {
  const widthMs = endMs - startMs;
  if (widthMs <= SHORTEST_MS) return null;
  return widthMs > stepMs ? Math.max(stepMs, widthMs / 4) : widthMs / 4;
}

/** Rows of all steps, or of those since `sinceMs`, where the rest was too much. */
async function readBackwards(
  context: MetricContext,
  plan: MetricPlan,
  grid: MetricsGrid,
): Promise<{ readonly rows: readonly Row[]; readonly sinceMs: number }> {
  const rows: Row[] = [];
  let endMs = grid.startMs + grid.stepMs * grid.steps;
  let widthMs = Math.max(grid.stepMs, await context.pace.mostMs(endMs));
  while (endMs > grid.startMs && rows.length <= VALUES_MAX) {
    const window = windowBefore(endMs, widthMs, grid);
    if (context.leftMs() <= 0) break;
    try {
      rows.push(...(await readWindow(context, plan, window, VALUES_MAX + 1 - rows.length)));
      endMs = window.startMs;
      // A step of which only the end could be counted is the last one.
      if (!isStep(endMs, grid)) break;
    } catch (error) {
      if (!isTooMuch(error)) throw error;
      const narrowerMs = narrower(window, grid);
      if (narrowerMs === null) break;
      widthMs = narrowerMs;
    }
  }
  return { rows, sinceMs: endMs };
}

async function readWindow(
  { reader, repeats, abort, leftMs }: MetricContext,
  plan: MetricPlan,
  window: Window,
  limit: number,
): Promise<readonly Row[]> {
  const repeated = await repeats.minutesIn(window, abort);
  const { sql, parameters } = plan({ window, repeated, limit });
  // Half of what is left, so that there is time for a shorter part if this one takes too long.
  const maxSeconds = Math.max(1, Math.ceil(leftMs() / 2_000));
  return reader.rows({
    ...{ sql, parameters },
    limits: { maxSeconds, maxMemoryBytes: MEMORY_BYTES },
    what: 'trace metrics',
    ...(abort && { abort }),
  });
}

/** The whole steps before `endMs` that `widthMs` holds; of one that is longer, its end. */
function windowBefore(endMs: number, widthMs: number, { startMs, stepMs }: MetricsGrid): Window {
  const steps = Math.floor(widthMs / stepMs);
  return { startMs: Math.max(startMs, endMs - (steps > 0 ? steps * stepMs : widthMs)), endMs };
}

const isStep = (ms: number, { startMs, stepMs }: MetricsGrid): boolean =>
  Math.abs((ms - startMs) / stepMs - Math.round((ms - startMs) / stepMs)) < 1e-9;

/** Without the steps of which something was left out; one that is all there is stays. */
export function seriesSince(
  sinceMs: number,
  grid: MetricsGrid,
  series: readonly MetricsSeries[],
): readonly MetricsSeries[] {
  const first = Math.min(grid.steps - 1, Math.ceil((sinceMs - grid.startMs) / grid.stepMs));
  if (first <= 0) return series;
  for (const { values } of series) values.fill(Number.NaN, 0, first);
  return series.filter(({ values }) => values.some((value) => !Number.isNaN(value)));
}

const countedSince = (sinceMs: number): string =>
  `Only what began since ${new Date(sinceMs).toISOString()} was counted: shorten the range or ask for something rarer`;
