import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram, type Span } from './native-histogram.ts';

/** Buckets of one side: rising indices and their counts, none of them zero. */
export interface SparseBuckets {
  readonly indices: readonly number[];
  readonly counts: readonly number[];
}

/** One bucket with its bounds. */
export interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
  readonly lowerInclusive: boolean;
  readonly upperInclusive: boolean;
}

export const usesCustomBuckets = (h: NativeHistogram): boolean => h.schema === CUSTOM_BUCKETS_SCHEMA;

/** Spans and counts as indices and counts; empty buckets left out. */
export function decodeSpans(spans: readonly Span[], counts: readonly number[]): SparseBuckets {
  const indices: number[] = [];
  const kept: number[] = [];
  let index = 0;
  let at = 0;
  for (const span of spans) {
    index += span.offset;
    for (let i = 0; i < span.length; i++, index++, at++) {
      const count = counts[at] ?? 0;
      if (count === 0) continue;
      indices.push(index);
      kept.push(count);
    }
  }
  return { indices, counts: kept };
}

/** The reverse: the fewest spans that hold every bucket. */
export function encodeSpans(buckets: SparseBuckets): { spans: Span[]; counts: number[] } {
  const spans: { offset: number; length: number }[] = [];
  let next = 0;
  for (const index of buckets.indices) {
    const last = spans.at(-1);
    if (last !== undefined && index === next) last.length++;
    else spans.push({ offset: index - next, length: 1 });
    next = index + 1;
  }
  return { spans, counts: [...buckets.counts] };
}

export const positiveOf = (h: NativeHistogram): SparseBuckets =>
  decodeSpans(h.positiveSpans, h.positiveBuckets);
export const negativeOf = (h: NativeHistogram): SparseBuckets =>
  decodeSpans(h.negativeSpans, h.negativeBuckets);

/** A copy with other buckets. */
export function withBuckets(
  h: NativeHistogram,
  positive: SparseBuckets,
  negative: SparseBuckets,
): NativeHistogram {
  const up = encodeSpans(positive);
  const down = encodeSpans(negative);
  return {
    ...h,
    positiveSpans: up.spans,
    positiveBuckets: up.counts,
    negativeSpans: down.spans,
    negativeBuckets: down.counts,
  };
}

/** A copy without empty buckets, in the fewest spans. */
export const compact = (h: NativeHistogram): NativeHistogram => withBuckets(h, positiveOf(h), negativeOf(h));

/** The upper bound of bucket `index` in an exponential schema. */
export function exponentialBound(index: number, schema: number): number {
  const exponent = index * 2 ** -schema;
  // The last bucket ends at the largest float, infinities have the one after it.
  return exponent === 1024 ? Number.MAX_VALUE : 2 ** exponent;
}

function positiveBucket(h: NativeHistogram, index: number, count: number): Bucket {
  if (usesCustomBuckets(h)) {
    const lower = index === 0 ? Number.NEGATIVE_INFINITY : h.customValues[index - 1]!;
    const upper = index < h.customValues.length ? h.customValues[index]! : Number.POSITIVE_INFINITY;
    return { lower, upper, count, lowerInclusive: index === 0, upperInclusive: true };
  }
  const lower = exponentialBound(index - 1, h.schema);
  return {
    lower,
    upper: exponentialBound(index, h.schema),
    count,
    lowerInclusive: false,
    upperInclusive: true,
  };
}

/** The populated positive buckets, rising. */
export function positiveBuckets(h: NativeHistogram): Bucket[] {
  const { indices, counts } = positiveOf(h);
  return indices.map((index, i) => positiveBucket(h, index, counts[i]!));
}

/** The populated negative buckets, from zero downwards. */
export function negativeBuckets(h: NativeHistogram): Bucket[] {
  const { indices, counts } = negativeOf(h);
  return indices.map((index, i) => ({
    lower: -exponentialBound(index, h.schema),
    upper: -exponentialBound(index - 1, h.schema),
    count: counts[i]!,
    lowerInclusive: true,
    upperInclusive: false,
  }));
}

export function zeroBucket(h: NativeHistogram): Bucket {
  return {
    lower: -h.zeroThreshold,
    upper: h.zeroThreshold,
    count: h.zeroCount,
    lowerInclusive: true,
    upperInclusive: true,
  };
}

/** Every populated bucket from the lowest to the highest. */
export function allBuckets(h: NativeHistogram): Bucket[] {
  const zero = h.zeroCount > 0 ? [zeroBucket(h)] : [];
  return [...negativeBuckets(h).reverse(), ...zero, ...positiveBuckets(h)];
}

/** Merges buckets for a coarser exponential schema. */
export function reduceSchema(buckets: SparseBuckets, from: number, to: number): SparseBuckets {
  if (from === to) return buckets;
  const shift = from - to;
  return mergeIndices(buckets, (index) => ((index - 1) >> shift) + 1);
}

/** Moves every bucket to `target(index)`, which must not fall; those that meet are added. */
export function mergeIndices(buckets: SparseBuckets, target: (index: number) => number): SparseBuckets {
  const indices: number[] = [];
  const counts: number[] = [];
  buckets.indices.forEach((index, i) => {
    const to = target(index);
    if (indices.at(-1) === to) counts[counts.length - 1]! += buckets.counts[i]!;
    else {
      indices.push(to);
      counts.push(buckets.counts[i]!);
    }
  });
  return { indices, counts };
}

/** a + factor·b, bucket by bucket. */
export function addBuckets(a: SparseBuckets, b: SparseBuckets, factor: number): SparseBuckets {
  const indices: number[] = [];
  const counts: number[] = [];
  const push = (index: number, count: number): void => {
    if (count === 0) return;
    indices.push(index);
    counts.push(count);
  };
  let i = 0;
  let j = 0;
  while (i < a.indices.length || j < b.indices.length) {
    const ai = a.indices[i] ?? Number.POSITIVE_INFINITY;
    const bi = b.indices[j] ?? Number.POSITIVE_INFINITY;
    if (ai === bi) push(ai, a.counts[i++]! + factor * b.counts[j++]!);
    else if (ai < bi) push(ai, a.counts[i++]!);
    else push(bi, factor * b.counts[j++]!);
  }
  return { indices, counts };
}
