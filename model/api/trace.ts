import { z } from 'zod';

/** An attribute's value as it was sent; 64-bit integers that a number cannot hold, and bytes (as base64), are text. */
export const attributeValue = z.union([
  z.string(),
  z.number(),
  z.boolean(),
  z.array(z.unknown()),
  z.record(z.string(), z.unknown()),
  z.null(),
]);
export type AttributeValue = z.infer<typeof attributeValue>;

const attributes = z.record(z.string(), attributeValue);

/** A span of a search's answer, with the fields that the query asks for or selects, by their names in the query. Durations are nanoseconds. */
export const foundSpan = z.object({
  spanId: z.string(),
  service: z.string(),
  name: z.string(),
  startUnixNano: z.string(),
  durationNano: z.string(),
  attributes,
});

/** Spans of a trace that matched together: `matched` in all, the first ones shown; what `by` and aggregates say of them. */
export const foundSpanset = z.object({
  matched: z.number().int(),
  attributes,
  spans: z.array(foundSpan),
});
export type FoundSpanset = z.infer<typeof foundSpanset>;

/** A trace as a row of a search. Times are epoch nanoseconds as decimal text where they must be exact. */
export const traceSummary = z.object({
  traceId: z.string(),
  startMs: z.number(),
  startUnixNano: z.string(),
  durationMs: z.number(),
  rootService: z.string(),
  rootName: z.string(),
  spans: z.number().int(),
  errors: z.number().int(),
  services: z.array(z.string()),
  campaignId: z.string().nullable(),
  /** Whether the root span has arrived. */
  complete: z.boolean(),
  spansets: z.array(foundSpanset),
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
  scopeVersion: z.string(),
  scopeAttributes: attributes,
  traceState: z.string(),
  events: z.array(z.object({ atUnixNano: z.string(), name: z.string(), attributes })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string(), attributes })),
});
export type Span = z.infer<typeof span>;

/** `cut`: there are more spans than the first 100,000, which are here. */
export const traceDetail = z.object({ traceId: z.string(), cut: z.boolean(), spans: z.array(span) });
export type TraceDetail = z.infer<typeof traceDetail>;

/** Spans of one id: one, or some of different kinds, as a client and a server may share theirs. */
export const spansOfId = z.object({ spans: z.array(span) });

/** Spans of a trace that a search within it found; id and kind together tell them apart. */
export const foundInTrace = z.object({ spans: z.array(span.pick({ spanId: true, kind: true })) });
