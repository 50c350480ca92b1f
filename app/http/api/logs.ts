import { z } from 'zod';
import { type LogSearchResult, logSearchResult } from '../../../model/api/log.ts';
import { HOUR_MS } from '../../../model/units.ts';
import type { LogSearch } from '../../../storage/logs.ts';
import { definedOnly, moment, searchWord } from '../query-fields.ts';
import { defineRoute, type Route } from '../route.ts';

const query = z.object({
  service: searchWord,
  campaign: searchWord,
  trace: searchWord,
  text: searchWord,
  minSeverity: z.coerce.number().int().min(0).max(24).optional(),
  start: moment,
  end: moment,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
});

export const logRoutes = (
  search: (search: LogSearch, abort: AbortSignal) => Promise<readonly LogSearchResult['records'][number][]>,
  now: () => number,
): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/logs',
    summary:
      'Newest log records that match, in a range of time (epoch milliseconds; the last hour unless told)',
    query,
    response: logSearchResult,
    handle: async ({ query, abort }) => {
      const endMs = query.end ?? now();
      const wanted = definedOnly({
        service: query.service,
        campaignId: query.campaign,
        traceId: query.trace,
        text: query.text,
        minSeverity: query.minSeverity,
        startMs: query.start ?? endMs - HOUR_MS,
        endMs,
        limit: query.limit,
      });
      return { records: [...(await search(wanted, abort))] };
    },
  }),
];
