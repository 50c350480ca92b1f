import type { SeriesExist } from '../alerts/answerable.ts';
import type { RuleQuery } from '../alerts/rule-query.ts';
import { METRIC_NAME } from '../model/labels.ts';
import type { Promql } from '../promql/engine.ts';
import { type Queryable, TooMuchError } from '../promql/queryable.ts';

/** Rules ask as everybody does; a scalar is one sample without labels. */
export function ruleQueryFrom(promql: Promql): RuleQuery {
  return async (expr, atMs, abort) => {
    const result = await promql.instant(expr, atMs, { abort });
    if (!result.ok) {
      const { type, message } = result.error;
      return {
        kind: 'error',
        message: `${type}: ${message}`,
        retryable: type === 'unavailable' || type === 'timeout',
      };
    }
    const { value } = result;
    if (value.type === 'scalar') return { kind: 'samples', samples: [{ labels: {}, value: value.value }] };
    if (value.type !== 'vector') {
      return {
        kind: 'error',
        message: `the query gives a ${value.type}; a rule needs a vector or a scalar`,
        retryable: false,
      };
    }
    return {
      kind: 'samples',
      samples: value.samples.flatMap(({ labels, point }) =>
        point.value === undefined ? [] : [{ labels, value: point.value }],
      ),
    };
  };
}

/** Whether a metric has any sample in a stretch of time. One that has too many to read is there all the same. */
export function seriesExistIn(queryable: Queryable): SeriesExist {
  return async (metricName, { fromMs, toMs }, abort) => {
    try {
      const found = await queryable.select({
        matchers: [{ name: METRIC_NAME, operator: '=', value: metricName }],
        startMs: fromMs - 1,
        endMs: toMs,
        hints: { func: 'present_over_time', rangeMs: toMs - fromMs, stepMs: 0, by: false, grouping: [] },
        abort,
      });
      return found.length > 0;
    } catch (error) {
      if (error instanceof TooMuchError) return true;
      throw error;
    }
  };
}
