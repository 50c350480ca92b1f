import type { ValueType } from './ast.ts';

/** A function's type. The last argument type repeats up to `variadic` more times (-1: without end; it may also be left out). */
export interface FunctionSignature {
  readonly args: readonly ValueType[];
  /** 0: exactly `args`. n > 0: the last n arguments may be left out. -1: the last one may be left out or repeated. */
  readonly variadic: number;
  readonly returns: ValueType;
}

const fn = (returns: ValueType, args: readonly ValueType[], variadic = 0): FunctionSignature => ({
  args,
  variadic,
  returns,
});

const VECTOR_TO_VECTOR = fn('vector', ['vector']);
const MATRIX_TO_VECTOR = fn('vector', ['matrix']);
const DATE = fn('vector', ['vector'], 1);
const QUERY_CONSTANT = fn('scalar', []);

/** Every function of Prometheus 3, the experimental ones too. */
export const FUNCTION_SIGNATURES = {
  abs: VECTOR_TO_VECTOR,
  absent: VECTOR_TO_VECTOR,
  absent_over_time: MATRIX_TO_VECTOR,
  acos: VECTOR_TO_VECTOR,
  acosh: VECTOR_TO_VECTOR,
  asin: VECTOR_TO_VECTOR,
  asinh: VECTOR_TO_VECTOR,
  atan: VECTOR_TO_VECTOR,
  atanh: VECTOR_TO_VECTOR,
  avg_over_time: MATRIX_TO_VECTOR,
  ceil: VECTOR_TO_VECTOR,
  changes: MATRIX_TO_VECTOR,
  clamp: fn('vector', ['vector', 'scalar', 'scalar']),
  clamp_max: fn('vector', ['vector', 'scalar']),
  clamp_min: fn('vector', ['vector', 'scalar']),
  cos: VECTOR_TO_VECTOR,
  cosh: VECTOR_TO_VECTOR,
  count_over_time: MATRIX_TO_VECTOR,
  day_of_month: DATE,
  day_of_week: DATE,
  day_of_year: DATE,
  days_in_month: DATE,
  deg: VECTOR_TO_VECTOR,
  delta: MATRIX_TO_VECTOR,
  deriv: MATRIX_TO_VECTOR,
  double_exponential_smoothing: fn('vector', ['matrix', 'scalar', 'scalar']),
  end: QUERY_CONSTANT,
  exp: VECTOR_TO_VECTOR,
  first_over_time: MATRIX_TO_VECTOR,
  floor: VECTOR_TO_VECTOR,
  histogram_avg: VECTOR_TO_VECTOR,
  histogram_count: VECTOR_TO_VECTOR,
  histogram_fraction: fn('vector', ['scalar', 'scalar', 'vector']),
  histogram_quantile: fn('vector', ['scalar', 'vector']),
  histogram_quantiles: fn('vector', ['vector', 'string', 'scalar', 'scalar'], 9),
  histogram_stddev: VECTOR_TO_VECTOR,
  histogram_stdvar: VECTOR_TO_VECTOR,
  histogram_sum: VECTOR_TO_VECTOR,
  hour: DATE,
  idelta: MATRIX_TO_VECTOR,
  increase: MATRIX_TO_VECTOR,
  info: fn('vector', ['vector', 'vector'], 1),
  irate: MATRIX_TO_VECTOR,
  label_join: fn('vector', ['vector', 'string', 'string', 'string'], -1),
  label_replace: fn('vector', ['vector', 'string', 'string', 'string', 'string']),
  last_over_time: MATRIX_TO_VECTOR,
  ln: VECTOR_TO_VECTOR,
  log10: VECTOR_TO_VECTOR,
  log2: VECTOR_TO_VECTOR,
  mad_over_time: MATRIX_TO_VECTOR,
  max_of: fn('scalar', ['scalar', 'scalar']),
  max_over_time: MATRIX_TO_VECTOR,
  min_of: fn('scalar', ['scalar', 'scalar']),
  min_over_time: MATRIX_TO_VECTOR,
  minute: DATE,
  month: DATE,
  pi: QUERY_CONSTANT,
  predict_linear: fn('vector', ['matrix', 'scalar']),
  present_over_time: MATRIX_TO_VECTOR,
  quantile_over_time: fn('vector', ['scalar', 'matrix']),
  rad: VECTOR_TO_VECTOR,
  range: QUERY_CONSTANT,
  rate: MATRIX_TO_VECTOR,
  resets: MATRIX_TO_VECTOR,
  round: fn('vector', ['vector', 'scalar'], 1),
  scalar: fn('scalar', ['vector']),
  sgn: VECTOR_TO_VECTOR,
  sin: VECTOR_TO_VECTOR,
  sinh: VECTOR_TO_VECTOR,
  sort: VECTOR_TO_VECTOR,
  sort_by_label: fn('vector', ['vector', 'string'], -1),
  sort_by_label_desc: fn('vector', ['vector', 'string'], -1),
  sort_desc: VECTOR_TO_VECTOR,
  sqrt: VECTOR_TO_VECTOR,
  start: QUERY_CONSTANT,
  start_timestamp: VECTOR_TO_VECTOR,
  stddev_over_time: MATRIX_TO_VECTOR,
  stdvar_over_time: MATRIX_TO_VECTOR,
  step: QUERY_CONSTANT,
  sum_over_time: MATRIX_TO_VECTOR,
  tan: VECTOR_TO_VECTOR,
  tanh: VECTOR_TO_VECTOR,
  time: fn('scalar', []),
  timestamp: VECTOR_TO_VECTOR,
  ts_of_first_over_time: MATRIX_TO_VECTOR,
  ts_of_last_over_time: MATRIX_TO_VECTOR,
  ts_of_max_over_time: MATRIX_TO_VECTOR,
  ts_of_min_over_time: MATRIX_TO_VECTOR,
  vector: fn('vector', ['scalar']),
  year: DATE,
} as const satisfies Record<string, FunctionSignature>;

export type FunctionName = keyof typeof FUNCTION_SIGNATURES;

export const isFunction = (name: string): name is FunctionName => Object.hasOwn(FUNCTION_SIGNATURES, name);

/** The signature, seen through its general type. */
export const signatureOf = (name: FunctionName): FunctionSignature => FUNCTION_SIGNATURES[name];

/** Functions that may see samples outside the range: those that know what to do with them. */
export const EXTENSION_SAFE_FUNCTIONS = {
  anchored: ['changes', 'delta', 'increase', 'rate', 'resets'],
  smoothed: ['delta', 'increase', 'rate'],
} as const satisfies Record<'anchored' | 'smoothed', readonly FunctionName[]>;
