import { METRIC_NAME } from '../../model/labels.ts';
import { parseUpperBound } from '../evaluate/classic-histogram.ts';
import { CUSTOM_BUCKETS_SCHEMA, type NativeHistogram } from '../histogram/native-histogram.ts';
import type { LabelSet } from '../label-set.ts';
import type { NotedSeries, NotedValue } from './series-notation.ts';

interface Family {
  readonly labels: LabelSet;
  /** Cumulative counts by bound. */
  readonly buckets: Map<number, readonly NotedValue[]>;
  count: readonly NotedValue[] | undefined;
  sum: readonly NotedValue[] | undefined;
}

/** Classic histograms among the series as native ones with custom buckets, named without `_bucket`. */
export function toCustomBucketHistograms(series: readonly NotedSeries[]): NotedSeries[] {
  const families = new Map<string, Family>();
  for (const { labels, values } of series) {
    const [, base, part] = /^(.*)_(bucket|count|sum)$/.exec(labels.get(METRIC_NAME)) ?? [];
    if (base === undefined) continue;
    const key = labels.with(METRIC_NAME, base).without('le');
    let family = families.get(key.key);
    if (family === undefined) {
      family = { labels: key, buckets: new Map(), count: undefined, sum: undefined };
      families.set(key.key, family);
    }
    if (part === 'count') family.count = values;
    else if (part === 'sum') family.sum = values;
    else {
      const bound = parseUpperBound(labels.get('le'));
      if (bound !== undefined) family.buckets.set(bound, values);
    }
  }
  return [...families.values()].filter(({ buckets }) => buckets.size > 0).map(convert);
}

function convert(family: Family): NotedSeries {
  const bounds = [...family.buckets.keys()].sort((a, b) => a - b);
  const length = Math.max(...bounds.map((bound) => family.buckets.get(bound)!.length));
  const values = Array.from({ length }, (_, i): NotedValue => {
    const counts = bounds.map((bound) => family.buckets.get(bound)![i]);
    const known = counts.filter((count) => typeof count === 'number');
    if (known.length === 0) return undefined;
    const numbers = counts.map((count) => (typeof count === 'number' ? count : 0));
    return { histogram: histogramAt(family, bounds, numbers, i), hintGiven: false };
  });
  return { labels: family.labels, startTimes: false, values };
}

function histogramAt(
  family: Family,
  bounds: readonly number[],
  cumulative: readonly number[],
  i: number,
): NativeHistogram {
  const customValues = bounds.filter((bound) => bound !== Number.POSITIVE_INFINITY);
  const given = family.count?.[i];
  const count = typeof given === 'number' ? given : cumulative.at(-1)!;
  const counts = customValues.map((_, at) => cumulative[at]! - (cumulative[at - 1] ?? 0));
  counts.push(count - (cumulative[customValues.length - 1] ?? 0));
  const sum = family.sum?.[i];
  return {
    counterResetHint: 'unknown',
    schema: CUSTOM_BUCKETS_SCHEMA,
    zeroThreshold: 0,
    zeroCount: 0,
    count,
    sum: typeof sum === 'number' ? sum : 0,
    positiveSpans: [{ offset: 0, length: counts.length }],
    positiveBuckets: counts,
    negativeSpans: [],
    negativeBuckets: [],
    customValues,
  };
}
