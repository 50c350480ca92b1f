import { z } from 'zod';

const attributes = z.record(
  z.string(),
  z.union([
    z.string(),
    z.number(),
    z.boolean(),
    z.array(z.unknown()),
    z.record(z.string(), z.unknown()),
    z.null(),
  ]),
);

/** A trace as a row of a search. Times are epoch nanoseconds as decimal text where they must be exact. */
export const traceSummary = z.object({
  traceId: z.string(),
  startMs: z.number(),
  durationMs: z.number(),
  rootService: z.string(),
  rootName: z.string(),
  spans: z.number().int(),
  errors: z.number().int(),
  services: z.array(z.string()),
  campaignId: z.string().nullable(),
  /** Whether the root span has arrived. */
  complete: z.boolean(),
});
export type TraceSummary = z.infer<typeof traceSummary>;

export const traceSearchResult = z.object({
  traces: z.array(traceSummary),
  partial: z.boolean(),
  reason: z.string().nullable(),
});
export type TraceSearchResult = z.infer<typeof traceSearchResult>;

export const span = z.object({
  spanId: z.string(),
  parentSpanId: z.string().nullable(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
  status: z.enum(['unset', 'ok', 'error']),
  statusMessage: z.string(),
  startUnixNano: z.string(),
  durationNano: z.string(),
  attributes,
  resource: attributes,
  scope: z.string(),
  events: z.array(z.object({ atUnixNano: z.string(), name: z.string(), attributes })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes })),
});
export type Span = z.infer<typeof span>;

export const traceDetail = z.object({ traceId: z.string(), spans: z.array(span) });
export type TraceDetail = z.infer<typeof traceDetail>;
