import { z } from 'zod';
import { type LogTailEvent, logCounts, logSearchResult, logTailEvent } from '../../../model/api/log.ts';
import { HOUR_MS } from '../../../model/units.ts';
import type { CountedLogs, LogCountRequest } from '../../../storage/logs/count-logs.ts';
import type { LogFilter } from '../../../storage/logs/log-filter.ts';
import type { LogPage, LogSearch } from '../../../storage/logs/search-logs.ts';
import type { EventStream } from '../event-stream.ts';
import { cursor, cursorText, filterOf, logFilterFields, logRangeFields } from '../log-query.ts';
import { BadRequest } from '../problem.ts';
import { definedOnly } from '../query-fields.ts';
import { defineEventRoute, defineRoute, type Route } from '../route.ts';

export interface LogReadsOfApi {
  search(search: LogSearch, abort: AbortSignal): Promise<LogPage>;
  count(request: LogCountRequest, abort: AbortSignal): Promise<CountedLogs>;
  tail(filter: LogFilter): EventStream<LogTailEvent>;
}

const search = z.object({
  ...logRangeFields,
  limit: z.coerce.number().int().min(1).max(1_000).default(100),
  before: cursor,
});
const POINTS_MAX = 1_000;
const counts = z.object({ ...logRangeFields, step: z.coerce.number().int().min(1).optional() });
const NARROWED =
  'by service, campaign, trace, span, text in the body, minSeverity (OTLP number) and where, an attribute as key=value, key!="text" or key>=7, several times';

export const logRoutes = (logs: LogReadsOfApi, now: () => number): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/logs',
    summary: `Newest log records that match, in a range of time (epoch milliseconds; the last hour unless told): ${NARROWED}. before takes the «next» of the page before`,
    query: search,
    response: logSearchResult,
    handle: async ({ query, abort }) => {
      const { records, partial, next } = await logs.search(
        {
          ...filterOf(query),
          ...rangeOf(query, now),
          limit: query.limit,
          ...definedOnly({ before: query.before }),
        },
        abort,
      );
      return {
        records: [...records],
        partial: partial !== null,
        reason: partial,
        next: next === null ? null : cursorText(next),
      };
    },
  }),
  defineRoute({
    method: 'get',
    path: '/api/logs/counts',
    summary: `How many log records match in each step (milliseconds; about 60 steps unless told, at most ${POINTS_MAX}), by severity: ${NARROWED}`,
    query: counts,
    response: logCounts,
    handle: async ({ query, abort }) => {
      const range = rangeOf(query, now);
      const stepMs = query.step ?? usualStep(range.endMs - range.startMs);
      if ((range.endMs - range.startMs) / stepMs > POINTS_MAX)
        throw new BadRequest(
          `the range has more than ${POINTS_MAX} steps: use at least ${Math.ceil((range.endMs - range.startMs) / POINTS_MAX)} milliseconds`,
          'query.step',
        );
      const { points, partial } = await logs.count({ ...filterOf(query), ...range, stepMs }, abort);
      return { stepMs, points: [...points], partial: partial !== null, reason: partial };
    },
  }),
  defineEventRoute({
    path: '/api/logs/tail',
    summary: `Log records that match as they come, as server-sent events «log»: ${NARROWED}`,
    query: z.object(logFilterFields),
    event: logTailEvent,
    handle: async ({ query }) => logs.tail(filterOf(query)),
  }),
];

function rangeOf(query: { start?: number | undefined; end?: number | undefined }, now: () => number) {
  const endMs = query.end ?? now();
  return { startMs: query.start ?? endMs - HOUR_MS, endMs };
}

const SECOND_MS = 1_000;
const STEPS_MS = [1, 5, 10, 30, 60, 300, 600, 1_800, 3_600, 10_800, 21_600, 86_400].map((s) => s * SECOND_MS);

/** The first usual step that gives at most 80 of them; longer ranges take days. */
function usualStep(rangeMs: number): number {
  const fits = STEPS_MS.find((step) => rangeMs / step <= 80);
  return fits ?? Math.ceil(rangeMs / 80 / 86_400_000) * 86_400_000;
}
