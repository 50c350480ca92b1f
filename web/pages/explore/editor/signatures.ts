/** Types of arguments and results, and the functions that have them. `[…]` may be left out, `…` may be repeated. */
const BY_TYPE: Readonly<Record<string, string>> = {
  '(vector) → vector':
    'abs absent acos acosh asin asinh atan atanh ceil cos cosh deg exp floor histogram_avg histogram_count histogram_stddev histogram_stdvar histogram_sum ln log10 log2 rad sgn sin sinh sort sort_desc sqrt start_timestamp tan tanh timestamp',
  '(range vector) → vector':
    'absent_over_time avg_over_time changes count_over_time delta deriv first_over_time idelta increase irate last_over_time mad_over_time max_over_time min_over_time present_over_time rate resets stddev_over_time stdvar_over_time sum_over_time ts_of_first_over_time ts_of_last_over_time ts_of_max_over_time ts_of_min_over_time',
  '(vector, scalar, scalar) → vector': 'clamp',
  '(vector, scalar) → vector': 'clamp_max clamp_min',
  '([vector]) → vector': 'day_of_month day_of_week day_of_year days_in_month hour minute month year',
  '(range vector, scalar, scalar) → vector': 'double_exponential_smoothing',
  '() → scalar': 'end pi range start step time',
  '(scalar, scalar, vector) → vector': 'histogram_fraction',
  '(scalar, vector) → vector': 'histogram_quantile',
  '(vector, string, scalar …) → vector': 'histogram_quantiles',
  '(vector, [vector]) → vector': 'info',
  '(vector, string, string, string …) → vector': 'label_join',
  '(vector, string, string, string, string) → vector': 'label_replace',
  '(scalar, scalar) → scalar': 'max_of min_of',
  '(range vector, scalar) → vector': 'predict_linear',
  '(scalar, range vector) → vector': 'quantile_over_time',
  '(vector, [scalar]) → vector': 'round',
  '(vector) → scalar': 'scalar',
  '(vector, string …) → vector': 'sort_by_label sort_by_label_desc',
  '(scalar) → vector': 'vector',
};

const SIGNATURES = new Map(
  Object.entries(BY_TYPE).flatMap(([type, names]) =>
    names.split(' ').map((name) => [name, `${name}${type}`]),
  ),
);

const AGGREGATIONS: Readonly<Record<string, string>> = {
  scalar: 'bottomk limit_ratio limitk quantile topk',
  string: 'count_values',
  none: 'avg count group max min stddev stdvar sum',
};

/** `rate(range vector) → vector`; undefined for what is no function of ours. */
export function signatureOf(name: string): string | undefined {
  const known = SIGNATURES.get(name);
  if (known !== undefined) return known;
  const parameter = Object.entries(AGGREGATIONS).find(([, names]) => names.split(' ').includes(name))?.[0];
  if (parameter === undefined) return undefined;
  return `${name} by (…) (${parameter === 'none' ? '' : `${parameter}, `}vector) → vector`;
}
