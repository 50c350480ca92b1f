import type { SelectSeries } from '../campaigns/collect.ts';
import { isStaleAt, type Queryable, wordsOf } from '../promql/queryable.ts';

/** The campaigns' view of the samples: floats only, staleness markers left out, both ends inclusive. */
export function selectSeriesFrom(queryable: Queryable): SelectSeries {
  return async (matchers, startMs, endMs, abort) => {
    const found = await queryable.select({
      matchers,
      startMs: startMs - 1,
      endMs,
      hints: { func: '', rangeMs: endMs - startMs, stepMs: 0, by: false, grouping: [] },
      abort,
    });
    return found.map(({ labels, timestampsMs, values, histograms }) => {
      const words = wordsOf(values);
      const kept = Array.from(values.keys()).filter(
        (i) => !isStaleAt(words, i) && histograms?.[i] === undefined,
      );
      const all = kept.length === values.length;
      return {
        labels: labels.toLabels(),
        timestampsMs: all ? timestampsMs : Float64Array.from(kept, (i) => timestampsMs[i]!),
        values: all ? values : Float64Array.from(kept, (i) => values[i]!),
      };
    });
  };
}
