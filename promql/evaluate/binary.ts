import { METRIC_NAME } from '../../model/labels.ts';
import {
  type ArithmeticOperator,
  type BinaryExpr,
  changesMetric,
  isComparison,
  isSetOperator,
  type VectorMatching,
} from '../ast.ts';
import { EvaluationError, SAME_LABELSET } from '../errors.ts';
import type { LabelSet } from '../label-set.ts';
import type { Budget, EvaluationContext } from './context.ts';
import { ABSENT, FLOAT, HISTOGRAM, SeriesBuilder, type Value, type VectorSeries, vectorOf } from './grid.ts';
import { METADATA_LABELS } from './names.ts';
import {
  arithmetic,
  compare,
  FLOAT_ARITHMETIC,
  FLOAT_COMPARISON,
  type OperatorNotes,
  type Sample,
} from './operators.ts';
import { evaluateSetOperator } from './set-operators.ts';

/** A binary operator on the values of its two sides. */
export async function evaluateBinary(
  expr: BinaryExpr,
  left: Value,
  right: Value,
  context: EvaluationContext,
): Promise<Value> {
  const notes = { annotations: context.annotations, position: expr.position };
  if (left.type === 'scalar' && right.type === 'scalar') return scalars(expr, left.values, right.values);
  if (left.type === 'vector' && right.type === 'scalar') {
    const withRight = (series: VectorSeries) => vectorScalar(expr, series, right.values, false, notes);
    return vectorOf(await context.budget.flatMap(left.series, withRight));
  }
  if (left.type === 'scalar' && right.type === 'vector') {
    const withLeft = (series: VectorSeries) => vectorScalar(expr, series, left.values, true, notes);
    return vectorOf(await context.budget.flatMap(right.series, withLeft));
  }
  if (left.type !== 'vector' || right.type !== 'vector')
    throw new EvaluationError('operands must be vectors or scalars');
  const matching = expr.matching!;
  if (isSetOperator(expr.operator)) {
    return vectorOf(evaluateSetOperator(expr.operator, left.series, right.series, signatureOf(matching)));
  }
  return vectorOf(await new VectorJoin(expr, matching, notes).run(left.series, right.series, context.budget));
}

function scalars(expr: BinaryExpr, left: Float64Array, right: Float64Array): Value {
  const values = new Float64Array(left.length);
  const { operator } = expr;
  if (isComparison(operator)) {
    const fn = FLOAT_COMPARISON[operator];
    for (let i = 0; i < values.length; i++) values[i] = fn(left[i]!, right[i]!) ? 1 : 0;
  } else {
    const fn = FLOAT_ARITHMETIC[operator as ArithmeticOperator];
    if (fn === undefined)
      throw new EvaluationError(`operator "${operator}" not allowed for Scalar operations`);
    for (let i = 0; i < values.length; i++) values[i] = fn(left[i]!, right[i]!);
  }
  return { type: 'scalar', values };
}

/** A vector with a scalar on its right, or, `swapped`, on its left. A comparison keeps the vector's sample. */
function vectorScalar(
  expr: BinaryExpr,
  series: VectorSeries,
  scalar: Float64Array,
  swapped: boolean,
  notes: OperatorNotes,
): VectorSeries[] {
  const { operator } = expr;
  const comparison = isComparison(operator);
  const out = new SeriesBuilder(
    series.labels,
    series.dropName || changesMetric(operator) || expr.returnBool,
    series.values.length,
  );
  const fastArithmetic = comparison ? undefined : FLOAT_ARITHMETIC[operator as ArithmeticOperator];
  for (let step = 0; step < series.values.length; step++) {
    const kind = series.present[step];
    if (kind === ABSENT) continue;
    if (fastArithmetic !== undefined && kind === FLOAT) {
      const value = series.values[step]!;
      out.setFloat(
        step,
        swapped ? fastArithmetic(scalar[step]!, value) : fastArithmetic(value, scalar[step]!),
      );
      continue;
    }
    const sample = sampleAt(series, step);
    const left = swapped ? scalar[step]! : sample;
    const right = swapped ? sample : scalar[step]!;
    const result = combineSamples(expr, left, right, sample, notes);
    if (result !== NO_OPERATION) out.set(step, result);
  }
  return out.any ? [out] : [];
}

/** There is no such operation on samples of these kinds: the pair counts as not matched. */
const NO_OPERATION = Symbol('no operation');

/** The result of one pair, undefined if a comparison does not hold; `kept` is the sample that it lets through. */
function combineSamples(
  expr: BinaryExpr,
  left: Sample,
  right: Sample,
  kept: Sample,
  notes: OperatorNotes,
): Sample | undefined | typeof NO_OPERATION {
  if (!isComparison(expr.operator))
    return arithmetic(expr.operator as ArithmeticOperator, left, right, notes) ?? NO_OPERATION;
  const holds = compare(expr.operator, left, right, notes);
  if (holds === undefined) return NO_OPERATION;
  if (expr.returnBool) return holds ? 1 : 0;
  return holds ? kept : undefined;
}

const sampleAt = (series: VectorSeries, step: number): Sample =>
  series.present[step] === HISTOGRAM ? series.histograms![step]! : series.values[step]!;

/** The key by which series of the two sides find each other. */
export function signatureOf(matching: VectorMatching): (labels: LabelSet) => string {
  const names = new Set(matching.labels);
  if (matching.on) return (labels) => labels.only(names).key;
  names.add(METRIC_NAME);
  return (labels) => labels.filter((name) => !names.has(name)).key;
}

interface Side {
  readonly series: VectorSeries;
  readonly signature: number;
}

const isPresentAt =
  (step: number) =>
  ({ series }: Side): boolean =>
    series.present[step] !== ABSENT;

/** Joined between two looks at the clock; takes about a millisecond. */
const PAIRS_IN_A_ROW = 5_000;

/** One-to-one, many-to-one and one-to-many matching of two vectors, step by step. */
class VectorJoin {
  readonly #expr: BinaryExpr;
  readonly #matching: VectorMatching;
  readonly #notes: OperatorNotes;
  readonly #names: ReadonlySet<string>;
  readonly #signatures = new Map<string, number>();
  /** Results by label set; with the step at which each was last written, to see duplicates. */
  readonly #results = new Map<string, { out: SeriesBuilder; lastStep: number }>();
  readonly #labels = new Map<LabelSet, Map<LabelSet, LabelSet>>();
  #steps = 0;

  constructor(expr: BinaryExpr, matching: VectorMatching, notes: OperatorNotes) {
    this.#expr = expr;
    this.#matching = matching;
    this.#notes = notes;
    this.#names = new Set(matching.labels);
  }

  async run(
    left: readonly VectorSeries[],
    right: readonly VectorSeries[],
    budget: Budget,
  ): Promise<VectorSeries[]> {
    const swapped = this.#matching.card === 'one-to-many';
    // From here on "many" is the side whose labels the result has, "one" the other.
    const [many, one] = swapped ? [right, left] : [left, right];
    const signature = signatureOf(this.#matching);
    const manySides = many.map((series) => this.#side(series, signature));
    const oneSides = one.map((series) => this.#side(series, signature));
    this.#steps = (left[0] ?? right[0])?.values.length ?? 0;
    const stepsInARow = Math.ceil(PAIRS_IN_A_ROW / (many.length + one.length + 1));
    for (let step = 0; step < this.#steps; step++) {
      if (step % stepsInARow === 0) await budget.pause('expression evaluation');
      this.#step(manySides, oneSides, step, swapped);
    }
    return [...this.#results.values()].map(({ out }) => out).filter((out) => out.any);
  }

  #side(series: VectorSeries, signature: (labels: LabelSet) => string): Side {
    const key = signature(series.labels);
    let ordinal = this.#signatures.get(key);
    if (ordinal === undefined) {
      ordinal = this.#signatures.size;
      this.#signatures.set(key, ordinal);
    }
    return { series, signature: ordinal };
  }

  #step(many: readonly Side[], one: readonly Side[], step: number, swapped: boolean): void {
    // As in Prometheus, `fill_left` is of the side whose labels the result has, also with group_right.
    const { fillLeft: fillMany, fillRight: fillOne } = this.#matching;
    if (fillMany === undefined && fillOne === undefined) {
      // Nothing can match, and duplicates on the other side do not matter.
      if (!many.some(isPresentAt(step)) || !one.some(isPresentAt(step))) return;
    }
    const ones: (VectorSeries | undefined)[] = new Array(this.#signatures.size);
    for (const { series, signature } of one) {
      if (series.present[step] === ABSENT) continue;
      const before = ones[signature];
      if (before !== undefined) throw this.#duplicateOnOneSide(before, series, swapped);
      ones[signature] = series;
    }
    const matched = new Map<number, Set<string>>();
    for (const { series, signature } of many) {
      if (series.present[step] === ABSENT) continue;
      const partner = ones[signature];
      if (partner === undefined && fillOne === undefined) continue;
      const sample = partner === undefined ? fillOne! : sampleAt(partner, step);
      const value = this.#combine(sampleAt(series, step), sample, swapped);
      if (value === NO_OPERATION) continue;
      const labels = this.#resultLabels(series.labels, partner?.labels ?? this.#filledLabels(series.labels));
      this.#checkUnique(matched, signature, labels);
      this.#emit(step, labels, series.dropName, value);
    }
    if (fillMany === undefined) return;
    ones.forEach((series, signature) => {
      if (series === undefined || matched.has(signature)) return;
      const value = this.#combine(fillMany, sampleAt(series, step), swapped);
      if (value === NO_OPERATION) return;
      const labels = this.#resultLabels(this.#filledLabels(series.labels), series.labels);
      this.#emit(step, labels, series.dropName, value);
    });
  }

  #combine(many: Sample, one: Sample, swapped: boolean): Sample | undefined | typeof NO_OPERATION {
    const [left, right] = swapped ? [one, many] : [many, one];
    return combineSamples(this.#expr, left, right, left, this.#notes);
  }

  #emit(step: number, labels: LabelSet, dropName: boolean, value: Sample | undefined): void {
    if (value === undefined) return;
    let result = this.#results.get(labels.key);
    if (result === undefined) {
      const drop = this.#expr.returnBool || (!changesMetric(this.#expr.operator) && dropName);
      result = { out: new SeriesBuilder(labels, drop, this.#steps), lastStep: -1 };
      this.#results.set(labels.key, result);
    }
    if (result.lastStep === step) throw new EvaluationError(SAME_LABELSET);
    result.lastStep = step;
    result.out.set(step, value);
  }

  #checkUnique(matched: Map<number, Set<string>>, signature: number, labels: LabelSet): void {
    const before = matched.get(signature);
    if (before === undefined) {
      matched.set(signature, new Set([labels.key]));
      return;
    }
    if (this.#matching.card === 'one-to-one') {
      throw new EvaluationError(
        'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
      );
    }
    if (before.has(labels.key)) {
      throw new EvaluationError('multiple matches for labels: grouping labels must ensure unique matches');
    }
    before.add(labels.key);
  }

  #duplicateOnOneSide(a: VectorSeries, b: VectorSeries, swapped: boolean): EvaluationError {
    const matching = this.#matching.on
      ? a.labels.only(this.#names)
      : a.labels.filter((name) => name !== METRIC_NAME && !this.#names.has(name));
    const side = swapped ? 'left' : 'right';
    return new EvaluationError(
      `found duplicate series for the match group ${matching} on the ${side} hand-side of the operation: [${b.labels}, ${a.labels}];many-to-many matching not allowed: matching labels must be unique on one side`,
    );
  }

  /** The labels of a side that is filled in: those by which it would have matched. */
  #filledLabels(labels: LabelSet): LabelSet {
    if (this.#matching.on) return labels.only(this.#names);
    return labels.filter((name) => name !== METRIC_NAME && !this.#names.has(name));
  }

  #resultLabels(many: LabelSet, one: LabelSet): LabelSet {
    let byOne = this.#labels.get(many);
    if (byOne === undefined) {
      byOne = new Map();
      this.#labels.set(many, byOne);
    }
    const known = byOne.get(one);
    if (known !== undefined) return known;
    let labels = many;
    if (changesMetric(this.#expr.operator)) labels = labels.filter((name) => !METADATA_LABELS.has(name));
    if (this.#matching.card === 'one-to-one') {
      labels = labels.filter((name) => this.#names.has(name) === this.#matching.on);
    }
    for (const name of this.#matching.include) labels = labels.with(name, one.get(name));
    byOne.set(one, labels);
    return labels;
  }
}
