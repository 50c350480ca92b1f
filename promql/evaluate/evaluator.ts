import { METRIC_NAME } from '../../model/labels.ts';
import { TEXT } from '../annotations.ts';
import {
  type AggregateExpr,
  type CallExpr,
  type Expr,
  type MatrixSelector,
  type SubqueryExpr,
  type VectorSelector,
  withoutParens,
} from '../ast.ts';
import { EvaluationError } from '../errors.ts';
import { scaleHistogram } from '../histogram/arithmetic.ts';
import type { LabelSet } from '../label-set.ts';
import { isValidUtf8, quote } from '../parse-error.ts';
import type { GroupResult, SampleSeries } from '../queryable.ts';
import type { SimpleAggregation } from './accumulators.ts';
import { combineGroups, evaluateAggregation, isGroupOperator } from './aggregate.ts';
import { evaluateCountValues, evaluateSelection } from './aggregate-k.ts';
import { evaluateBinary } from './binary.ts';
import type { EvaluationContext } from './context.ts';
import { isPlainRate, slideFloatRate } from './float-rate.ts';
import { callFunction } from './functions.ts';
import { FLOAT, repeatValue, type StepGrid, type Value, type VectorSeries, vectorOf } from './grid.ts';
import { evaluateInstantSelector, type SampleFigure } from './instant-selector.ts';
import { stringArgument } from './label-functions.ts';
import { dropNames } from './names.ts';
import { isRangeFunction, RANGE_FUNCTIONS, type RangeFunctionName } from './range-functions.ts';
import { applyRangeFunction, type RangeShape } from './range-window.ts';
import { isRate, RATE_KINDS } from './rate.ts';
import { gridToSamples, type RangeSamples, toRangeSamples } from './samples.ts';
import { StoreReads } from './store-reads.ts';
import { absent } from './vector-functions.ts';

/** Evaluates planned expressions. One evaluator serves one query. */
export class Evaluator {
  readonly context: EvaluationContext;
  readonly #reads: StoreReads;

  constructor(context: EvaluationContext) {
    this.context = context;
    this.#reads = new StoreReads(context);
  }

  /** Evaluates the planned expression with all names resolved. */
  async run(): Promise<Value> {
    const { expr, grid } = this.context.plan.request;
    this.#reads.beginAll();
    const value = await this.evaluate(expr, grid);
    return value.type === 'vector' ? vectorOf(dropNames(value.series)) : value;
  }

  /** A query that is nothing but a subquery: the values of its expression at its own steps. */
  async subqueryValue(expr: SubqueryExpr): Promise<{ value: Value; grid: StepGrid }> {
    const plan = this.context.plan.subqueries.get(expr);
    if (plan === undefined) throw new EvaluationError('a subquery was not planned');
    const value = await this.#noted(expr, () => this.evaluate(expr.expr, plan.inner), seriesOf);
    if (value.type === 'vector') return { value: vectorOf(dropNames(value.series)), grid: plan.inner };
    return { value, grid: plan.inner };
  }

  /** A query that is nothing but a range selector: its samples. */
  rangeSamples(expr: MatrixSelector): Promise<readonly SampleSeries[]> {
    return this.#noted(
      expr,
      () => this.#reads.samples(expr.selector),
      (series) => series.length,
    );
  }

  async evaluate(expr: Expr, grid: StepGrid): Promise<Value> {
    await this.context.budget.pause('expression evaluation');
    if (grid.steps === 0) return vectorOf([]);
    if (expr.kind === 'paren') return this.evaluate(expr.expr, grid);
    const { budget } = this.context;
    const heldBefore = budget.held;
    const value = await this.#noted(expr, () => this.#evaluateOnce(expr, grid), seriesOf);
    budget.settle(heldBefore, samplesOf(value));
    return value;
  }

  /** Writes the part into the plan, if one is asked for. */
  #noted<T>(expr: Expr, run: () => Promise<T>, seriesIn: (result: T) => number): Promise<T> {
    const { recorder } = this.context;
    return recorder === undefined ? run() : recorder.node(expr, run, seriesIn);
  }

  async #evaluateOnce(expr: Expr, grid: StepGrid): Promise<Value> {
    if (grid.steps > 1 && this.context.plan.invariant.has(expr)) {
      return repeatValue(await this.#evaluateKind(expr, { ...grid, steps: 1 }), grid.steps);
    }
    return this.#evaluateKind(expr, grid);
  }

  async #evaluateKind(expr: Expr, grid: StepGrid): Promise<Value> {
    switch (expr.kind) {
      case 'number':
        return { type: 'scalar', values: new Float64Array(grid.steps).fill(expr.value) };
      case 'string':
        return { type: 'string', value: expr.value };
      case 'paren':
        return this.evaluate(expr.expr, grid);
      case 'unary':
        return negate(await this.evaluate(expr.expr, grid), expr.operator);
      case 'binary': {
        const left = await this.evaluate(expr.left, grid);
        const right = await this.evaluate(expr.right, grid);
        return evaluateBinary(expr, left, right, this.context);
      }
      case 'call':
        return callFunction(this, expr, grid);
      case 'aggregate':
        return vectorOf(await this.#aggregate(expr, grid));
      case 'vector_selector':
        return vectorOf(await this.instant(expr, 'value'));
      case 'matrix_selector':
      case 'subquery':
        throw new EvaluationError('a range vector can only be the argument of a function');
    }
  }

  /** The series of an instant vector argument. */
  async vector(expr: Expr, grid: StepGrid): Promise<readonly VectorSeries[]> {
    const value = await this.evaluate(expr, grid);
    if (value.type !== 'vector') throw new EvaluationError(`expected an instant vector, got ${value.type}`);
    return value.series;
  }

  /** The values of a scalar argument. */
  async scalar(expr: Expr, grid: StepGrid): Promise<Float64Array> {
    const value = await this.evaluate(expr, grid);
    if (value.type !== 'scalar') throw new EvaluationError(`expected a scalar, got ${value.type}`);
    return value.values;
  }

  async instant(selector: VectorSelector, figure: SampleFigure): Promise<VectorSeries[]> {
    const pushed = await this.#reads.grid(selector, selector);
    if (pushed !== undefined) {
      const rest = await evaluateInstantSelector(
        pushed.samples,
        this.#reads.plan(selector),
        figure,
        this.context,
      );
      return [...pushed.series.map((one) => ({ ...one, dropName: false, histograms: undefined })), ...rest];
    }
    const series = await this.#reads.samples(selector);
    return evaluateInstantSelector(series, this.#reads.plan(selector), figure, this.context);
  }

  async #aggregate(expr: AggregateExpr, grid: StepGrid): Promise<readonly VectorSeries[]> {
    const { operator } = expr;
    switch (operator) {
      case 'count_values': {
        const label = stringArgument(expr.param!);
        if (label === '' || !isValidUtf8(label))
          throw new EvaluationError(`invalid label name ${quote(label)}`);
        return evaluateCountValues(expr, await this.vector(expr.expr, grid), label);
      }
      case 'topk':
      case 'bottomk':
      case 'limitk':
      case 'limit_ratio': {
        const param = await this.scalar(expr.param!, grid);
        return evaluateSelection(
          { ...expr, operator },
          await this.vector(expr.expr, grid),
          param,
          this.context,
        );
      }
      default: {
        const pushed = await this.#aggregateInStore(expr, operator, grid);
        if (pushed !== undefined) return pushed;
        const param = expr.param === undefined ? undefined : await this.scalar(expr.param, grid);
        return evaluateAggregation(
          { ...expr, operator },
          await this.vector(expr.expr, grid),
          param,
          this.context,
        );
      }
    }
  }

  /** An aggregation that the store does itself, over a function or a selector that it does; undefined if it does not. */
  async #aggregateInStore(
    expr: AggregateExpr,
    operator: SimpleAggregation,
    grid: StepGrid,
  ): Promise<VectorSeries[] | undefined> {
    const inner = withoutParens(expr.expr);
    const selector = selectorIn(inner);
    if (!isGroupOperator(operator) || selector === undefined) return undefined;
    const result = await this.#reads.groups({ ...expr, operator }, selector);
    // A mean goes together with others only by its count.
    if (result === undefined || (operator === 'avg' && result.samples.length > 0)) return undefined;
    const rest = await this.#restOfGroups(inner, selector, result, grid);
    const dropName = inner.kind === 'call' && !RANGE_FUNCTIONS[inner.func as RangeFunctionName].keepsName;
    const groups = result.groups.map((one) => ({ ...one, dropName, histograms: undefined }));
    return combineGroups({ ...expr, operator }, groups, rest, this.context);
  }

  /** What the store left of a pushed-down aggregation, evaluated here. */
  async #restOfGroups(
    inner: Expr,
    selector: VectorSelector,
    { groups, members, samples }: GroupResult,
    grid: StepGrid,
  ): Promise<VectorSeries[]> {
    if (inner.kind !== 'call')
      return evaluateInstantSelector(samples, this.#reads.plan(selector), 'value', this.context);
    const call = inner as CallExpr & { readonly func: RangeFunctionName };
    const range = withoutParens(call.args[0]!) as MatrixSelector;
    if (groups.length > 0)
      for (const labels of distinctTypes(members)) this.#noteNonCounter(call, labels, range);
    const { samples: left, shape } = this.#rangeInput(range, samples, grid);
    return this.#slide(call, range, [], left, shape);
  }

  /** A function of one range vector, with its scalar arguments in order. */
  async rangeFunction(
    call: CallExpr & { readonly func: RangeFunctionName },
    grid: StepGrid,
  ): Promise<VectorSeries[]> {
    const rangeArg = call.args.find((arg) => isRange(withoutParens(arg)))!;
    const scalars: Float64Array[] = [];
    for (const arg of call.args) if (arg !== rangeArg) scalars.push(await this.scalar(arg, grid));
    const range = withoutParens(rangeArg) as MatrixSelector | SubqueryExpr;
    const pushed = range.kind === 'matrix_selector' ? await this.#pushDown(range, call, grid) : undefined;
    const { samples, shape } = pushed?.rest ?? (await this.#rangeOf(range, grid));
    const slid = await this.#slide(call, range, scalars, samples, shape);
    const result = pushed === undefined ? slid : [...pushed.series, ...slid];
    return call.func === 'absent_over_time' ? absent(rangeArg, result, grid) : result;
  }

  async #slide(
    call: CallExpr & { readonly func: RangeFunctionName },
    range: MatrixSelector | SubqueryExpr,
    scalars: readonly Float64Array[],
    samples: readonly RangeSamples[],
    shape: RangeShape,
  ): Promise<VectorSeries[]> {
    const { fn, keepsName } = RANGE_FUNCTIONS[call.func];
    const at = {
      position: range.position,
      argsPosition: withoutParens(call.args[0]!).position,
      annotations: this.context.annotations,
      pause: () => this.context.budget.pause('expression evaluation'),
    };
    const plain = isRate(call.func) ? RATE_KINDS[call.func] : undefined;
    const result: VectorSeries[] = [];
    for (const one of samples) {
      await this.context.budget.pause('expression evaluation');
      const series =
        plain !== undefined && isPlainRate(one, shape)
          ? slideFloatRate(one, shape, plain)
          : await applyRangeFunction(one, shape, fn, scalars, !keepsName, at);
      if (series !== undefined) {
        result.push(series);
        if (series.present.includes(FLOAT)) this.#noteNonCounter(call, one.labels, range);
      }
    }
    return result;
  }

  /** A counter function over what does not look like a counter: worth a note, since the result may be nonsense. */
  #noteNonCounter(call: CallExpr, labels: LabelSet, range: MatrixSelector | SubqueryExpr): void {
    if ((call.func !== 'rate' && call.func !== 'increase') || range.kind === 'subquery') return;
    const name = labels.get(METRIC_NAME);
    const type = labels.get('__type__');
    if (type !== '') {
      if (type !== 'counter' && type !== 'histogram') {
        this.context.annotations.info(TEXT.possibleNonCounterType(name, type), range.position);
      }
    } else if (name !== '' && !/_(total|sum|count|bucket)$/.test(name)) {
      this.context.annotations.info(TEXT.possibleNonCounter(name), range.position);
    }
  }

  async #rangeOf(range: MatrixSelector | SubqueryExpr, grid: StepGrid): Promise<RangeInput> {
    const read =
      range.kind === 'subquery'
        ? () => this.#subquery(range, grid)
        : async () => this.#rangeInput(range, await this.#reads.samples(range.selector), grid);
    return this.#noted(range, read, ({ samples }) => samples.length);
  }

  async #subquery(expr: SubqueryExpr, grid: StepGrid): Promise<RangeInput> {
    const plan = this.context.plan.subqueries.get(expr);
    if (plan === undefined) throw new EvaluationError('a subquery was not planned');
    const inner = await this.evaluate(expr.expr, plan.inner);
    const series = inner.type === 'vector' ? inner.series : [];
    this.context.budget.hold(series.length * plan.inner.steps);
    const shape = { ...plan, grid, extendBeforeMs: 0, extendAfterMs: 0, extension: undefined };
    const samples = await this.context.budget.flatMap(series, (one) => [gridToSamples(one, plan.inner)]);
    return { samples, shape };
  }

  /** The function's values from the store itself, if it can, and what it left. */
  async #pushDown(
    range: MatrixSelector,
    call: CallExpr,
    grid: StepGrid,
  ): Promise<{ series: VectorSeries[]; rest: RangeInput } | undefined> {
    const result = await this.#reads.grid(range.selector, call);
    if (result === undefined) return undefined;
    const dropName = !RANGE_FUNCTIONS[call.func as RangeFunctionName].keepsName;
    const series = result.series.map((one) => {
      this.#noteNonCounter(call, one.labels, range);
      return { ...one, dropName, histograms: undefined };
    });
    return { series, rest: this.#rangeInput(range, result.samples, grid) };
  }

  #rangeInput(range: MatrixSelector, series: readonly SampleSeries[], grid: StepGrid): RangeInput {
    const plan = this.#reads.plan(range.selector);
    return {
      samples: series.map(toRangeSamples),
      shape: { ...plan, grid, rangeMs: plan.windowMs, extension: range.selector.extension },
    };
  }
}

/** The series of a range vector, and its windows. */
interface RangeInput {
  readonly samples: readonly RangeSamples[];
  readonly shape: RangeShape;
}

const seriesOf = (value: Value): number => (value.type === 'vector' ? value.series.length : 1);

/** One label set of each metric and type: what is said of one is said of all. */
function distinctTypes(members: readonly LabelSet[]): Iterable<LabelSet> {
  const byType = new Map<string, LabelSet>();
  for (const labels of members) byType.set(`${labels.get(METRIC_NAME)} ${labels.get('__type__')}`, labels);
  return byType.values();
}

/** The selector that an expression is, or that it is a function of one argument of. */
function selectorIn(expr: Expr): VectorSelector | undefined {
  if (expr.kind === 'vector_selector') return expr;
  if (expr.kind !== 'call' || expr.args.length !== 1 || !isRangeFunction(expr.func)) return undefined;
  const arg = withoutParens(expr.args[0]!);
  return arg.kind === 'matrix_selector' ? arg.selector : undefined;
}

const isRange = (expr: Expr): boolean => expr.kind === 'matrix_selector' || expr.kind === 'subquery';

/** Unary minus drops the name; plus changes nothing. */
function negate(value: Value, operator: '+' | '-'): Value {
  if (operator === '+' || value.type === 'string') return value;
  if (value.type === 'scalar') return { type: 'scalar', values: value.values.map((one) => -one) };
  return vectorOf(
    value.series.map((series) => ({
      ...series,
      dropName: true,
      values: series.values.map((one) => -one),
      histograms: series.histograms?.map((one) => one && scaleHistogram(one, -1)),
    })),
  );
}

/** How many samples a value takes at most. */
function samplesOf(value: Value): number {
  if (value.type === 'string') return 0;
  if (value.type === 'scalar') return value.values.length;
  return value.series.reduce((sum, { values }) => sum + values.length, 0);
}
