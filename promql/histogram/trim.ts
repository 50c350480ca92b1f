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

/** What stays of a bucket and where its middle lies. */
interface Part {
  readonly count: number;
  readonly middle: number;
  /** Nothing of the bucket was cut. */
  readonly whole: boolean;
}

/**
 * Keeps the observations below (`</`) or above (`>/`) a value. Inside the bucket that holds the value, the share is interpolated as
 * for quantiles. If anything is cut, the sum becomes that of what is kept, each part taken at its middle.
 */
export function trimHistogram(h: NativeHistogram, at: number, keep: 'below' | 'above'): NativeHistogram {
  const linear = usesCustomBuckets(h);
  const positive = positiveBuckets(h).map((bucket) => trimBucket(bucket, at, keep, linear));
  const negative = negativeBuckets(h).map((bucket) => trimBucket(bucket, at, keep, linear));
  const zero = h.zeroCount > 0 ? [trimBucket(naturalZeroBucket(h), at, keep, true)] : [];
  const parts = [...positive, ...negative, ...zero];
  const trimmed = withBuckets(h, keptOf(positiveOf(h), positive), keptOf(negativeOf(h), negative));
  const zeroCount = zero[0]?.count ?? h.zeroCount;
  if (parts.every((part) => part.whole)) return trimmed;
  const count = parts.reduce((total, part) => total + part.count, 0);
  const sum = parts.reduce((total, part) => (part.count === 0 ? total : total + part.count * part.middle), 0);
  return { ...trimmed, zeroCount, count, sum };
}

function keptOf(before: SparseBuckets, parts: readonly Part[]): SparseBuckets {
  const kept = before.indices.flatMap((index, i) =>
    parts[i]!.count === 0 ? [] : [{ index, count: parts[i]!.count }],
  );
  return { indices: kept.map(({ index }) => index), counts: kept.map(({ count }) => count) };
}

/** With buckets on one side only, the zero bucket reaches from zero to that side. */
function naturalZeroBucket(h: NativeHistogram): Bucket {
  const bucket = zeroBucket(h);
  const positive = h.positiveBuckets.some((count) => count !== 0);
  const negative = h.negativeBuckets.some((count) => count !== 0);
  if (positive === negative) return bucket;
  return positive ? { ...bucket, lower: 0 } : { ...bucket, upper: 0 };
}

function trimBucket(bucket: Bucket, at: number, keep: 'below' | 'above', linear: boolean): Part {
  const { lower, upper, count } = bucket;
  const inside = keep === 'below' ? upper <= at : lower >= at;
  if (inside) return { count, middle: middleOf(lower, upper, linear), whole: true };
  const touched = keep === 'below' ? lower < at : upper > at;
  if (!touched) return NOTHING;
  const kept =
    Number.isFinite(lower) && Number.isFinite(upper)
      ? cutBucket(bucket, at, keep, linear)
      : cutEndlessBucket(bucket, at, keep);
  return { ...kept, whole: kept.count === count };
}

const NOTHING: Part = { count: 0, middle: 0, whole: false };

function cutBucket(
  { lower, upper, count }: Bucket,
  at: number,
  keep: 'below' | 'above',
  linear: boolean,
): Omit<Part, 'whole'> {
  const below = count * shareBelow(lower, upper, at, linear);
  if (keep === 'below') return { count: below, middle: middleOf(lower, at, linear) };
  return { count: count - below, middle: middleOf(at, upper, linear) };
}

/**
 * How observations are spread in a bucket without end is not known: towards the side that is cut it goes whole, towards the side that is
 * kept it stays whole. Only a custom bucket from -Inf to something positive is taken to begin at zero.
 */
function cutEndlessBucket(
  { lower, upper, count }: Bucket,
  at: number,
  keep: 'below' | 'above',
): Omit<Part, 'whole'> {
  if (lower === Number.NEGATIVE_INFINITY) {
    const fromZero = upper > 0 && upper !== Number.POSITIVE_INFINITY;
    if (keep === 'below') {
      if (fromZero && at > 0) return { count: count * (at / upper), middle: at / 2 };
      return upper <= 0 ? { count, middle: at } : NOTHING;
    }
    return fromZero && at >= 0 ? { count: count * (1 - at / upper), middle: (at + upper) / 2 } : NOTHING;
  }
  return keep === 'above' ? { count, middle: at } : NOTHING;
}

function middleOf(lower: number, upper: number, linear: boolean): number {
  if (lower === Number.NEGATIVE_INFINITY) {
    if (upper === Number.POSITIVE_INFINITY) return 0;
    return upper > 0 ? upper / 2 : upper;
  }
  if (upper === Number.POSITIVE_INFINITY) return lower;
  if (linear) return (lower + upper) / 2;
  const middle = Math.sqrt(Math.abs(lower * upper));
  return upper <= 0 ? -middle : middle;
}

function shareBelow(lower: number, upper: number, at: number, linear: boolean): number {
  if (linear) return (at - lower) / (upper - lower);
  const logLower = Math.log2(Math.abs(lower));
  const logUpper = Math.log2(Math.abs(upper));
  const logAt = Math.log2(Math.abs(at));
  if (lower > 0) return (logAt - logLower) / (logUpper - logLower);
  return 1 - (logAt - logUpper) / (logLower - logUpper);
}
