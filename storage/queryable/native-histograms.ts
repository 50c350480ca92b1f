import { z } from 'zod';
import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';

const number = z.coerce.number();
const counts = z.array(number);

/** A row of `native_histograms`: an OTLP exponential histogram. */
export const histogramRow = z.object({
  id: z.string(),
  ts: number,
  start: number,
  delta: z.union([z.boolean(), number]).transform(Boolean),
  stale: z.union([z.boolean(), number]).transform(Boolean),
  scale: number,
  count: number,
  sum: number,
  has_sum: z.union([z.boolean(), number]).transform(Boolean),
  zero_threshold: number,
  zero_count: number,
  positive_offset: number,
  positive_counts: counts,
  negative_offset: number,
  negative_counts: counts,
});

export type HistogramRow = z.infer<typeof histogramRow>;

/** The finest schema that PromQL knows. */
const MAX_SCHEMA = 8;

/**
 * An OTLP exponential histogram as a native one. OTLP's bucket i begins where Prometheus's bucket i+1 does; finer scales than 8 are merged.
 * One of delta temporality is a gauge: it counts since the one before.
 */
export function toNativeHistogram(row: HistogramRow): NativeHistogram {
  const positive = toSide(row.positive_offset, row.positive_counts, row.scale);
  const negative = toSide(row.negative_offset, row.negative_counts, row.scale);
  return {
    counterResetHint: row.delta ? 'gauge' : 'unknown',
    schema: Math.min(row.scale, MAX_SCHEMA),
    zeroThreshold: row.zero_threshold,
    zeroCount: row.zero_count,
    count: row.count,
    sum: row.has_sum ? row.sum : Number.NaN,
    positiveSpans: positive.spans,
    positiveBuckets: positive.counts,
    negativeSpans: negative.spans,
    negativeBuckets: negative.counts,
    customValues: [],
  };
}

function toSide(offset: number, buckets: readonly number[], scale: number) {
  if (buckets.length === 0) return { spans: [], counts: [] };
  const shift = Math.max(0, scale - MAX_SCHEMA);
  const target = (i: number): number => ((offset + i) >> shift) + 1;
  const first = target(0);
  const merged = new Array<number>(target(buckets.length - 1) - first + 1).fill(0);
  buckets.forEach((count, i) => {
    merged[target(i) - first]! += count;
  });
  return { spans: [{ offset: first, length: merged.length }], counts: merged };
}
