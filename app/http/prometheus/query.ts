import { type RequestHandler, Router } from 'express';
import type { LabelMatcher } from '../../../model/labels.ts';
import type { Clock } from '../../../model/units.ts';
import type { AnswerQuery, QueryAsk } from '../../../promql/answer-query.ts';
import { childrenOf, type Expr } from '../../../promql/ast.ts';
import type { Promql } from '../../../promql/engine.ts';
import { toExpressionJson } from '../../../promql/expression-json.ts';
import { encodeList, formatSampleValue, toHttpError } from '../../../promql/http-format.ts';
import type { ExemplarSeries, Queryable } from '../../../promql/queryable.ts';
import type { QueryResult } from '../../../promql/result.ts';
import { abortOf } from '../route.ts';
import { sendChunks } from '../send-chunks.ts';
import { ApiError, BadParameter } from './api-error.ts';
import { Parameters } from './parameters.ts';
import { getAndPost } from './respond.ts';

export interface QueryRoutesOptions {
  readonly promql: Pick<Promql, 'parse' | 'format'>;
  readonly answerQuery: AnswerQuery;
  readonly queryable: Pick<Queryable, 'exemplars'>;
  readonly clock: Clock;
}

/** `query`, `query_range`, `query_exemplars`, `format_query`, `parse_query`. */
export function queryRoutes({ promql, answerQuery, queryable, clock }: QueryRoutesOptions): Router {
  const router = Router();
  getAndPost(
    router,
    '/query',
    querying(answerQuery, (parameters) => {
      const timeMs = parameters.timeMs('time', clock.now());
      return { kind: 'instant', query: parameters.text('query') ?? '', timeMs };
    }),
  );
  getAndPost(
    router,
    '/query_range',
    querying(answerQuery, (parameters) => {
      const [startMs, endMs] = [parameters.timeMs('start'), parameters.timeMs('end')];
      const stepMs = parameters.durationMs('step');
      if (stepMs === undefined) throw new BadParameter('step', 'cannot parse "" to a valid duration');
      return { kind: 'range', query: parameters.text('query') ?? '', startMs, endMs, stepMs };
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
  (answerQuery: AnswerQuery, read: (parameters: Parameters) => QueryAsk): RequestHandler =>
  async (request, response) => {
    const parameters = new Parameters(request);
    const answer = await answerQuery(read(parameters), {
      limit: parameters.limit(),
      timeoutMs: parameters.durationMs('timeout'),
      lookbackMs: parameters.durationMs('lookback_delta'),
      explain: ['1', 'true'].includes(parameters.text('explain') ?? ''),
      stats: parameters.text('stats') !== undefined,
      abort: abortOf(response),
    });
    if (answer.ok) {
      response.type('json');
      await sendChunks(response, answer.body);
      return;
    }
    const { status, body } = toHttpError(answer.error);
    if (answer.error.type === 'unavailable') response.setHeader('Retry-After', '2');
    response.status(status).json(body);
  };

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

function exemplarHandler(
  promql: Pick<Promql, 'parse'>,
  queryable: Pick<Queryable, 'exemplars'>,
): RequestHandler {
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
