import { z } from 'zod';
import { traceDetail, traceSearchResult } from '../../../model/api/trace.ts';
import { HOUR_MS } from '../../../model/units.ts';
import type { FieldExpr, Pipeline } from '../../../traceql/ast.ts';
import { attribute, compareWith, filterBy, intrinsic } from '../../../traceql/compose.ts';
import { parseQuery } from '../../../traceql/parser.ts';
import { validateQuery } from '../../../traceql/validate.ts';
import type { AskTraces } from '../../trace-queries/trace-answers.ts';
import { BadRequest, NotFound } from '../problem.ts';
import { moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';
import { ifAny } from '../send-chunks.ts';

/** Parsing takes time that everybody waits for; no query that people write comes near. */
const QUERY_LENGTH_MAX = 65_536;

const query = z.object({
  q: z.string().max(QUERY_LENGTH_MAX).optional(),
  service: searchWord,
  name: searchWord,
  campaign: searchWord,
  status: z.enum(['ok', 'error', 'unset']).optional(),
  minDurationMs: z.coerce.number().nonnegative().optional(),
  maxDurationMs: z.coerce.number().nonnegative().optional(),
  start: moment,
  end: moment,
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
  spss: z.coerce.number().int().min(0).max(1_000).default(3),
});

export const traceRoutes = (ask: AskTraces, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/traces',
    summary:
      'Newest traces that match, in a range of time (epoch milliseconds; the last hour unless told): by TraceQL as q, or by service, name (of a span), campaign, status and duration of the trace. spss spans of each spanset are shown; 0: all',
    query,
    response: traceSearchResult,
    handle: async ({ query, abort }) => {
      const endMs = query.end ?? now();
      const search = {
        pipeline: pipelineOf(query),
        startMs: query.start ?? endMs - HOUR_MS,
        endMs,
        limit: query.limit,
        spansPerSpanset: query.spss,
      };
      return ask('pageSearch', search, abort);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/traces/:id',
    summary: 'Every span of one trace, the first 100,000 of a longer one',
    response: traceDetail,
    handle: async ({ params, abort }) => {
      const found = await ifAny(ask('pageTrace', { traceId: params.id! }, abort));
      if (found === null) throw new NotFound('trace', params.id!);
      return found;
    },
  }),
];

function pipelineOf({ q, ...fields }: z.output<typeof query>): Pipeline {
  const conditions = conditionsOf(fields);
  if (q === undefined || q.trim() === '') return filterBy(conditions);
  if (conditions.length > 0)
    throw new BadRequest('ask with a query or with single fields, not with both', 'query.q');
  const parsed = parseQuery(q);
  validateQuery(parsed);
  if (parsed.kind === 'metrics')
    throw new BadRequest('this works out metrics: ask /tempo/api/metrics/query_range for them', 'query.q');
  return parsed.pipeline;
}

function conditionsOf(fields: Omit<z.output<typeof query>, 'q'>): readonly FieldExpr[] {
  const { service, name, campaign, status, minDurationMs, maxDurationMs } = fields;
  const text = (value: string) => ({ type: 'string', value }) as const;
  const nanos = (ms: number) => ({ type: 'duration', value: Math.round(ms * 1e6) }) as const;
  return [
    service && compareWith(attribute('resource', 'service.name'), '=', text(service)),
    name && compareWith(intrinsic('span:name'), '=', text(name)),
    campaign && compareWith(attribute('none', 'campaign.id'), '=', text(campaign)),
    status && compareWith(intrinsic('span:status'), '=', { type: 'status', value: status }),
    minDurationMs && compareWith(intrinsic('trace:duration'), '>=', nanos(minDurationMs)),
    maxDurationMs !== undefined && compareWith(intrinsic('trace:duration'), '<=', nanos(maxDurationMs)),
  ].filter((condition) => typeof condition === 'object');
}
