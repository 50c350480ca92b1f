import { allBuckets, type Bucket, usesCustomBuckets } from './buckets.ts';
import type { NativeHistogram } from './native-histogram.ts';

/** What NaN observations did to an answer. They are in the count and in no bucket. */
export type NanEffect = 'none' | 'result_nan' | 'skewed';

/** A sum of NaN may also come from infinities of both signs; only missing observations tell. */
function hasNanObservations(h: NativeHistogram, buckets: readonly Bucket[]): boolean {
  if (!Number.isNaN(h.sum)) return false;
  return buckets.reduce((total, { count }) => total + count, 0) < h.count;
}

/**
 * The q-quantile by interpolation inside a bucket: exponential in exponential buckets, linear in custom buckets and in the zero
 * bucket. -Inf and +Inf for q outside [0, 1]; NaN without observations.
 */
export function histogramQuantile(q: number, h: NativeHistogram): { value: number; nan: NanEffect } {
  if (q < 0) return { value: Number.NEGATIVE_INFINITY, nan: 'none' };
  if (q > 1) return { value: Number.POSITIVE_INFINITY, nan: 'none' };
  if (h.count === 0 || Number.isNaN(q)) return { value: Number.NaN, nan: 'none' };
  const hasNan = Number.isNaN(h.sum);
  // From the nearer end, for precision; but NaN observations count as "above" all buckets.
  const forward = hasNan || q < 0.5;
  const buckets = allBuckets(h);
  if (!forward) buckets.reverse();
  const target = forward ? q * h.count : (1 - q) * h.count;
  let count = 0;
  let bucket: Bucket = { lower: 0, upper: 0, count: 0, lowerInclusive: true, upperInclusive: true };
  for (const next of buckets) {
    bucket = next;
    count += next.count;
    if (count >= target) break;
  }
  const bounds = interpolationBounds(h, bucket);
  if (bounds.fixed !== undefined) return { value: bounds.fixed, nan: 'none' };
  count = Math.min(count, h.count);
  if (count < target) {
    return hasNan ? { value: Number.NaN, nan: 'result_nan' } : { value: bounds.upper, nan: 'none' };
  }
  const rank = forward ? target - (count - bucket.count) : count - target;
  const value = interpolate(h, bounds.lower, bounds.upper, rank / bucket.count);
  return { value, nan: hasNanObservations(h, buckets) ? 'skewed' : 'none' };
}

/** The bounds to interpolate between; a zero bucket with one kind of neighbours ends at zero. */
function interpolationBounds(
  h: NativeHistogram,
  { lower, upper }: Bucket,
): { lower: number; upper: number; fixed?: number } {
  if (usesCustomBuckets(h)) {
    if (lower === Number.NEGATIVE_INFINITY)
      return upper > 0 ? { lower: 0, upper } : { lower, upper, fixed: upper };
    return upper === Number.POSITIVE_INFINITY ? { lower, upper, fixed: lower } : { lower, upper };
  }
  if (lower < 0 && upper > 0) return narrowZeroBucket(h, lower, upper);
  return { lower, upper };
}

function narrowZeroBucket(
  h: NativeHistogram,
  lower: number,
  upper: number,
): { lower: number; upper: number } {
  const positive = h.positiveBuckets.length > 0;
  const negative = h.negativeBuckets.length > 0;
  if (positive && !negative) return { lower: 0, upper };
  if (negative && !positive) return { lower, upper: 0 };
  return { lower, upper };
}

function interpolate(h: NativeHistogram, lower: number, upper: number, fraction: number): number {
  if (usesCustomBuckets(h) || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  if (lower > 0) return 2 ** (logLower + (logUpper - logLower) * fraction);
  return -(2 ** (logUpper + (logLower - logUpper) * (1 - fraction)));
}

/** The share of observations between two values, interpolated like quantiles. `excludedNan`: NaN observations are in no fraction. */
export function histogramFraction(
  lower: number,
  upper: number,
  h: NativeHistogram,
): { value: number; excludedNan: boolean } {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper))
    return { value: Number.NaN, excludedNan: false };
  if (lower >= upper) return { value: 0, excludedNan: false };
  const value = (rankOf(h, upper, h.count) - rankOf(h, lower, h.count)) / h.count;
  return { value, excludedNan: hasNanObservations(h, allBuckets(h)) };
}

/** How many observations lie below a value. */
function rankOf(h: NativeHistogram, value: number, total: number): number {
  let rank = 0;
  let inBuckets = 0;
  for (const bucket of allBuckets(h)) inBuckets += bucket.count;
  for (const bucket of allBuckets(h)) {
    const { lower, upper } = fractionBounds(h, bucket);
    if (lower >= value) return Math.min(rank, total);
    if (upper > value) return Math.min(rank + shareBelow(h, lower, upper, bucket.count, value), total);
    rank += bucket.count;
  }
  // NaN observations are in the count but in no bucket; they belong to no fraction.
  return Number.isNaN(h.sum) ? Math.min(inBuckets, total) : total;
}

/** A bucket around zero, a custom one too, reaches only to the side on which there are buckets. */
function fractionBounds(h: NativeHistogram, { lower, upper }: Bucket): { lower: number; upper: number } {
  return lower <= 0 && upper >= 0 ? narrowZeroBucket(h, lower, upper) : { lower, upper };
}

function shareBelow(h: NativeHistogram, lower: number, upper: number, count: number, value: number): number {
  if (lower === Number.NEGATIVE_INFINITY) return count;
  if (upper === Number.POSITIVE_INFINITY) return 0;
  if (usesCustomBuckets(h) || (lower <= 0 && upper >= 0)) return (count * (value - lower)) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logValue = Math.log2(Math.abs(value));
  if (value > 0) return (count * (logValue - logLower)) / (logUpper - logLower);
  return count * (1 - (logValue - logUpper) / (logLower - logUpper));
}

/** Population variance around the mean, each bucket taken at its middle (geometric in exponential buckets). */
export function histogramVariance(h: NativeHistogram): number {
  const mean = h.sum / h.count;
  let variance = 0;
  let compensation = 0;
  for (const bucket of allBuckets(h)) {
    const delta = middleOf(h, bucket) - mean;
    const inc = bucket.count * delta * delta;
    const next = variance + inc;
    if (Math.abs(variance) >= Math.abs(inc)) compensation += variance - next + inc;
    else compensation += inc - next + variance;
    variance = next;
  }
  return (variance + (Number.isFinite(variance) ? compensation : 0)) / h.count;
}

function middleOf(h: NativeHistogram, { lower, upper }: Bucket): number {
  if (usesCustomBuckets(h)) return (upper + lower) / 2;
  if (lower <= 0 && upper >= 0) return 0;
  const middle = Math.sqrt(upper * lower);
  return upper < 0 ? -middle : middle;
}
