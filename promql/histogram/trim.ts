import {
  type Bucket,
  negativeBuckets,
  negativeOf,
  positiveBuckets,
  positiveOf,
  type SparseBuckets,
  usesCustomBuckets,
  withBuckets,
  zeroBucket,
} from './buckets.ts';
import type { NativeHistogram } from './native-histogram.ts';

/**
 * Keeps the observations below (`</`) or above (`>/`) a value. Inside the bucket that holds the value, the share is interpolated as for
 * quantiles; the sum loses what was cut, each part taken at its middle. Buckets without end on a side are cut whole.
 */
export function trimHistogram(h: NativeHistogram, at: number, keep: 'below' | 'above'): NativeHistogram {
  const linear = usesCustomBuckets(h);
  let count = 0;
  let removed = 0;
  let hasPositive = false;
  let hasNegative = false;
  const trimSide = (buckets: readonly Bucket[], sparse: SparseBuckets, positive: boolean): SparseBuckets => {
    const kept = buckets.map((bucket) => {
      if (linear ? bucket.upper > 0 : positive) hasPositive = true;
      if (linear ? bucket.lower < 0 : !positive) hasNegative = true;
      const part = trimBucket(bucket, at, keep, positive, linear);
      count += part.count;
      removed += (bucket.count - part.count) * part.removedAt;
      return part.count;
    });
    const populated = kept.map((value, i) => ({ value, index: sparse.indices[i]! })).filter(({ value }) => value !== 0);
    return { indices: populated.map(({ index }) => index), counts: populated.map(({ value }) => value) };
  };
  const positive = trimSide(positiveBuckets(h), positiveOf(h), true);
  const negative = trimSide(negativeBuckets(h), negativeOf(h), false);
  let zeroCount = h.zeroCount;
  if (zeroCount > 0) {
    const below = shareBelow(zeroBucket(h), at, true, true);
    zeroCount = keep === 'below' ? below : zeroCount - below;
    count += zeroCount;
  }
  let sum = count === 0 ? 0 : h.sum - removed;
  if ((!hasNegative && sum < 0) || (!hasPositive && sum > 0)) sum = 0;
  return withBuckets({ ...h, count, sum, zeroCount }, positive, negative);
}

function trimBucket(
  bucket: Bucket,
  at: number,
  keep: 'below' | 'above',
  positive: boolean,
  linear: boolean,
): { count: number; removedAt: number } {
  const whole = keep === 'below' ? bucket.upper <= at : bucket.lower >= at;
  if (whole) return { count: bucket.count, removedAt: 0 };
  if (!Number.isFinite(bucket.lower) || !Number.isFinite(bucket.upper)) return trimEndless(bucket, at, keep);
  const gone = keep === 'below' ? bucket.lower >= at : bucket.upper <= at;
  if (gone) {
    const removedAt = linear ? (bucket.lower + bucket.upper) / 2 : geometricMiddle(bucket.lower, bucket.upper, positive);
    return { count: 0, removedAt };
  }
  const below = shareBelow(bucket, at, positive, linear);
  const count = keep === 'below' ? below : bucket.count - below;
  if (linear) return { count, removedAt: (bucket.lower + bucket.upper) / 2 };
  const [from, to] = keep === 'below' ? [at, bucket.upper] : [bucket.lower, at];
  return { count, removedAt: geometricMiddle(from, to, positive) };
}

const geometricMiddle = (a: number, b: number, positive: boolean): number => {
  const middle = Math.sqrt(Math.abs(a) * Math.abs(b));
  return positive ? middle : -middle;
};

/** A bucket that ends at infinity. With a positive end, one from -Inf is taken to begin at 0. */
function trimEndless(bucket: Bucket, at: number, keep: 'below' | 'above'): { count: number; removedAt: number } {
  if (bucket.lower === Number.NEGATIVE_INFINITY) {
    if (at >= 0 && bucket.upper > at && Number.isFinite(bucket.upper)) {
      return keep === 'below'
        ? { count: (bucket.count * at) / bucket.upper, removedAt: (at + bucket.upper) / 2 }
        : { count: bucket.count * (1 - at / bucket.upper), removedAt: at / 2 };
    }
    return { count: 0, removedAt: bucket.upper };
  }
  return { count: 0, removedAt: bucket.lower };
}

function shareBelow(bucket: Bucket, at: number, positive: boolean, linear: boolean): number {
  if (at <= bucket.lower) return 0;
  if (at >= bucket.upper) return bucket.count;
  if (linear) return (bucket.count * (at - bucket.lower)) / (bucket.upper - bucket.lower);
  const logLower = Math.log2(Math.abs(bucket.lower));
  const logUpper = Math.log2(Math.abs(bucket.upper));
  const logAt = Math.log2(Math.abs(at));
  if (positive) return (bucket.count * (logAt - logLower)) / (logUpper - logLower);
  return bucket.count * (1 - (logAt - logUpper) / (logLower - logUpper));
}
