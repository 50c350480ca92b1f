import { z } from 'zod';

const amount = z.object({
  traces: z.number().int(),
  spans: z.number().int(),
  /** On disk, estimated from what a span takes there now. */
  bytes: z.number(),
});

/** GET /api/traces/keeping/preview: what a policy would have kept of the traces that began in the last day. */
export const keepingPreview = z.object({
  fromMs: z.number(),
  toMs: z.number(),
  policy: z.object({
    errors: z.boolean(),
    slow: z.object({ quantile: z.number(), timesMedian: z.number(), minTraces: z.number() }),
    sampledShare: z.number(),
    incidents: z.boolean(),
    incidentMarginMinutes: z.number(),
    matching: z.array(z.string()),
  }),
  bytesPerSpan: z.number(),
  all: amount,
  kept: amount,
  /** A trace with several reasons counts in each of them; `only`: those that have no other. */
  reasons: z.array(amount.extend({ reason: z.string(), only: amount })),
  /** What comes to be kept in 30 days, if every day is like this one. */
  perMonth: amount,
  /** What lies on the disk in the end, when as much is let go as is kept; `costPerMonth` at the price per GiB and month, if one is given. */
  settled: z.object({ days: z.number().int(), bytes: z.number(), costPerMonth: z.number().nullable() }),
});
export type KeepingPreviewAnswer = z.infer<typeof keepingPreview>;
