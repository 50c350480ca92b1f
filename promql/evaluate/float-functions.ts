import type { FunctionName } from '../function-signatures.ts';
import { FLOAT, SeriesBuilder, type StepGrid, timeAt, type VectorSeries } from './grid.ts';

/** Functions of one float at a time. Histograms give nothing. */
export const FLOAT_FUNCTIONS = {
  abs: Math.abs,
  acos: Math.acos,
  acosh: Math.acosh,
  asin: Math.asin,
  asinh: Math.asinh,
  atan: Math.atan,
  atanh: Math.atanh,
  ceil: Math.ceil,
  cos: Math.cos,
  cosh: Math.cosh,
  deg: (value) => (value * 180) / Math.PI,
  exp: Math.exp,
  floor: Math.floor,
  ln: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  rad: (value) => (value * Math.PI) / 180,
  sgn: (value) => (value < 0 ? -1 : value > 0 ? 1 : value),
  sin: Math.sin,
  sinh: Math.sinh,
  sqrt: Math.sqrt,
  tan: Math.tan,
  tanh: Math.tanh,
} as const satisfies Partial<Record<FunctionName, (value: number) => number>>;

export type FloatFunctionName = keyof typeof FLOAT_FUNCTIONS;

export const isFloatFunction = (name: FunctionName): name is FloatFunctionName =>
  Object.hasOwn(FLOAT_FUNCTIONS, name);

/** Functions of a time: of each value taken as seconds since the epoch, or of the step. UTC. */
export const DATE_FUNCTIONS = {
  day_of_month: (date) => date.getUTCDate(),
  day_of_week: (date) => date.getUTCDay(),
  day_of_year: (date) =>
    Math.floor((date.getTime() - Date.UTC(date.getUTCFullYear(), 0, 1)) / 86_400_000) + 1,
  days_in_month: (date) => new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate(),
  hour: (date) => date.getUTCHours(),
  minute: (date) => date.getUTCMinutes(),
  month: (date) => date.getUTCMonth() + 1,
  year: (date) => date.getUTCFullYear(),
} as const satisfies Partial<Record<FunctionName, (date: Date) => number>>;

export type DateFunctionName = keyof typeof DATE_FUNCTIONS;

export const isDateFunction = (name: FunctionName): name is DateFunctionName =>
  Object.hasOwn(DATE_FUNCTIONS, name);

/** Applies a date function to seconds since the epoch. */
export function dateFunction(name: DateFunctionName): (seconds: number) => number {
  const fn = DATE_FUNCTIONS[name];
  return (seconds) => fn(new Date(Math.trunc(seconds) * 1_000));
}

/**
 * The greater of two floats as IEEE 754-1985 and Go have it: an infinity that decides the matter wins over NaN, where JavaScript says
 * NaN.
 */
export const greaterOf = (a: number, b: number): number =>
  a === Number.POSITIVE_INFINITY || b === Number.POSITIVE_INFINITY
    ? Number.POSITIVE_INFINITY
    : Math.max(a, b);

/** The lesser of two floats; -Inf wins over NaN. */
export const lesserOf = (a: number, b: number): number =>
  a === Number.NEGATIVE_INFINITY || b === Number.NEGATIVE_INFINITY
    ? Number.NEGATIVE_INFINITY
    : Math.min(a, b);

/** The values of a scalar that depends only on the step's time, in seconds. */
export function overTimes(grid: StepGrid, fn: (seconds: number) => number): Float64Array {
  const values = new Float64Array(grid.steps);
  for (let step = 0; step < grid.steps; step++) values[step] = fn(timeAt(grid, step) / 1_000);
  return values;
}

/** Applies `fn` to each float; series left without any value are dropped, and so is the name. */
export function mapFloats(
  series: readonly VectorSeries[],
  fn: (value: number, step: number) => number | undefined,
): VectorSeries[] {
  return series.flatMap((one) => {
    const out = new SeriesBuilder(one.labels, true, one.values.length);
    for (let step = 0; step < one.values.length; step++) {
      if (one.present[step] !== FLOAT) continue;
      const value = fn(one.values[step]!, step);
      if (value !== undefined) out.setFloat(step, value);
    }
    return out.any ? [out] : [];
  });
}
