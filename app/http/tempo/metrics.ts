import { type RequestHandler, Router } from 'express';
import { HOUR_MS } from '../../../model/units.ts';
import type { Query } from '../../../traceql/ast.ts';
import { parseDurationNanos } from '../../../traceql/duration.ts';
import { gridOver, type MetricsGrid } from '../../../traceql/metrics/series.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import { validateQuery } from '../../../traceql/validate.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { Parameters, type TimeRange } from './parameters.ts';
import { Refusal } from './refusal.ts';

/** As many points as Prometheus allows a series. */
const STEPS_MAX = 11_000;
/** Of a series; Tempo's default, and its most. */
const EXEMPLARS = 100;

/** `metrics/query_range` and `metrics/query`. */
export function metricsRoutes(ask: AskTraces, now: () => number): Router {
  const router = Router();
  router.get('/metrics/query_range', rangeHandler(ask, now));
  router.get('/metrics/query', instantHandler(ask, now));
  return router;
}

const rangeHandler =
  (ask: AskTraces, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const query = metricsQuery(parameters);
    const grid = gridOf(parameters, now());
    const exemplars = exemplarsOf(query, parameters);
    const maxSeries = parameters.integer('maxSeries') ?? 0;
    const asked = { metrics: query.metrics, grid, exemplars, maxSeries, shape: 'range' } as const;
    await sendChunks(response.type('json'), ask('tempoMetrics', asked, abortOf(response)));
  };

const instantHandler =
  (ask: AskTraces, now: () => number): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const { metrics } = metricsQuery(parameters);
    const { startMs, endMs } = metricsRange(parameters, now());
    const grid = { startMs, stepMs: endMs - startMs, steps: 1 };
    const maxSeries = parameters.integer('maxSeries') ?? 0;
    const asked = { metrics, grid, exemplars: 0, maxSeries, shape: 'instant' } as const;
    await sendChunks(response.type('json'), ask('tempoMetrics', asked, abortOf(response)));
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
