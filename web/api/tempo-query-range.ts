import { z } from 'zod';
import type { QueryRange } from './prometheus-query-range.ts';
import { getTempo } from './tempo-answer.ts';

/** Protobuf's JSON: 64-bit integers are text; what has its default value may be missing. */
const integer = z.union([z.string(), z.number()]).transform(Number);
const anyValue = z.union([
  z.object({ stringValue: z.string() }).transform(({ stringValue }) => stringValue),
  z.object({ intValue: integer }).transform(({ intValue }) => intValue),
  z
    .object({ doubleValue: z.union([z.number(), z.string().transform(Number)]) })
    .transform(({ doubleValue }) => doubleValue),
  z.object({ boolValue: z.boolean() }).transform(({ boolValue }) => boolValue),
  z.object({}).transform(() => ''),
]);

const series = z.object({
  labels: z.array(z.object({ key: z.string(), value: anyValue })).default([]),
  samples: z
    .array(
      z.object({
        timestampMs: integer.default(0),
        value: z.union([z.number(), z.string().transform(Number), z.null()]).default(0),
      }),
    )
    .default([]),
  exemplars: z
    .array(
      z.object({
        labels: z.array(z.object({ key: z.string(), value: anyValue })).default([]),
        value: z.union([z.number(), z.string().transform(Number)]).default(0),
        timestampMs: integer.default(0),
      }),
    )
    .default([]),
});
export type TraceMetricsSeries = z.infer<typeof series>;

const answer = z
  .object({
    series: z.array(series).default([]),
    status: z.string().optional(),
    message: z.string().default(''),
  })
  .transform(({ series, status, message }) => ({
    series,
    /** Why it is not whole; null where it is. */
    partial: status === 'PARTIAL' ? message : null,
  }));
export type TraceMetrics = z.infer<typeof answer>;

/** GET /tempo/api/metrics/query_range: the series of a TraceQL metrics query; a duration's values are seconds. */
export const queryTraceMetrics = (
  q: string,
  range: QueryRange,
  signal?: AbortSignal,
): Promise<TraceMetrics> =>
  getTempo(
    'metrics/query_range',
    {
      q,
      start: Math.floor(range.fromMs / 1_000),
      end: Math.ceil(range.toMs / 1_000),
      step: `${Math.round(range.stepMs / 1_000)}s`,
      exemplars: 100,
    },
    answer,
    signal,
  );
