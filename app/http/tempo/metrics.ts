import { type RequestHandler, Router } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import type { MetricsExpr, Query } from '../../../traceql/ast.ts';
import { parseDurationNanos } from '../../../traceql/duration.ts';
import { combineMetrics } from '../../../traceql/metrics/combine.ts';
import { gridOver, type MetricsGrid, type MetricsSeries } from '../../../traceql/metrics/series.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import type { TraceStore } from '../../../traceql/trace-store.ts';
import { validateQuery } from '../../../traceql/validate.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { Parameters, type TimeRange } from './parameters.ts';
import { Refusal } from './refusal.ts';
import { partialStatus } from './search.ts';
import { toJsonNumber, toKeyValues } from './values.ts';

/** As many points as Prometheus allows a series. */
const STEPS_MAX = 11_000;
/** Of a series; Tempo's default, and its most. */
const EXEMPLARS = 100;

/** `metrics/query_range` and `metrics/query`. */
export function metricsRoutes(store: TraceStore, now: () => number): Router {
  const router = Router();
  router.get('/metrics/query_range', rangeHandler(store, now));
  router.get('/metrics/query', instantHandler(store, now));
  return router;
}

const rangeHandler =
  (store: TraceStore, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const query = metricsQuery(parameters);
    const grid = gridOf(parameters, now());
    const exemplars = exemplarsOf(query, parameters);
    const { series, partial } = await workOut(store, query.metrics, {
      grid,
      exemplars,
      abort: abortOf(response),
    });
    response.type('json');
    await sendChunks(response, rangeJson(series, grid, partial));
  };

const instantHandler =
  (store: TraceStore, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const { metrics } = metricsQuery(parameters);
    const { startMs, endMs } = metricsRange(parameters, now());
    const grid = { startMs, stepMs: endMs - startMs, steps: 1 };
    const { series, partial } = await workOut(store, metrics, {
      grid,
      exemplars: 0,
      abort: abortOf(response),
    });
    response.json({
      series: series.flatMap(({ labels, values: [value = Number.NaN] }) =>
        Number.isNaN(value) ? [] : [{ labels: toKeyValues(labels), value: toJsonNumber(value) }],
      ),
      metrics: {},
      ...partialStatus(partial),
    });
  };

type MetricsQuery = Extract<Query, { readonly kind: 'metrics' }>;

function metricsQuery(parameters: Parameters): MetricsQuery {
  const text = parameters.text('q') ?? parameters.text('query');
  if (text === undefined) throw new Refusal(400, 'missing query: send it as q');
  const query = parseQuery(text);
  validateQuery(query);
  if (query.kind === 'search')
    throw new Refusal(
      400,
      'invalid TraceQL query: it works out no metrics; end it with one, such as | rate()',
    );
  return query;
}

async function workOut(
  store: TraceStore,
  metrics: MetricsExpr,
  request: { readonly grid: MetricsGrid; readonly exemplars: number; readonly abort: AbortSignal },
): Promise<{ readonly series: readonly MetricsSeries[]; readonly partial: string | null }> {
  let partial: string | null = null;
  const series = await combineMetrics(metrics, async (aggregate) => {
    const answer = await store.aggregate({ aggregate, ...request });
    partial ??= answer.partial;
    return answer.series;
  });
  return { series, partial };
}

/** The hint of the query goes before the parameter; 0 and nothing are Tempo's default. */
function exemplarsOf({ hints }: MetricsQuery, parameters: Parameters): number {
  const hint = hints.find(({ name }) => name === 'exemplars')?.value;
  if (hint?.type === 'bool' && !hint.value) return 0;
  const asked = hint?.type === 'int' ? hint.value : parameters.integer('exemplars');
  return Math.min(asked || EXEMPLARS, EXEMPLARS);
}

function gridOf(parameters: Parameters, nowMs: number): MetricsGrid {
  const { startMs, endMs } = metricsRange(parameters, nowMs);
  const stepMs = stepOf(parameters) ?? defaultStepMs(endMs - startMs);
  const grid = gridOver(startMs, endMs, stepMs);
  if (grid.steps > STEPS_MAX)
    throw new Refusal(
      400,
      `invalid step: ${stepMs / 1_000} s makes ${grid.steps} points of the range, and ${STEPS_MAX} are the most: ask for a longer step`,
    );
  return grid;
}

function metricsRange(parameters: Parameters, nowMs: number): TimeRange {
  const since = parameters.durationNanos('since');
  const endMs = instantOf(parameters, 'end') ?? nowMs;
  const startMs = instantOf(parameters, 'start') ?? endMs - (since === undefined ? HOUR_MS : since / 1e6);
  if (endMs <= startMs)
    throw new Refusal(
      400,
      `end must be greater than start. received start=${startMs / 1_000} end=${endMs / 1_000}`,
    );
  return { startMs, endMs };
}

/** Seconds (whole ones of at most ten digits, or with a fraction), nanoseconds, or RFC 3339; to epoch milliseconds. */
function instantOf(parameters: Parameters, name: 'start' | 'end'): number | undefined {
  const text = parameters.text(name);
  if (text === undefined) return undefined;
  const ms = /^\d{1,10}$|^\d+\.\d+$/.test(text)
    ? Number(text) * 1_000
    : /^\d{11,19}$/.test(text)
      ? Number(text) / 1e6
      : /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text)
        ? Date.parse(text)
        : Number.NaN;
  if (Number.isFinite(ms) && ms <= 8.64e15) return ms;
  throw new Refusal(
    400,
    `invalid ${name}: ${JSON.stringify(text.slice(0, 100))} is no time: seconds, nanoseconds or RFC 3339`,
  );
}

/** Seconds or a duration, to milliseconds. */
function stepOf(parameters: Parameters): number | undefined {
  const text = parameters.text('step');
  if (text === undefined) return undefined;
  const ms = /^\d+(\.\d+)?$/.test(text)
    ? Number(text) * 1_000
    : (parseDurationNanos(text) ?? Number.NaN) / 1e6;
  if (Number.isFinite(ms) && ms >= 1) return Math.round(ms);
  throw new Refusal(
    400,
    `invalid step: cannot parse ${JSON.stringify(text.slice(0, 100))} to a valid duration of a millisecond or more`,
  );
}

/** Tempo's `DefaultQueryRangeStep`: some 240 points, at round steps. */
export function defaultStepMs(rangeMs: number): number {
  const baseline = rangeMs / 240;
  if (rangeMs < 60_000) return Math.max(50, Math.floor(baseline / 50) * 50);
  const unit = [HOUR_MS, 300_000, 60_000, 15_000, 5_000, 1_000].find((each) => each < baseline) ?? 1_000;
  return Math.max(1_000, Math.floor(baseline / unit) * unit);
}

/** Tempo's `QueryRangeResponse`, a series at a time. */
function* rangeJson(
  series: readonly MetricsSeries[],
  grid: MetricsGrid,
  partial: string | null,
): Iterable<Buffer> {
  let before = '{"series":[';
  for (const one of series) {
    yield Buffer.from(before + JSON.stringify(seriesJson(one, grid)));
    before = ',';
  }
  const end = JSON.stringify({ metrics: {}, ...partialStatus(partial) }).slice(1);
  yield Buffer.from(`${series.length === 0 ? before : ''}],${end}`);
}

function seriesJson(
  { labels, values, exemplars = [] }: MetricsSeries,
  { startMs, stepMs }: MetricsGrid,
): object {
  const samples: object[] = [];
  values.forEach((value, step) => {
    if (!Number.isNaN(value))
      samples.push({ timestampMs: String(startMs + step * stepMs), value: toJsonNumber(value) });
  });
  return {
    labels: toKeyValues(labels),
    samples,
    ...(exemplars.length > 0 && {
      exemplars: exemplars.map(({ traceId, spanId, atNanos, value }) => ({
        labels: [
          { key: 'trace:id', value: { stringValue: traceId } },
          { key: 'span:id', value: { stringValue: spanId } },
        ],
        value: toJsonNumber(value),
        timestampMs: String(atNanos / 1_000_000n),
      })),
    }),
  };
}
