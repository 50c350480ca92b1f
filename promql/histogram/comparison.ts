import { formatGo } from '../number-literal.ts';
import { reconcileCustomBuckets, sameBounds, widenZeroBucket } from './arithmetic.ts';
import {
  allBuckets,
  compact,
  negativeOf,
  positiveOf,
  reduceSchema,
  type SparseBuckets,
  usesCustomBuckets,
} from './buckets.ts';
import type { NativeHistogram, Span } from './native-histogram.ts';

/** Whether a counter histogram began anew between `previous` and `h`. A gauge never does. */
export function detectReset(h: NativeHistogram, previous: NativeHistogram): boolean {
  if (h.counterResetHint === 'reset') return true;
  if (h.counterResetHint === 'not_reset') return false;
  if (h.count < previous.count) return true;
  if (usesCustomBuckets(h)) {
    if (!usesCustomBuckets(previous)) return true;
    const both = reconcileCustomBuckets(h, previous);
    return anyDecreased(both.a, both.b);
  }
  if (usesCustomBuckets(previous)) return true;
  if (h.schema > previous.schema || h.zeroThreshold < previous.zeroThreshold) return true;
  const before = widenZeroBucket(previous, h.zeroThreshold);
  if (before.threshold !== h.zeroThreshold || h.zeroCount < before.count) return true;
  const positive = reduceSchema(before.positive, previous.schema, h.schema);
  const negative = reduceSchema(before.negative, previous.schema, h.schema);
  return anyDecreased(positiveOf(h), positive) || anyDecreased(negativeOf(h), negative);
}

function anyDecreased(now: SparseBuckets, before: SparseBuckets): boolean {
  let i = 0;
  return before.indices.some((index, j) => {
    while (i < now.indices.length && now.indices[i]! < index) i++;
    const count = now.indices[i] === index ? now.counts[i]! : 0;
    return count < before.counts[j]!;
  });
}

/** Equal in everything but the counter reset hint. */
export function histogramsEqual(left: NativeHistogram, right: NativeHistogram): boolean {
  const a = compact(left);
  const b = compact(right);
  return (
    a.schema === b.schema &&
    Object.is(a.count, b.count) &&
    Object.is(a.sum, b.sum) &&
    a.zeroThreshold === b.zeroThreshold &&
    a.zeroCount === b.zeroCount &&
    sameBounds(a.customValues, b.customValues) &&
    sameSpans(a.positiveSpans, b.positiveSpans) &&
    sameSpans(a.negativeSpans, b.negativeSpans) &&
    sameBounds(a.positiveBuckets, b.positiveBuckets) &&
    sameBounds(a.negativeBuckets, b.negativeBuckets)
  );
}

const sameSpans = (a: readonly Span[], b: readonly Span[]): boolean =>
  a.length === b.length && a.every((span, i) => span.offset === b[i]!.offset && span.length === b[i]!.length);

/** `{count:20, sum:10, [-2,-1):2, (0.5,1]:1}`, as Prometheus prints histograms. */
export function formatHistogram(h: NativeHistogram): string {
  const parts = [`count:${formatGo(h.count)}`, `sum:${formatGo(h.sum)}`];
  for (const bucket of allBuckets(h)) {
    const open = bucket.lowerInclusive ? '[' : '(';
    const close = bucket.upperInclusive ? ']' : ')';
    parts.push(
      `${open}${formatGo(bucket.lower)},${formatGo(bucket.upper)}${close}:${formatGo(bucket.count)}`,
    );
  }
  return `{${parts.join(', ')}}`;
}
