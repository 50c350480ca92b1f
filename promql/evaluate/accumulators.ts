import { METRIC_NAME } from '../../model/labels.ts';
import type { AggregationName } from '../aggregations.ts';
import { TEXT } from '../annotations.ts';
import { HistogramMean, HistogramSum } from '../histogram/compensated-sum.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import type { LabelSet } from '../label-set.ts';
import { FLOAT } from './grid.ts';
import { KahanMean } from './kahan.ts';
import type { OperatorNotes, Sample } from './operators.ts';
import { quantileOf } from './quantile.ts';

/** Gathers one group's samples at every step. */
export interface Accumulator {
  float(step: number, value: number): void;
  /** One value a step, of those steps where `present` is FLOAT. */
  floats(values: Float64Array, present: Uint8Array): void;
  histogram(step: number, value: NativeHistogram, labels: LabelSet): void;
  /** Undefined where nothing was gathered. */
  result(step: number): Sample | undefined;
}

export type SimpleAggregation = Exclude<
  AggregationName,
  'topk' | 'bottomk' | 'limitk' | 'limit_ratio' | 'count_values'
>;

type Make = (steps: number, notes: OperatorNotes, param: Float64Array | undefined) => Accumulator;

export const ACCUMULATORS = {
  sum: (steps, notes) => new SumAccumulator(steps, notes),
  avg: (steps, notes) => new AverageAccumulator(steps, notes),
  min: (steps, notes) => new ExtremeAccumulator(steps, notes, 'min'),
  max: (steps, notes) => new ExtremeAccumulator(steps, notes, 'max'),
  count: (steps) => new CountAccumulator(steps),
  group: (steps) => new CountAccumulator(steps, 1),
  stddev: (steps, notes) => new VarianceAccumulator(steps, notes, 'stddev'),
  stdvar: (steps, notes) => new VarianceAccumulator(steps, notes, 'stdvar'),
  quantile: (steps, notes, param) => new QuantileAccumulator(steps, notes, param!),
} as const satisfies Record<SimpleAggregation, Make>;

/** Histograms of a group at each step, and whether they go together. */
class HistogramGroup {
  readonly #notes: OperatorNotes;
  readonly #mean: boolean;
  readonly #values: (HistogramSum | HistogramMean | undefined)[];
  /** Bits: a reset hint seen, a no-reset hint seen, incompatible. */
  readonly #state: Uint8Array;

  constructor(steps: number, notes: OperatorNotes, mean: boolean) {
    this.#notes = notes;
    this.#mean = mean;
    this.#values = new Array(steps);
    this.#state = new Uint8Array(steps);
  }

  has(step: number): boolean {
    return this.#values[step] !== undefined;
  }

  add(step: number, value: NativeHistogram, labels: LabelSet): void {
    if (value.counterResetHint === 'reset') this.#state[step]! |= RESET_SEEN;
    if (value.counterResetHint === 'not_reset') this.#state[step]! |= NO_RESET_SEEN;
    if ((this.#state[step]! & INCOMPATIBLE) !== 0) return;
    const before = this.#values[step];
    if (before === undefined) {
      this.#values[step] = this.#mean ? new HistogramMean(value) : new HistogramSum(value);
      return;
    }
    const { ok, boundsReconciled } = before.add(value);
    if (boundsReconciled)
      this.#notes.annotations.info(TEXT.boundsReconciled('aggregation'), this.#notes.position);
    if (ok) return;
    this.#state[step]! |= INCOMPATIBLE;
    this.#notes.annotations.warn(TEXT.mixedExponentialCustom(labels.get(METRIC_NAME)), this.#notes.position);
  }

  result(step: number): NativeHistogram | undefined {
    const state = this.#state[step]!;
    if ((state & INCOMPATIBLE) !== 0) return undefined;
    if ((state & RESET_SEEN) !== 0 && (state & NO_RESET_SEEN) !== 0) {
      this.#notes.annotations.warn(TEXT.resetCollision('aggregation'), this.#notes.position);
    }
    return this.#values[step]?.result();
  }
}

const RESET_SEEN = 1;
const NO_RESET_SEEN = 2;
const INCOMPATIBLE = 4;

abstract class StepByStep {
  abstract float(step: number, value: number): void;

  floats(values: Float64Array, present: Uint8Array): void {
    for (let step = 0; step < values.length; step++)
      if (present[step] === FLOAT) this.float(step, values[step]!);
  }
}

/** Sum and mean take floats or histograms, but not both at a step. */
abstract class EitherAccumulator extends StepByStep implements Accumulator {
  readonly #notes: OperatorNotes;
  readonly #steps: number;
  #histograms: HistogramGroup | undefined;

  constructor(steps: number, notes: OperatorNotes) {
    super();
    this.#steps = steps;
    this.#notes = notes;
  }

  protected abstract hasFloat(step: number): boolean;
  protected abstract floatResult(step: number): number;
  protected abstract readonly mean: boolean;

  histogram(step: number, value: NativeHistogram, labels: LabelSet): void {
    this.#histograms ??= new HistogramGroup(this.#steps, this.#notes, this.mean);
    this.#histograms.add(step, value, labels);
  }

  result(step: number): Sample | undefined {
    const histogram = this.#histograms?.has(step) ?? false;
    if (histogram && this.hasFloat(step)) {
      this.#notes.annotations.warn(TEXT.mixedFloatsHistogramsAggregation, this.#notes.position);
      return undefined;
    }
    if (histogram) return this.#histograms!.result(step);
    return this.hasFloat(step) ? this.floatResult(step) : undefined;
  }
}

/** Kahan's addition, unrolled: this is where dashboards spend their time. */
function addAt(step: number, value: number, sums: Float64Array, compensations: Float64Array): void {
  const sum = sums[step]!;
  const next = sum + value;
  if (next === Number.POSITIVE_INFINITY || next === Number.NEGATIVE_INFINITY) compensations[step] = 0;
  else if (Math.abs(sum) >= Math.abs(value)) compensations[step]! += sum - next + value;
  else compensations[step]! += value - next + sum;
  sums[step] = next;
}

class SumAccumulator extends EitherAccumulator {
  protected readonly mean = false;
  readonly #sums: Float64Array;
  readonly #compensations: Float64Array;
  readonly #seen: Uint8Array;

  constructor(steps: number, notes: OperatorNotes) {
    super(steps, notes);
    this.#sums = new Float64Array(steps);
    this.#compensations = new Float64Array(steps);
    this.#seen = new Uint8Array(steps);
  }

  float(step: number, value: number): void {
    addAt(step, value, this.#sums, this.#compensations);
    this.#seen[step] = 1;
  }

  override floats(values: Float64Array, present: Uint8Array): void {
    const [sums, compensations, seen] = [this.#sums, this.#compensations, this.#seen];
    for (let step = 0; step < values.length; step++) {
      if (present[step] !== FLOAT) continue;
      addAt(step, values[step]!, sums, compensations);
      seen[step] = 1;
    }
  }

  protected hasFloat(step: number): boolean {
    return this.#seen[step] === 1;
  }

  protected floatResult(step: number): number {
    return this.#sums[step]! + this.#compensations[step]!;
  }
}

class AverageAccumulator extends EitherAccumulator {
  protected readonly mean = true;
  readonly #means: (KahanMean | undefined)[];

  constructor(steps: number, notes: OperatorNotes) {
    super(steps, notes);
    this.#means = new Array(steps);
  }

  float(step: number, value: number): void {
    const mean = this.#means[step];
    if (mean === undefined) this.#means[step] = new KahanMean(value);
    else mean.add(value);
  }

  protected hasFloat(step: number): boolean {
    return this.#means[step] !== undefined;
  }

  protected floatResult(step: number): number {
    return this.#means[step]!.mean;
  }
}

/** Takes floats only and notes that histograms were ignored. */
abstract class FloatAccumulator extends StepByStep implements Accumulator {
  readonly #notes: OperatorNotes;
  readonly #name: string;

  constructor(notes: OperatorNotes, name: string) {
    super();
    this.#notes = notes;
    this.#name = name;
  }

  abstract result(step: number): number | undefined;

  histogram(): void {
    this.#notes.annotations.info(TEXT.histogramIgnoredInAggregation(this.#name), this.#notes.position);
  }
}

class ExtremeAccumulator extends FloatAccumulator {
  readonly #values: Float64Array;
  readonly #seen: Uint8Array;
  readonly #smallest: boolean;

  constructor(steps: number, notes: OperatorNotes, name: 'min' | 'max') {
    super(notes, name);
    this.#values = new Float64Array(steps);
    this.#seen = new Uint8Array(steps);
    this.#smallest = name === 'min';
  }

  float(step: number, value: number): void {
    const before = this.#values[step]!;
    const better = this.#smallest ? value < before : value > before;
    if (this.#seen[step] === 0 || better || Number.isNaN(before)) this.#values[step] = value;
    this.#seen[step] = 1;
  }

  result(step: number): number | undefined {
    return this.#seen[step] === 0 ? undefined : this.#values[step]!;
  }
}

class CountAccumulator extends StepByStep implements Accumulator {
  readonly #counts: Float64Array;
  readonly #fixed: number | undefined;

  /** With `fixed`, every group counts that much. */
  constructor(steps: number, fixed?: number) {
    super();
    this.#counts = new Float64Array(steps);
    this.#fixed = fixed;
  }

  float(step: number): void {
    this.#counts[step]! += 1;
  }

  histogram(step: number): void {
    this.#counts[step]! += 1;
  }

  result(step: number): number | undefined {
    const count = this.#counts[step]!;
    return count === 0 ? undefined : (this.#fixed ?? count);
  }
}

/** Welford's running variance of the population. */
class VarianceAccumulator extends FloatAccumulator {
  readonly #counts: Float64Array;
  readonly #means: Float64Array;
  readonly #squares: Float64Array;
  readonly #root: boolean;

  constructor(steps: number, notes: OperatorNotes, name: 'stddev' | 'stdvar') {
    super(notes, name);
    this.#counts = new Float64Array(steps);
    this.#means = new Float64Array(steps);
    this.#squares = new Float64Array(steps);
    this.#root = name === 'stddev';
  }

  float(step: number, value: number): void {
    const count = ++this.#counts[step]!;
    if (count === 1) {
      this.#means[step] = value;
      this.#squares[step] = Number.isFinite(value) ? 0 : Number.NaN;
      return;
    }
    const delta = value - this.#means[step]!;
    this.#means[step]! += delta / count;
    this.#squares[step]! += delta * (value - this.#means[step]!);
  }

  result(step: number): number | undefined {
    const count = this.#counts[step]!;
    if (count === 0) return undefined;
    const variance = this.#squares[step]! / count;
    return this.#root ? Math.sqrt(variance) : variance;
  }
}

class QuantileAccumulator extends FloatAccumulator {
  readonly #values: (number[] | undefined)[];
  readonly #param: Float64Array;

  constructor(steps: number, notes: OperatorNotes, param: Float64Array) {
    super(notes, 'quantile');
    this.#values = new Array(steps);
    this.#param = param;
  }

  float(step: number, value: number): void {
    const values = this.#values[step];
    if (values === undefined) this.#values[step] = [value];
    else values.push(value);
  }

  result(step: number): number | undefined {
    const values = this.#values[step];
    return values && quantileOf(this.#param[step]!, Float64Array.from(values));
  }
}
