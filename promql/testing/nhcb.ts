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
  return [...families.values()]
    .filter(({ buckets, count }) => buckets.size > 0 || count !== undefined)
    .map(convert);
}

function convert(family: Family): NotedSeries {
  const bounds = [...family.buckets.keys()].sort((a, b) => a - b);
  const parts = [...family.buckets.values(), family.count ?? []];
  const length = Math.max(...parts.map((values) => values.length));
  const values = Array.from({ length }, (_, i): NotedValue => {
    const histogram = histogramAt(family, bounds, i);
    return histogram && { histogram, hintGiven: false };
  });
  return { labels: family.labels, startTimes: false, values };
}

/** The histogram of the buckets that have a value at this place; without a count, the last one's. */
function histogramAt(family: Family, bounds: readonly number[], i: number): NativeHistogram | undefined {
  const known: { bound: number; cumulative: number }[] = [];
  for (const bound of bounds) {
    const cumulative = family.buckets.get(bound)![i];
    if (typeof cumulative === 'number') known.push({ bound, cumulative });
  }
  const given = family.count?.[i];
  const count = typeof given === 'number' ? given : known.at(-1)?.cumulative;
  if (count === undefined) return undefined;
  const finite = known.filter(({ bound }) => bound !== Number.POSITIVE_INFINITY);
  const customValues = finite.map(({ bound }) => bound);
  const counts = finite.map(({ cumulative }, at) => cumulative - (finite[at - 1]?.cumulative ?? 0));
  counts.push(count - (finite.at(-1)?.cumulative ?? 0));
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
