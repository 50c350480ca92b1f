import express, { type ErrorRequestHandler, type RequestHandler, type Response, Router } from 'express';
import type { Alerting } from '../../../alerts/alerting.ts';
import type { AlertInstance, AlertRule } from '../../../model/api/alert.ts';
import type { Clock } from '../../../model/units.ts';
import type { Promql } from '../../../promql/engine.ts';
import { EvaluationError } from '../../../promql/errors.ts';
import {
  encodeAnswer,
  formatSampleValue,
  httpStatusOf,
  TRUNCATED,
  toHttpError,
} from '../../../promql/http-format.ts';
import { ParseError } from '../../../promql/parse-error.ts';
import { type Queryable, StoreUnavailableError, TooMuchError } from '../../../promql/queryable.ts';
import type { QueryError, QueryResult } from '../../../promql/result.ts';
import { requestFault } from '../problem.ts';
import { abortOf } from '../route.ts';
import { BadParameter, Parameters } from './parameters.ts';
import { sendChunks } from './send-chunks.ts';

export interface PrometheusApiOptions {
  readonly promql: Promql;
  readonly queryable: Queryable;
  readonly alerting: Pick<Alerting, 'rules' | 'active'>;
  readonly clock: Clock;
  readonly version: string;
}

/** Prometheus's HTTP API, as Grafana, promtool and vmalert call it. Mounted at `/prometheus/api/v1`. */
export function prometheusApi(options: PrometheusApiOptions): Router {
  const { promql, queryable, clock } = options;
  const router = Router();
  router.use(express.urlencoded({ extended: false, limit: '1mb' }));

  const answer =
    (handle: (parameters: Parameters, abort: AbortSignal) => Promise<unknown>): RequestHandler =>
    async (request, response) => {
      response.json({
        status: 'success',
        data: await handle(new Parameters(request), abortOf(response)),
      });
    };
  const both = (path: string, handler: RequestHandler) => router.get(path, handler).post(path, handler);

  both('/query', async (request, response) => {
    const parameters = new Parameters(request);
    const limit = parameters.limit();
    const result = await promql.instant(
      parameters.text('query') ?? '',
      parameters.timeMs('time', clock.now()),
      queryOptions(parameters, response),
    );
    await answerQuery(response, result, limit);
  });
  both('/query_range', async (request, response) => {
    const parameters = new Parameters(request);
    const [startMs, endMs] = [parameters.timeMs('start'), parameters.timeMs('end')];
    const stepMs = parameters.durationMs('step');
    const limit = parameters.limit();
    if (stepMs === undefined) throw new BadParameter('step', 'cannot parse "" to a valid duration');
    const result = await promql.range(
      parameters.text('query') ?? '',
      startMs,
      endMs,
      stepMs,
      queryOptions(parameters, response),
    );
    await answerQuery(response, result, limit);
  });
  both('/labels', async (request, response) => {
    const parameters = new Parameters(request);
    const found = await queryable.labelNames(seriesRequest(parameters, clock, abortOf(response)));
    response.json({ status: 'success', ...cut(found, parameters.limit()) });
  });
  both('/series', async (request, response) => {
    const parameters = new Parameters(request);
    if (parameters.selectors().length === 0)
      throw new BadParameter('match[]', 'no match[] parameter provided');
    const found = await queryable.series(seriesRequest(parameters, clock, abortOf(response)));
    const series = found.map((labels) => labels.toLabels());
    response.json({ status: 'success', ...cut(series, parameters.limit()) });
  });
  router.get('/label/:name/values', async (request, response) => {
    const parameters = new Parameters(request);
    const found = await queryable.labelValues(
      request.params.name,
      seriesRequest(parameters, clock, abortOf(response)),
    );
    response.json({ status: 'success', ...cut(found, parameters.limit()) });
  });
  router.get(
    '/metadata',
    answer(async (parameters, abort) =>
      Object.fromEntries(
        await queryable.metadata({ metric: parameters.text('metric'), limit: parameters.limit(), abort }),
      ),
    ),
  );
  both('/format_query', async (request, response) => {
    const formatted = promql.format(new Parameters(request).text('query') ?? '');
    if (formatted.ok) response.json({ status: 'success', data: formatted.text });
    else send(response, toHttpError(formatted.error));
  });
  router.get(
    '/rules',
    answer(async () => ({ groups: ruleGroups(options.alerting.rules()) })),
  );
  router.get(
    '/alerts',
    answer(async () => ({ alerts: options.alerting.active().map(toPrometheusAlert) })),
  );
  router.get(
    '/status/buildinfo',
    answer(async () => ({
      version: '3.0.0',
      revision: '',
      branch: '',
      buildUser: '',
      buildDate: '',
      goVersion: '',
      tidewarden: options.version,
    })),
  );
  router.use((request, response) => {
    response
      .status(404)
      .json({ status: 'error', errorType: 'not_found', error: `there is no ${request.path} here` });
  });
  router.use(errorAnswer);
  return router;
}

const queryOptions = (parameters: Parameters, response: Response) => ({
  timeoutMs: parameters.durationMs('timeout'),
  lookbackMs: parameters.durationMs('lookback_delta'),
  abort: abortOf(response),
  explain: ['1', 'true'].includes(parameters.text('explain') ?? ''),
});

const seriesRequest = (parameters: Parameters, clock: Clock, abort: AbortSignal) => ({
  selectors: parameters.selectors(),
  startMs: parameters.timeMs('start', 0),
  endMs: parameters.timeMs('end', clock.now()),
  limit: oneMore(parameters.limit()),
  abort,
});

/** One more than is answered, so that a cut is known to be one. 0 stands for no limit. */
const oneMore = (limit: number | undefined) => (limit ? limit + 1 : undefined);

function cut<T>(found: readonly T[], limit: number | undefined): { data: readonly T[]; warnings?: string[] } {
  return limit && found.length > limit
    ? { data: found.slice(0, limit), warnings: [TRUNCATED] }
    : { data: found };
}

async function answerQuery(
  response: Response,
  result: QueryResult,
  limit: number | undefined,
): Promise<void> {
  response.status(httpStatusOf(result)).type('json');
  await sendChunks(response, encodeAnswer(result, { limit }));
}

function send(response: Response, { status, body }: { status: number; body: object }): void {
  if (response.destroyed) return;
  response.status(status).json(body);
}

const errorAnswer: ErrorRequestHandler = (error: unknown, _request, response, next) => {
  const known = toQueryError(error);
  if (known === null || response.headersSent) return next(error);
  send(response, toHttpError(known));
};

function toQueryError(error: unknown): QueryError | null {
  if (error instanceof BadParameter) return { type: 'bad_data', message: error.message };
  if (error instanceof ParseError)
    return { type: 'bad_data', message: `invalid parameter "match[]": ${error.message}` };
  if (error instanceof EvaluationError) return { type: 'execution', message: error.message };
  if (error instanceof TooMuchError) return { type: 'too_many', message: error.message };
  if (error instanceof StoreUnavailableError) return { type: 'unavailable', message: error.message };
  const fault = requestFault(error);
  return fault === null ? null : { type: 'bad_data', message: fault.message };
}

/** Rules as Prometheus groups and names them; `no_data` and `error` show in `health` and `lastError`. */
function ruleGroups(rules: readonly AlertRule[]): object[] {
  const groups = new Map<string, { name: string; file: string; rules: object[] }>();
  for (const rule of rules) {
    const key = `${rule.file}\n${rule.group}`;
    const group = groups.get(key) ?? { name: rule.group, file: rule.file, rules: [] };
    group.rules.push(toPrometheusRule(rule));
    groups.set(key, group);
  }
  return [...groups.values()].map((group) => ({
    ...group,
    interval: 0,
    limit: 0,
    evaluationTime: 0,
    lastEvaluation: new Date(0).toISOString(),
  }));
}

function toPrometheusRule(rule: AlertRule): object {
  const instances = rule.instances.filter(({ state }) => state === 'pending' || state === 'firing');
  const firing = instances.some(({ state }) => state === 'firing');
  return {
    type: 'alerting',
    name: rule.name,
    query: rule.query,
    duration: rule.forMs / 1_000,
    keepFiringFor: rule.keepFiringForMs / 1_000,
    labels: rule.labels,
    annotations: rule.annotations,
    alerts: instances.map(toPrometheusAlert),
    state: firing ? 'firing' : instances.length > 0 ? 'pending' : 'inactive',
    health: rule.state === 'error' ? 'err' : rule.lastEvaluationMs === null ? 'unknown' : 'ok',
    ...(rule.state === 'error' && { lastError: rule.reason }),
    evaluationTime: (rule.evaluationMs ?? 0) / 1_000,
    lastEvaluation: new Date(rule.lastEvaluationMs ?? 0).toISOString(),
  };
}

const toPrometheusAlert = (alert: AlertInstance): object => ({
  labels: { alertname: alert.name, ...alert.labels },
  annotations: alert.annotations,
  state: alert.state === 'pending' ? 'pending' : 'firing',
  activeAt: new Date(alert.activeAtMs).toISOString(),
  value: formatSampleValue(alert.value ?? Number.NaN),
});
