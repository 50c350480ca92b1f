import { z } from 'zod';

const attributes = z.record(z.string(), z.unknown());

/** A log record. `severity` is OTLP's number (9 information, 13 warning, 17 error); ids are lower-case hex. */
export const logRecord = z.object({
  atUnixNano: z.string(),
  service: z.string(),
  severity: z.number(),
  severityText: z.string(),
  eventName: z.string(),
  body: z.unknown(),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  campaignId: z.string().nullable(),
  attributes,
  resource: attributes,
});
export type LogRecord = z.infer<typeof logRecord>;

/**
 * GET /api/logs: the newest first. `next` is the `before` of the next page, null where the range has no more. Partial: the time for it
 * was over, `reason` says how far it came, and `next` goes on from there.
 */
export const logSearchResult = z.object({
  records: z.array(logRecord),
  partial: z.boolean(),
  reason: z.string().nullable(),
  next: z.string().nullable(),
});

export type LogSearchResult = z.infer<typeof logSearchResult>;

/** OTLP's ranges of severity numbers, each four wide from 1 on; `unset` is 0. */
export const SEVERITY_RANGES = ['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;
export type SeverityRange = (typeof SEVERITY_RANGES)[number];
const count = z.number().int();

/** Log records between `atMs` and a step later, by range of severity. */
export const logCount = z.object({
  atMs: z.number(),
  unset: count,
  trace: count,
  debug: count,
  info: count,
  warn: count,
  error: count,
  fatal: count,
});
export type LogCount = z.infer<typeof logCount>;

/** GET /api/logs/counts: every step of the range, oldest first; of a partial answer those that were counted, the newest ones. */
export const logCounts = z.object({
  stepMs: z.number(),
  points: z.array(logCount),
  partial: z.boolean(),
  reason: z.string().nullable(),
});
export type LogCounts = z.infer<typeof logCounts>;

/**
 * GET /api/logs/tail: server-sent events of `event: log`, `data:` one of these as JSON. `hello` comes first; `records` are oldest first,
 * and `dropped` more came with them than are sent; `delayed` says why nothing comes at the moment.
 */
export const logTailEvent = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('hello'), atMs: z.number() }),
  z.object({ kind: z.literal('records'), records: z.array(logRecord), dropped: count }),
  z.object({ kind: z.literal('delayed'), reason: z.string() }),
]);
export type LogTailEvent = z.infer<typeof logTailEvent>;
