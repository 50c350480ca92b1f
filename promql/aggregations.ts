/** Which parameter an aggregation takes before its vector. */
export const AGGREGATIONS = {
  avg: 'none',
  bottomk: 'scalar',
  count: 'none',
  count_values: 'string',
  group: 'none',
  limit_ratio: 'scalar',
  limitk: 'scalar',
  max: 'none',
  min: 'none',
  quantile: 'scalar',
  stddev: 'none',
  stdvar: 'none',
  sum: 'none',
  topk: 'scalar',
} as const satisfies Record<string, 'none' | 'scalar' | 'string'>;

export type AggregationName = keyof typeof AGGREGATIONS;

export const isAggregation = (name: string): name is AggregationName => Object.hasOwn(AGGREGATIONS, name);
