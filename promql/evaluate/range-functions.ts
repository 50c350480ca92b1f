import type { FunctionName } from '../function-signatures.ts';
import * as overTime from './over-time.ts';
import type { RangeFunction } from './range-window.ts';
import * as rates from './rate.ts';
import * as trends from './trend.ts';

/** A function of one range vector and perhaps scalars. */
export interface RangeFunctionEntry {
  readonly fn: RangeFunction;
  /** `last_over_time` and `first_over_time` give a sample of the metric itself. */
  readonly keepsName: boolean;
}

const drops = (fn: RangeFunction): RangeFunctionEntry => ({ fn, keepsName: false });
const keeps = (fn: RangeFunction): RangeFunctionEntry => ({ fn, keepsName: true });

export const RANGE_FUNCTIONS = {
  absent_over_time: drops(overTime.presentOverTime),
  avg_over_time: drops(overTime.avgOverTime),
  changes: drops(overTime.changes),
  count_over_time: drops(overTime.countOverTime),
  delta: drops(rates.delta),
  deriv: drops(trends.deriv),
  double_exponential_smoothing: drops(trends.doubleExponentialSmoothing),
  first_over_time: keeps(overTime.firstOverTime),
  idelta: drops(rates.idelta),
  increase: drops(rates.increase),
  irate: drops(rates.irate),
  last_over_time: keeps(overTime.lastOverTime),
  mad_over_time: drops(overTime.madOverTime),
  max_over_time: drops(overTime.maxOverTime),
  min_over_time: drops(overTime.minOverTime),
  predict_linear: drops(trends.predictLinear),
  present_over_time: drops(overTime.presentOverTime),
  quantile_over_time: drops(overTime.quantileOverTime),
  rate: drops(rates.rate),
  resets: drops(overTime.resets),
  stddev_over_time: drops(overTime.stddevOverTime),
  stdvar_over_time: drops(overTime.stdvarOverTime),
  sum_over_time: drops(overTime.sumOverTime),
  ts_of_first_over_time: drops(overTime.tsOfFirstOverTime),
  ts_of_last_over_time: drops(overTime.tsOfLastOverTime),
  ts_of_max_over_time: drops(overTime.tsOfMaxOverTime),
  ts_of_min_over_time: drops(overTime.tsOfMinOverTime),
} as const satisfies Partial<Record<FunctionName, RangeFunctionEntry>>;

export type RangeFunctionName = keyof typeof RANGE_FUNCTIONS;

export const isRangeFunction = (name: FunctionName): name is RangeFunctionName =>
  Object.hasOwn(RANGE_FUNCTIONS, name);
