import { type RequestHandler, type Response, Router } from 'express';
import type { LabelMatcher } from '../../../model/labels.ts';
import type { Clock } from '../../../model/units.ts';
import { childrenOf, type Expr } from '../../../promql/ast.ts';
import type { Promql, QueryOptions } from '../../../promql/engine.ts';
import { toExpressionJson } from '../../../promql/expression-json.ts';
import {
  type AnswerOptions,
  encodeAnswer,
  encodeList,
  formatSampleValue,
  httpStatusOf,
  toHttpError,
} from '../../../promql/http-format.ts';
import type { ExemplarSeries, Queryable } from '../../../promql/queryable.ts';
import type { QueryResult } from '../../../promql/result.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { ApiError, BadParameter } from './api-error.ts';
import { Parameters } from './parameters.ts';
import { getAndPost } from './respond.ts';

export interface QueryRoutesOptions {
  readonly promql: Promql;
  readonly queryable: Pick<Queryable, 'exemplars'>;
  readonly clock: Clock;
}

/** `query`, `query_range`, `query_exemplars`, `format_query`, `parse_query`. */
export function queryRoutes({ promql, queryable, clock }: QueryRoutesOptions): Router {
  const router = Router();
  getAndPost(
    router,
    '/query',
    querying(clock, (parameters, options) => {
      const timeMs = parameters.timeMs('time', clock.now());
      return promql.instant(parameters.text('query') ?? '', timeMs, options);
    }),
  );
  getAndPost(
    router,
    '/query_range',
    querying(clock, (parameters, options) => {
      const [startMs, endMs] = [parameters.timeMs('start'), parameters.timeMs('end')];
      const stepMs = parameters.durationMs('step');
      if (stepMs === undefined) throw new BadParameter('step', 'cannot parse "" to a valid duration');
      return promql.range(parameters.text('query') ?? '', startMs, endMs, stepMs, options);
    }),
  );
  getAndPost(router, '/query_exemplars', exemplarHandler(promql, queryable));
  getAndPost(
    router,
    '/format_query',
    parsing((query) => {
      const formatted = promql.format(query);
      return formatted.ok ? { ok: true, data: formatted.text } : formatted;
    }),
  );
  getAndPost(
    router,
    '/parse_query',
    parsing((query) => {
      const parsed = promql.parse(query);
      return parsed.ok ? { ok: true, data: toExpressionJson(parsed.expr) } : parsed;
    }),
  );
  return router;
}

/** Parameters that both kinds of query take, and the answer in chunks. */
const querying =
  (
    clock: Clock,
    ask: (parameters: Parameters, options: QueryOptions) => Promise<QueryResult>,
  ): RequestHandler =>
  async (request, response) => {
    const came = clock.monotonic();
    const parameters = new Parameters(request);
    const limit = parameters.limit();
    const result = await ask(parameters, {
      timeoutMs: parameters.durationMs('timeout'),
      lookbackMs: parameters.durationMs('lookback_delta'),
      explain: ['1', 'true'].includes(parameters.text('explain') ?? ''),
      abort: abortOf(response),
    });
    const tookMs = parameters.text('stats') === undefined ? undefined : clock.monotonic() - came;
    await answerQuery(response, result, { limit, tookMs });
  };

async function answerQuery(response: Response, result: QueryResult, options: AnswerOptions): Promise<void> {
  response.status(httpStatusOf(result)).type('json');
  if (!result.ok && result.error.type === 'unavailable') response.setHeader('Retry-After', '2');
  await sendChunks(response, encodeAnswer(result, options));
}

type Parsed = { readonly ok: true; readonly data: unknown } | (QueryResult & { readonly ok: false });

const parsing =
  (read: (query: string) => Parsed): RequestHandler =>
  (request, response) => {
    const parsed = read(new Parameters(request).text('query') ?? '');
    if (parsed.ok) {
      response.json({ status: 'success', data: parsed.data });
      return;
    }
    const { status, body } = toHttpError(parsed.error);
    response.status(status).json(body);
  };

/** Exemplars of one answer, the newest; more would not be told apart on any graph. */
const EXEMPLARS_MAX = 10_000;

function exemplarHandler(promql: Promql, queryable: Pick<Queryable, 'exemplars'>): RequestHandler {
  return async (request, response) => {
    const parameters = new Parameters(request);
    const startMs = parameters.timeMs('start', 0);
    const endMs = parameters.timeMs('end', Number.MAX_SAFE_INTEGER);
    if (endMs < startMs) throw new ApiError('bad_data', 'end timestamp must not be before start timestamp');
    const parsed = promql.parse(parameters.text('query') ?? '');
    if (!parsed.ok) throw new ApiError('bad_data', parsed.error.message);
    const selectors = selectorsIn(parsed.expr);
    // As Prometheus does: a query that selects nothing has no exemplars, not even none.
    if (selectors.length === 0) {
      response.status(204).end();
      return;
    }
    const abort = abortOf(response);
    const found = await queryable.exemplars({ selectors, startMs, endMs, limit: EXEMPLARS_MAX, abort });
    const total = found.reduce((sum, { exemplars }) => sum + exemplars.length, 0);
    response.type('json');
    await sendChunks(response, encodeList(found.values().map(exemplarJson), total >= EXEMPLARS_MAX));
  };
}

const selectorsIn = (expr: Expr): (readonly LabelMatcher[])[] =>
  expr.kind === 'vector_selector' ? [expr.matchers] : childrenOf(expr).flatMap(selectorsIn);

const exemplarJson = ({ labels, exemplars }: ExemplarSeries): object => ({
  seriesLabels: labels.toLabels(),
  exemplars: exemplars.map((one) => ({
    labels: one.labels.toLabels(),
    value: formatSampleValue(one.value),
    timestamp: one.timeMs / 1_000,
  })),
});
