import { detectReset } from '../histogram/comparison.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import type { LabelSet } from '../label-set.ts';
import { isStaleAt, type SampleSeries, wordsOf } from '../queryable.ts';
import { ABSENT, FLOAT, type StepGrid, timeAt, type VectorSeries } from './grid.ts';

/** A series as range functions see it: floats and histograms apart, staleness markers gone. */
export interface RangeSamples {
  readonly labels: LabelSet;
  readonly dropName: boolean;
  readonly times: Float64Array;
  readonly values: Float64Array;
  readonly histogramTimes: Float64Array;
  readonly histograms: readonly NativeHistogram[];
  /** Start times beside `times` and `histogramTimes`; absent if none is known. */
  readonly starts: Float64Array | undefined;
  readonly histogramStarts: Float64Array | undefined;
  /** Beside `times`: how many samples each stands for, as in `SampleSeries`. */
  readonly weights: Float64Array | undefined;
}

const NO_TIMES = new Float64Array(0);

/** Splits a stored series. Without histograms and markers nothing is copied. */
export function toRangeSamples(series: SampleSeries): RangeSamples {
  const { timestampsMs, values, histograms, startTimestampsMs } = series;
  const words = wordsOf(values);
  let floats = 0;
  for (let i = 0; i < values.length; i++) {
    if (histograms?.[i] === undefined && !isStaleAt(words, i)) floats++;
  }
  const base = { labels: series.labels, dropName: false };
  if (floats === values.length) {
    return {
      ...base,
      times: timestampsMs,
      values,
      starts: startTimestampsMs,
      weights: series.weights,
      histogramTimes: NO_TIMES,
      histograms: [],
      histogramStarts: undefined,
    };
  }
  return { ...base, ...split(series, words, floats) };
}

function split(
  series: SampleSeries,
  words: Uint32Array,
  floats: number,
): Omit<RangeSamples, 'labels' | 'dropName'> {
  const { timestampsMs, values, histograms, startTimestampsMs } = series;
  const times = new Float64Array(floats);
  const kept = new Float64Array(floats);
  const starts = startTimestampsMs === undefined ? undefined : new Float64Array(floats);
  const weights = series.weights === undefined ? undefined : new Float64Array(floats);
  const histogramTimes: number[] = [];
  const histogramStarts: number[] = [];
  const foundHistograms: NativeHistogram[] = [];
  let at = 0;
  for (let i = 0; i < values.length; i++) {
    const histogram = histograms?.[i];
    if (histogram !== undefined) {
      histogramTimes.push(timestampsMs[i]!);
      foundHistograms.push(histogram);
      histogramStarts.push(startTimestampsMs?.[i] ?? 0);
    } else if (!isStaleAt(words, i)) {
      times[at] = timestampsMs[i]!;
      kept[at] = values[i]!;
      if (starts !== undefined) starts[at] = startTimestampsMs![i]!;
      if (weights !== undefined) weights[at] = series.weights![i]!;
      at++;
    }
  }
  return {
    times,
    values: kept,
    starts,
    weights,
    histogramTimes: Float64Array.from(histogramTimes),
    histograms: foundHistograms,
    histogramStarts: startTimestampsMs === undefined ? undefined : Float64Array.from(histogramStarts),
  };
}

/** Histograms whose hint is open get one by comparison with the one before. */
export function withResetHints(series: SampleSeries): SampleSeries {
  if (series.histograms === undefined) return series;
  let previous: NativeHistogram | undefined;
  const histograms = series.histograms.map((histogram) => {
    if (histogram === undefined) return undefined;
    const before = previous;
    previous = histogram;
    if (histogram.counterResetHint !== 'unknown' || before === undefined) return histogram;
    const counterResetHint = detectReset(histogram, before) ? ('reset' as const) : ('not_reset' as const);
    return { ...histogram, counterResetHint };
  });
  return { ...series, histograms };
}

/** The values of a subquery's expression as samples at its steps. */
export function gridToSamples(series: VectorSeries, grid: StepGrid): RangeSamples {
  const times: number[] = [];
  const values: number[] = [];
  const histogramTimes: number[] = [];
  const histograms: NativeHistogram[] = [];
  for (let step = 0; step < grid.steps; step++) {
    const kind = series.present[step];
    if (kind === FLOAT) {
      times.push(timeAt(grid, step));
      values.push(series.values[step]!);
    } else if (kind !== ABSENT) {
      histogramTimes.push(timeAt(grid, step));
      histograms.push(withoutHint(series.histograms![step]!));
    }
  }
  return {
    labels: series.labels,
    dropName: series.dropName,
    times: Float64Array.from(times),
    values: Float64Array.from(values),
    histogramTimes: Float64Array.from(histogramTimes),
    histograms,
    starts: undefined,
    weights: undefined,
    histogramStarts: undefined,
  };
}

/** What lay between two steps was not seen, so whether there was a reset is open again. */
const withoutHint = (h: NativeHistogram): NativeHistogram =>
  h.counterResetHint === 'gauge' ? h : { ...h, counterResetHint: 'unknown' };
