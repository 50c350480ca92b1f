import { z } from 'zod';
import {
  type TraceDetail,
  type TraceSearchResult,
  traceDetail,
  traceSearchResult,
} from '../../../model/api/trace.ts';
import { HOUR_MS } from '../../../model/units.ts';
import { NotFound } from '../problem.ts';
import { definedOnly, moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

export interface TraceSearch {
  readonly service?: string;
  readonly name?: string;
  readonly campaignId?: string;
  readonly status?: 'ok' | 'error' | 'unset';
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

export interface TraceReads {
  search(search: TraceSearch, abort: AbortSignal): Promise<TraceSearchResult>;
  byId(traceId: string, abort: AbortSignal): Promise<TraceDetail | null>;
}

const query = z.object({
  service: searchWord,
  name: searchWord,
  campaign: searchWord,
  status: z.enum(['ok', 'error', 'unset']).optional(),
  minDurationMs: z.coerce.number().nonnegative().optional(),
  maxDurationMs: z.coerce.number().nonnegative().optional(),
  start: moment,
  end: moment,
  limit: z.coerce.number().int().min(1).max(1_000).default(50),
});

export const traceRoutes = (traces: TraceReads, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/traces',
    summary: 'Newest traces that match, in a range of time (epoch milliseconds; the last hour unless told)',
    query,
    response: traceSearchResult,
    handle: async ({ query, abort }) => {
      const endMs = query.end ?? now();
      const wanted = {
        service: query.service,
        name: query.name,
        campaignId: query.campaign,
        status: query.status,
        minDurationMs: query.minDurationMs,
        maxDurationMs: query.maxDurationMs,
        startMs: query.start ?? endMs - HOUR_MS,
        endMs,
        limit: query.limit,
      };
      return traces.search(definedOnly(wanted), abort);
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/traces/:id',
    summary: 'Every span of one trace',
    response: traceDetail,
    handle: async ({ params, abort }) => {
      const id = params.id!.toLowerCase();
      const found = /^[0-9a-f]{32}$/.test(id) ? await traces.byId(id, abort) : null;
      if (found === null) throw new NotFound('trace', params.id!);
      return found;
    },
  }),
];
