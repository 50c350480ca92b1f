import { z } from 'zod';

/** A log record. `severity` is OTLP's number (9 information, 13 warning, 17 error); ids are lower-case hex. */
const logRecord = z.object({
  atUnixNano: z.string(),
  service: z.string(),
  severity: z.number(),
  severityText: z.string(),
  eventName: z.string(),
  body: z.unknown(),
  traceId: z.string().nullable(),
  spanId: z.string().nullable(),
  campaignId: z.string().nullable(),
  attributes: z.record(z.string(), z.unknown()),
  resource: z.record(z.string(), z.unknown()),
});

/** GET /api/logs: the newest first. */
export const logSearchResult = z.object({ records: z.array(logRecord) });
export type LogSearchResult = z.infer<typeof logSearchResult>;
