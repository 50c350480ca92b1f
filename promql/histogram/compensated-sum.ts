import { KahanSum } from '../evaluate/kahan.ts';
import { combineHints, reconcileZeroBuckets, sameBounds } from './arithmetic.ts';
import {
  exponentialBound,
  negativeOf,
  positiveOf,
  type SparseBuckets,
  usesCustomBuckets,
  withBuckets,
} from './buckets.ts';
import type { CounterResetHint, NativeHistogram } from './native-histogram.ts';

type Side = Map<number, KahanSum>;

/**
 * A sum of histograms in which every count carries what its additions lost. The layout becomes the coarsest of those added, as when two
 * histograms are added.
 */
export class HistogramSum {
  #hint: CounterResetHint;
  #schema: number;
  #zeroThreshold: number;
  #bounds: readonly number[];
  readonly #custom: boolean;
  readonly #zero: KahanSum;
  readonly #count: KahanSum;
  readonly #sum: KahanSum;
  #positive: Side;
  #negative: Side;

  constructor(first: NativeHistogram) {
    this.#hint = first.counterResetHint;
    this.#schema = first.schema;
    this.#zeroThreshold = first.zeroThreshold;
    this.#bounds = first.customValues;
    this.#custom = usesCustomBuckets(first);
    this.#zero = new KahanSum(first.zeroCount);
    this.#count = new KahanSum(first.count);
    this.#sum = new KahanSum(first.sum);
    this.#positive = toSide(positiveOf(first));
    this.#negative = toSide(negativeOf(first));
  }

  /** `factor` scales what is added. `ok: false` if one has exponential, the other custom buckets. */
  add(other: NativeHistogram, factor = 1): { readonly ok: boolean; readonly boundsReconciled: boolean } {
    if (usesCustomBuckets(other) !== this.#custom) return { ok: false, boundsReconciled: false };
    this.#hint = combineHints(this.#hint, other.counterResetHint).hint;
    this.#count.add(other.count * factor);
    this.#sum.add(other.sum * factor);
    if (this.#custom) return { ok: true, boundsReconciled: this.#addCustom(other, factor) };
    this.#addExponential(other, factor);
    return { ok: true, boundsReconciled: false };
  }

  /** Whether adding would pass the largest float. */
  wouldOverflow(other: NativeHistogram): boolean {
    if (!Number.isFinite(this.#count.sum + other.count) || !Number.isFinite(this.#sum.sum + other.sum))
      return true;
    return !Number.isFinite(this.#zero.sum + other.zeroCount);
  }

  /** Multiplies everything. */
  scale(factor: number): void {
    const all = [this.#zero, this.#count, this.#sum, ...this.#positive.values(), ...this.#negative.values()];
    for (const one of all) {
      one.sum *= factor;
      one.compensation *= factor;
    }
  }

  result(): NativeHistogram {
    const base: NativeHistogram = {
      counterResetHint: this.#hint,
      schema: this.#schema,
      zeroThreshold: this.#zeroThreshold,
      zeroCount: this.#zero.total,
      count: this.#count.total,
      sum: this.#sum.total,
      positiveSpans: [],
      positiveBuckets: [],
      negativeSpans: [],
      negativeBuckets: [],
      customValues: this.#bounds,
    };
    return withBuckets(base, fromSide(this.#positive), fromSide(this.#negative));
  }

  #addCustom(other: NativeHistogram, factor: number): boolean {
    const differed = !sameBounds(this.#bounds, other.customValues);
    if (differed) {
      const known = new Set(other.customValues);
      const bounds = this.#bounds.filter((bound) => known.has(bound));
      const before = this.#bounds;
      this.#positive = remap(this.#positive, (index) => targetBound(before, bounds, index));
      this.#bounds = bounds;
    }
    const buckets = positiveOf(other);
    buckets.indices.forEach((index, i) => {
      const target = differed ? targetBound(other.customValues, this.#bounds, index) : index;
      addTo(this.#positive, target, buckets.counts[i]! * factor);
    });
    return differed;
  }

  #addExponential(other: NativeHistogram, factor: number): void {
    let added: { count: number; positive: SparseBuckets; negative: SparseBuckets } = {
      count: other.zeroCount,
      positive: positiveOf(other),
      negative: negativeOf(other),
    };
    if (this.#zeroThreshold !== other.zeroThreshold) {
      const reconciled = reconcileZeroBuckets(this.result(), other);
      this.#widenZero(reconciled.threshold);
      added = reconciled.b;
    }
    if (other.schema < this.#schema) {
      const shift = this.#schema - other.schema;
      this.#positive = remap(this.#positive, (index) => ((index - 1) >> shift) + 1);
      this.#negative = remap(this.#negative, (index) => ((index - 1) >> shift) + 1);
      this.#schema = other.schema;
    }
    const shift = other.schema - this.#schema;
    const target = (index: number): number => ((index - 1) >> shift) + 1;
    this.#zero.add(added.count * factor);
    added.positive.indices.forEach((index, i) => {
      addTo(this.#positive, target(index), added.positive.counts[i]! * factor);
    });
    added.negative.indices.forEach((index, i) => {
      addTo(this.#negative, target(index), added.negative.counts[i]! * factor);
    });
  }

  #widenZero(threshold: number): void {
    for (const side of [this.#positive, this.#negative]) {
      for (const [index, count] of side) {
        if (exponentialBound(index - 1, this.#schema) >= threshold) continue;
        this.#zero.add(count.sum);
        this.#zero.add(count.compensation);
        side.delete(index);
      }
    }
    this.#zeroThreshold = threshold;
  }
}

function toSide(buckets: SparseBuckets): Side {
  return new Map(buckets.indices.map((index, i) => [index, new KahanSum(buckets.counts[i]!)]));
}

function fromSide(side: Side): SparseBuckets {
  const populated = [...side]
    .map(([index, count]) => [index, count.total] as const)
    .filter(([, count]) => count !== 0);
  populated.sort(([a], [b]) => a - b);
  return { indices: populated.map(([index]) => index), counts: populated.map(([, count]) => count) };
}

function addTo(side: Side, index: number, count: number): void {
  const sum = side.get(index);
  if (sum === undefined) side.set(index, new KahanSum(count));
  else sum.add(count);
}

function remap(side: Side, target: (index: number) => number): Side {
  const out: Side = new Map();
  for (const [index, count] of side) {
    addTo(out, target(index), count.sum);
    if (count.compensation !== 0) addTo(out, target(index), count.compensation);
  }
  return out;
}

function targetBound(from: readonly number[], to: readonly number[], index: number): number {
  const upper = from[index];
  if (upper === undefined) return to.length;
  const target = to.findIndex((bound) => bound >= upper);
  return target < 0 ? to.length : target;
}

/** A mean of histograms: summed first and divided last, unless the sum would overflow. */
export class HistogramMean {
  readonly #sum: HistogramSum;
  #count = 1;
  #incremental = false;

  constructor(first: NativeHistogram) {
    this.#sum = new HistogramSum(first);
  }

  add(other: NativeHistogram): { readonly ok: boolean; readonly boundsReconciled: boolean } {
    this.#count++;
    if (!this.#incremental) {
      if (!this.#sum.wouldOverflow(other)) return this.#sum.add(other);
      this.#incremental = true;
      this.#sum.scale(1 / (this.#count - 1));
    }
    this.#sum.scale((this.#count - 1) / this.#count);
    return this.#sum.add(other, 1 / this.#count);
  }

  result(): NativeHistogram {
    if (!this.#incremental) {
      this.#sum.scale(1 / this.#count);
      this.#count = 1;
    }
    return this.#sum.result();
  }
}
