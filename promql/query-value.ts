import { ABSENT, HISTOGRAM, type StepGrid, timeAt, type Value, type VectorSeries } from './evaluate/grid.ts';
import { compareLabels } from './evaluate/vector-functions.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import { isStaleAt, type SampleSeries, wordsOf } from './queryable.ts';
import type { MatrixSeries, QueryValue, VectorSample } from './result.ts';

/** The result of an instant query, from a value of one step. */
export function instantValue(value: Value, timeMs: number): QueryValue {
  switch (value.type) {
    case 'scalar':
      return { type: 'scalar', timeMs, value: value.values[0]! };
    case 'string':
      return { type: 'string', timeMs, value: value.value };
    case 'vector': {
      const present = value.series.filter((series) => series.present[0] !== ABSENT);
      return { type: 'vector', samples: present.map((series) => vectorSample(series, timeMs)) };
    }
  }
}

const vectorSample = (series: VectorSeries, timeMs: number): VectorSample => ({
  labels: series.labels.toLabels(),
  point:
    series.present[0] === HISTOGRAM
      ? { timeMs, histogram: series.histograms![0]! }
      : { timeMs, value: series.values[0]! },
});

/** The result of a range query: series in the order of their labels, those without a value left out. */
export function rangeValue(value: Value, grid: StepGrid): QueryValue {
  if (value.type === 'string') return { type: 'string', timeMs: grid.startMs, value: value.value };
  const timesMs = Float64Array.from({ length: grid.steps }, (_, step) => timeAt(grid, step));
  if (value.type === 'scalar')
    return { type: 'matrix', series: [{ labels: {}, timesMs, values: value.values }] };
  const sorted = [...value.series].sort((a, b) => compareLabels(a.labels, b.labels));
  return { type: 'matrix', series: sorted.flatMap((one) => presentOf(one, timesMs)) };
}

/** The steps at which a series has a value. One that has them all keeps its arrays. */
function presentOf(
  { labels, present, values, histograms }: VectorSeries,
  timesMs: Float64Array,
): MatrixSeries[] {
  let count = 0;
  for (let step = 0; step < present.length; step++) if (present[step] !== ABSENT) count++;
  if (count === 0) return [];
  const all: MatrixSeries = { labels: labels.toLabels(), timesMs, values, histograms };
  return [count === present.length ? all : keep(all, count, (step) => present[step] !== ABSENT)];
}

/** The samples themselves, for a query that is a range selector; staleness markers left out. */
export function sampleValue(found: readonly SampleSeries[]): QueryValue {
  const sorted = [...found].sort((a, b) => compareLabels(a.labels, b.labels));
  const series = sorted.flatMap(({ labels, timestampsMs, values, histograms }): MatrixSeries[] => {
    const words = wordsOf(values);
    const isSample = (i: number): boolean => histograms?.[i] !== undefined || !isStaleAt(words, i);
    let count = 0;
    for (let i = 0; i < values.length; i++) if (isSample(i)) count++;
    if (count === 0) return [];
    const all: MatrixSeries = { labels: labels.toLabels(), timesMs: timestampsMs, values, histograms };
    return [count === values.length ? all : keep(all, count, isSample)];
  });
  return { type: 'matrix', series };
}

/** Those `count` samples that `wanted` says. */
function keep(series: MatrixSeries, count: number, wanted: (i: number) => boolean): MatrixSeries {
  const timesMs = new Float64Array(count);
  const values = new Float64Array(count);
  const histograms = series.histograms && new Array<NativeHistogram | undefined>(count);
  for (let i = 0, at = 0; at < count; i++) {
    if (!wanted(i)) continue;
    timesMs[at] = series.timesMs[i]!;
    values[at] = series.values[i]!;
    if (histograms !== undefined) histograms[at] = series.histograms![i];
    at++;
  }
  return { labels: series.labels, timesMs, values, histograms };
}
