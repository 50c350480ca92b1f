import {
  addBuckets,
  exponentialBound,
  mergeIndices,
  negativeOf,
  positiveOf,
  reduceSchema,
  type SparseBuckets,
  usesCustomBuckets,
  withBuckets,
} from './buckets.ts';
import type { CounterResetHint, NativeHistogram } from './native-histogram.ts';

/** What an addition or subtraction gives. `incompatible`: one has exponential, the other custom buckets. */
export type CombineResult =
  | {
      readonly ok: true;
      readonly histogram: NativeHistogram;
      /** One hint says reset, the other no reset. */
      readonly resetCollision: boolean;
      /** Custom bounds differed; the result has those that both had. */
      readonly boundsReconciled: boolean;
    }
  | { readonly ok: false };

export const addHistograms = (a: NativeHistogram, b: NativeHistogram): CombineResult => combine(a, b, 1);
export const subtractHistograms = (a: NativeHistogram, b: NativeHistogram): CombineResult =>
  combine(a, b, -1);

function combine(a: NativeHistogram, b: NativeHistogram, factor: 1 | -1): CombineResult {
  if (usesCustomBuckets(a) !== usesCustomBuckets(b)) return { ok: false };
  const hint = combineHints(a.counterResetHint, b.counterResetHint);
  const totals = {
    ...a,
    counterResetHint: hint.hint,
    count: a.count + factor * b.count,
    sum: a.sum + factor * b.sum,
  };
  const none: SparseBuckets = { indices: [], counts: [] };
  if (usesCustomBuckets(a)) {
    const reconciled = reconcileCustomBuckets(a, b);
    const buckets = addBuckets(reconciled.a, reconciled.b, factor);
    const histogram = withBuckets({ ...totals, customValues: reconciled.bounds }, buckets, none);
    return { ok: true, histogram, resetCollision: hint.collision, boundsReconciled: reconciled.differed };
  }
  const zero = reconcileZeroBuckets(a, b);
  const schema = Math.min(a.schema, b.schema);
  const positive = addBuckets(
    reduceSchema(zero.a.positive, a.schema, schema),
    reduceSchema(zero.b.positive, b.schema, schema),
    factor,
  );
  const negative = addBuckets(
    reduceSchema(zero.a.negative, a.schema, schema),
    reduceSchema(zero.b.negative, b.schema, schema),
    factor,
  );
  const zeroCount = zero.a.count + factor * zero.b.count;
  const histogram = withBuckets(
    { ...totals, schema, zeroThreshold: zero.threshold, zeroCount },
    positive,
    negative,
  );
  return { ok: true, histogram, resetCollision: hint.collision, boundsReconciled: false };
}

/** The hint of a result; a gauge makes a gauge, an unknown an unknown. */
export function combineHints(
  a: CounterResetHint,
  b: CounterResetHint,
): { hint: CounterResetHint; collision: boolean } {
  if (a === b) return { hint: a, collision: false };
  if (a === 'gauge' || b === 'gauge') return { hint: 'gauge', collision: false };
  return { hint: 'unknown', collision: a !== 'unknown' && b !== 'unknown' };
}

/** Multiplies every count and the sum. A negative factor makes a gauge. */
export function scaleHistogram(h: NativeHistogram, factor: number): NativeHistogram {
  return mapCounts(h, factor < 0, (count) => count * factor);
}

/** Divides every count and the sum. Division by zero leaves no bucket. */
export function divideHistogram(h: NativeHistogram, divisor: number): NativeHistogram {
  const divided = mapCounts(h, divisor < 0, (count) => count / divisor);
  if (divisor !== 0) return divided;
  return { ...divided, positiveSpans: [], positiveBuckets: [], negativeSpans: [], negativeBuckets: [] };
}

function mapCounts(h: NativeHistogram, toGauge: boolean, map: (count: number) => number): NativeHistogram {
  return {
    ...h,
    counterResetHint: toGauge ? 'gauge' : h.counterResetHint,
    zeroCount: map(h.zeroCount),
    count: map(h.count),
    sum: map(h.sum),
    positiveBuckets: h.positiveBuckets.map(map),
    negativeBuckets: h.negativeBuckets.map(map),
  };
}

/** A copy in a coarser exponential schema. */
export function toSchema(h: NativeHistogram, schema: number): NativeHistogram {
  if (schema >= h.schema || usesCustomBuckets(h)) return h;
  return withBuckets(
    { ...h, schema },
    reduceSchema(positiveOf(h), h.schema, schema),
    reduceSchema(negativeOf(h), h.schema, schema),
  );
}

interface ZeroSide {
  readonly count: number;
  readonly positive: SparseBuckets;
  readonly negative: SparseBuckets;
}

/** Widens the zero buckets until both have the same threshold and it cuts no populated bucket. */
export function reconcileZeroBuckets(
  a: NativeHistogram,
  b: NativeHistogram,
): { threshold: number; a: ZeroSide; b: ZeroSide } {
  let threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  for (;;) {
    const ofA = widenZeroBucket(a, threshold);
    const ofB = widenZeroBucket(b, ofA.threshold);
    if (ofA.threshold === ofB.threshold) return { threshold: ofB.threshold, a: ofA, b: ofB };
    threshold = ofB.threshold;
  }
}

/** What a histogram has in a zero bucket of at least `wanted`; the threshold grows to the end of a bucket it would cut. */
export function widenZeroBucket(
  h: NativeHistogram,
  wanted: number,
): ZeroSide & { readonly threshold: number } {
  const positive = positiveOf(h);
  const negative = negativeOf(h);
  if (wanted === h.zeroThreshold) return { threshold: wanted, count: h.zeroCount, positive, negative };
  let threshold = wanted;
  for (;;) {
    const up = splitAtThreshold(positive, h.schema, threshold);
    const down = splitAtThreshold(negative, h.schema, threshold);
    const needed = Math.max(up.needed, down.needed);
    if (needed <= threshold) {
      return {
        threshold,
        count: h.zeroCount + up.inside + down.inside,
        positive: up.rest,
        negative: down.rest,
      };
    }
    threshold = needed;
  }
}

function splitAtThreshold(
  buckets: SparseBuckets,
  schema: number,
  threshold: number,
): { inside: number; needed: number; rest: SparseBuckets } {
  let inside = 0;
  let needed = threshold;
  let first = 0;
  for (; first < buckets.indices.length; first++) {
    const index = buckets.indices[first]!;
    if (exponentialBound(index - 1, schema) >= threshold) break;
    inside += buckets.counts[first]!;
    needed = Math.max(needed, exponentialBound(index, schema));
  }
  const rest = { indices: buckets.indices.slice(first), counts: buckets.counts.slice(first) };
  return { inside, needed, rest };
}

export const sameBounds = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((bound, i) => bound === b[i]);

/** Custom buckets of both over the bounds that both have. */
export function reconcileCustomBuckets(
  a: NativeHistogram,
  b: NativeHistogram,
): { bounds: readonly number[]; a: SparseBuckets; b: SparseBuckets; differed: boolean } {
  if (sameBounds(a.customValues, b.customValues)) {
    return { bounds: a.customValues, a: positiveOf(a), b: positiveOf(b), differed: false };
  }
  const ofB = new Set(b.customValues);
  const bounds = a.customValues.filter((bound) => ofB.has(bound));
  return { bounds, a: toBounds(a, bounds), b: toBounds(b, bounds), differed: true };
}

function toBounds(h: NativeHistogram, bounds: readonly number[]): SparseBuckets {
  return mergeIndices(positiveOf(h), (index) => {
    const upper = h.customValues[index];
    if (upper === undefined) return bounds.length;
    const target = bounds.findIndex((bound) => bound >= upper);
    return target < 0 ? bounds.length : target;
  });
}
