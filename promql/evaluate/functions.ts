import type { CallExpr, Expr } from '../ast.ts';
import { withoutParens } from '../ast.ts';
import type { FunctionName } from '../function-signatures.ts';
import type { Evaluator } from './evaluator.ts';
import {
  type DateFunctionName,
  dateFunction,
  FLOAT_FUNCTIONS,
  type FloatFunctionName,
  greaterOf,
  isDateFunction,
  isFloatFunction,
  lesserOf,
  mapFloats,
  overTimes,
} from './float-functions.ts';
import { type QueryBounds, type StepGrid, type Value, type VectorSeries, vectorOf } from './grid.ts';
import {
  evaluateHistogramFraction,
  evaluateHistogramQuantile,
  evaluateHistogramQuantiles,
  HISTOGRAM_FUNCTIONS,
  type HistogramFunctionName,
  isHistogramFunction,
  mapHistograms,
} from './histogram-functions.ts';
import { evaluateInfo } from './info.ts';
import { evaluateLabelJoin, evaluateLabelReplace, stringArgument } from './label-functions.ts';
import { isRangeFunction, type RangeFunctionName } from './range-functions.ts';
import {
  absent,
  clamp,
  round,
  scalarOf,
  sortByLabel,
  sortByValue,
  vectorFromScalar,
} from './vector-functions.ts';

/** Functions that are not simply applied to each value or each window. */
type SpecialFunctionName = Exclude<
  FunctionName,
  RangeFunctionName | FloatFunctionName | DateFunctionName | HistogramFunctionName
>;

/** Calls a function. */
export async function callFunction(evaluator: Evaluator, call: CallExpr, grid: StepGrid): Promise<Value> {
  const { func } = call;
  /** A function of one vector, applied series by series. */
  const map = async (arg: Expr, apply: (series: readonly VectorSeries[]) => VectorSeries[]) =>
    vectorOf(
      await evaluator.context.budget.flatMap(await evaluator.vector(arg, grid), (one) => apply([one])),
    );
  if (isRangeFunction(func)) return vectorOf(await evaluator.rangeFunction({ ...call, func }, grid));
  if (isFloatFunction(func)) {
    return map(call.args[0]!, (series) => mapFloats(series, FLOAT_FUNCTIONS[func]));
  }
  if (isHistogramFunction(func)) {
    return map(call.args[0]!, (series) => mapHistograms(series, HISTOGRAM_FUNCTIONS[func]));
  }
  if (isDateFunction(func)) {
    const fn = dateFunction(func);
    const [arg] = call.args;
    if (arg === undefined) return vectorOf([vectorFromScalar(overTimes(grid, fn))]);
    return map(arg, (series) => mapFloats(series, fn));
  }
  return SPECIAL_FUNCTIONS[func](new CallArguments(evaluator, call, grid));
}

/** The arguments of one call, evaluated as they are asked for. */
class CallArguments {
  readonly evaluator: Evaluator;
  readonly call: CallExpr;
  readonly grid: StepGrid;

  constructor(evaluator: Evaluator, call: CallExpr, grid: StepGrid) {
    this.evaluator = evaluator;
    this.call = call;
    this.grid = grid;
  }

  get exprs(): readonly Expr[] {
    return this.call.args;
  }

  vector(i: number): Promise<readonly VectorSeries[]> {
    return this.evaluator.vector(this.exprs[i]!, this.grid);
  }

  scalar(i: number): Promise<Float64Array> {
    return this.evaluator.scalar(this.exprs[i]!, this.grid);
  }

  /** A scalar that is the same at every step. */
  constant(value: number): Value & { type: 'scalar' } {
    return { type: 'scalar', values: new Float64Array(this.grid.steps).fill(value) };
  }

  /** Of the whole query, not of the subquery that the call may stand in. */
  get bounds(): QueryBounds {
    return this.evaluator.context.plan.request.bounds;
  }
}

type SpecialFunction = (args: CallArguments) => Value | Promise<Value>;

const vector = async (series: VectorSeries[] | Promise<VectorSeries[]>): Promise<Value> =>
  vectorOf(await series);
const everywhere = (args: CallArguments, value: number): Float64Array => args.constant(value).values;

const SPECIAL_FUNCTIONS = {
  absent: async (args) => vector(absent(args.exprs[0]!, await args.vector(0), args.grid)),
  clamp: async (args) => vector(clamp(await args.vector(0), await args.scalar(1), await args.scalar(2))),
  clamp_max: async (args) =>
    vector(clamp(await args.vector(0), everywhere(args, Number.NEGATIVE_INFINITY), await args.scalar(1))),
  clamp_min: async (args) =>
    vector(clamp(await args.vector(0), await args.scalar(1), everywhere(args, Number.POSITIVE_INFINITY))),
  end: (args) => args.constant(args.bounds.endMs / 1_000),
  histogram_fraction: async (args) => {
    const [lower, upper] = [await args.scalar(0), await args.scalar(1)];
    const { context } = args.evaluator;
    return vector(
      evaluateHistogramFraction(args.exprs, lower, upper, await args.vector(2), args.grid, context),
    );
  },
  histogram_quantile: async (args) => {
    const qs = await args.scalar(0);
    const { context } = args.evaluator;
    return vector(evaluateHistogramQuantile(args.exprs, qs, await args.vector(1), args.grid, context));
  },
  histogram_quantiles: async (args) => {
    const label = stringArgument(args.exprs[1]!);
    const quantiles: Float64Array[] = [];
    for (let i = 2; i < args.exprs.length; i++) quantiles.push(await args.scalar(i));
    const series = await args.vector(0);
    const { context } = args.evaluator;
    return vector(evaluateHistogramQuantiles(args.exprs, label, quantiles, series, args.grid, context));
  },
  info: async (args) =>
    vector(evaluateInfo(args.call, await args.vector(0), args.grid, args.evaluator.context)),
  label_join: async (args) => vector(evaluateLabelJoin(args.exprs, await args.vector(0))),
  label_replace: async (args) => vector(evaluateLabelReplace(args.exprs, await args.vector(0))),
  max_of: (args) => ofTwo(args, greaterOf),
  min_of: (args) => ofTwo(args, lesserOf),
  pi: (args) => args.constant(Math.PI),
  range: (args) => args.constant((args.bounds.endMs - args.bounds.startMs) / 1_000),
  round: async (args) => {
    const nearest = args.exprs.length > 1 ? await args.scalar(1) : everywhere(args, 1);
    return vector(round(await args.vector(0), nearest));
  },
  scalar: async (args) => ({ type: 'scalar', values: scalarOf(await args.vector(0), args.grid) }),
  sort: async (args) =>
    vector(sortByValue(args.call, await args.vector(0), args.grid, args.evaluator.context)),
  sort_by_label: async (args) =>
    vector(sortByLabel(args.call, await args.vector(0), args.grid, args.evaluator.context)),
  sort_by_label_desc: async (args) =>
    vector(sortByLabel(args.call, await args.vector(0), args.grid, args.evaluator.context)),
  sort_desc: async (args) =>
    vector(sortByValue(args.call, await args.vector(0), args.grid, args.evaluator.context)),
  start: (args) => args.constant(args.bounds.startMs / 1_000),
  start_timestamp: (args) => sampleTimes(args, 'start_timestamp'),
  step: (args) => args.constant(args.bounds.stepMs / 1_000),
  time: (args) => ({ type: 'scalar', values: overTimes(args.grid, (seconds) => seconds) }),
  timestamp: (args) => sampleTimes(args, 'timestamp'),
  vector: async (args) => vector([vectorFromScalar(await args.scalar(0))]),
} as const satisfies Record<SpecialFunctionName, SpecialFunction>;

async function ofTwo(args: CallArguments, fn: (a: number, b: number) => number): Promise<Value> {
  const [a, b] = [await args.scalar(0), await args.scalar(1)];
  return { type: 'scalar', values: a.map((one, step) => fn(one, b[step]!)) };
}

/** Times of samples if the argument is a selector; of an expression's values, the step's time. */
async function sampleTimes(args: CallArguments, figure: 'timestamp' | 'start_timestamp'): Promise<Value> {
  const arg = withoutParens(args.exprs[0]!);
  if (arg.kind === 'vector_selector' && arg.extension === undefined) {
    return vectorOf(await args.evaluator.instant(arg, figure));
  }
  const series = await args.vector(0);
  if (figure === 'start_timestamp') return vectorOf([]);
  const times = overTimes(args.grid, (seconds) => seconds);
  return vectorOf(
    series.map((one) => ({
      labels: one.labels,
      dropName: true,
      values: times,
      present: one.present.map((kind) => (kind === 0 ? 0 : 1)),
      histograms: undefined,
    })),
  );
}
