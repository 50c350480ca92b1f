import { TEXT } from '../annotations.ts';
import { detectReset, histogramsEqual } from '../histogram/comparison.ts';
import { HistogramMean, HistogramSum } from '../histogram/compensated-sum.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import { KahanMean, KahanSum } from './kahan.ts';
import { quantileOf } from './quantile.ts';
import { metricNameOf, type RangeFunction, type RangeWindow } from './range-window.ts';
import { startTimeSaysReset } from './start-times.ts';
import { hasFloats, hasHistograms, noteIgnored, overFloats } from './window-kinds.ts';

/** A function of floats or of histograms, but not of both. */
function overEither(
  floats: (window: RangeWindow) => number,
  histograms: (all: readonly NativeHistogram[], window: RangeWindow) => NativeHistogram | undefined,
): RangeFunction {
  return (window) => {
    if (hasFloats(window) && hasHistograms(window)) {
      window.annotations.warn(TEXT.mixedFloatsHistograms(metricNameOf(window)), window.position);
      return undefined;
    }
    if (hasFloats(window)) return floats(window);
    return histograms(window.samples.histograms.slice(window.histogramFrom, window.histogramTo), window);
  };
}

export const sumOverTime = overEither(
  ({ samples, from, to }) => {
    const sum = new KahanSum();
    for (let i = from; i < to; i++) sum.add(samples.values[i]!);
    return sum.total;
  },
  (all, window) => gather(all, window, new HistogramSum(all[0]!)),
);

export const avgOverTime = overEither(
  ({ samples, from, to }) => {
    if (samples.weights !== undefined) {
      const sum = new KahanSum();
      for (let i = from; i < to; i++) sum.add(samples.values[i]!);
      return sum.total / weightOf(samples.weights, from, to);
    }
    const mean = new KahanMean(samples.values[from]!);
    for (let i = from + 1; i < to; i++) mean.add(samples.values[i]!);
    return mean.mean;
  },
  (all, window) => gather(all, window, new HistogramMean(all[0]!)),
);

/** Adds the histograms up; undefined, with a warning, if they do not go together. */
function gather(
  all: readonly NativeHistogram[],
  window: RangeWindow,
  into: HistogramSum | HistogramMean,
): NativeHistogram | undefined {
  for (const next of all.slice(1)) {
    const { ok, boundsReconciled } = into.add(next);
    if (boundsReconciled) window.annotations.info(TEXT.boundsReconciled('aggregation'), window.position);
    if (ok) continue;
    window.annotations.warn(TEXT.mixedExponentialCustom(metricNameOf(window)), window.position);
    return undefined;
  }
  noteResetCollision(all, window);
  return into.result();
}

function noteResetCollision(all: readonly NativeHistogram[], window: RangeWindow): void {
  const reset = all.some((h) => h.counterResetHint === 'reset');
  const notReset = all.some((h) => h.counterResetHint === 'not_reset');
  if (reset && notReset) window.annotations.warn(TEXT.resetCollision('aggregation'), window.position);
}

export const countOverTime: RangeFunction = ({ samples, from, to, histogramFrom, histogramTo }) =>
  (samples.weights === undefined ? to - from : weightOf(samples.weights, from, to)) +
  (histogramTo - histogramFrom);

function weightOf(weights: Float64Array, from: number, to: number): number {
  let total = 0;
  for (let i = from; i < to; i++) total += weights[i]!;
  return total;
}

export const presentOverTime: RangeFunction = () => 1;

export const minOverTime = overFloats(
  (values, from, to) => values[indexOfBest(values, from, to, (a, b) => a < b)]!,
);
export const maxOverTime = overFloats(
  (values, from, to) => values[indexOfBest(values, from, to, (a, b) => a > b)]!,
);

/** The time of the newest smallest value, in seconds. */
export const tsOfMinOverTime = overFloats(
  (values, from, to, { samples }) => samples.times[indexOfBest(values, from, to, (a, b) => a <= b)]! / 1_000,
);
export const tsOfMaxOverTime = overFloats(
  (values, from, to, { samples }) => samples.times[indexOfBest(values, from, to, (a, b) => a >= b)]! / 1_000,
);

function indexOfBest(
  values: Float64Array,
  from: number,
  to: number,
  better: (candidate: number, best: number) => boolean,
): number {
  let best = from;
  for (let i = from; i < to; i++) {
    if (better(values[i]!, values[best]!) || Number.isNaN(values[best]!)) best = i;
  }
  return best;
}

function newest(window: RangeWindow): { time: number; value: number | NativeHistogram } {
  const { samples, to, histogramTo } = window;
  const floatTime = hasFloats(window) ? samples.times[to - 1]! : Number.NEGATIVE_INFINITY;
  const histogramTime = hasHistograms(window)
    ? samples.histogramTimes[histogramTo - 1]!
    : Number.NEGATIVE_INFINITY;
  return floatTime > histogramTime
    ? { time: floatTime, value: samples.values[to - 1]! }
    : { time: histogramTime, value: samples.histograms[histogramTo - 1]! };
}

function oldest(window: RangeWindow): { time: number; value: number | NativeHistogram } {
  const { samples, from, histogramFrom } = window;
  const floatTime = hasFloats(window) ? samples.times[from]! : Number.POSITIVE_INFINITY;
  const histogramTime = hasHistograms(window)
    ? samples.histogramTimes[histogramFrom]!
    : Number.POSITIVE_INFINITY;
  return floatTime < histogramTime
    ? { time: floatTime, value: samples.values[from]! }
    : { time: histogramTime, value: samples.histograms[histogramFrom]! };
}

export const lastOverTime: RangeFunction = (window) => newest(window).value;
export const firstOverTime: RangeFunction = (window) => oldest(window).value;
export const tsOfLastOverTime: RangeFunction = (window) => newest(window).time / 1_000;
export const tsOfFirstOverTime: RangeFunction = (window) => oldest(window).time / 1_000;

export const quantileOverTime: RangeFunction = (window) => {
  if (!hasFloats(window)) return undefined;
  const q = window.args[0]!;
  if (!(q >= 0 && q <= 1)) window.annotations.warn(TEXT.invalidQuantile(q), window.argsPosition);
  if (hasHistograms(window)) noteIgnored(window);
  return quantileOf(q, window.samples.values.slice(window.from, window.to));
};

export const madOverTime = overFloats((values, from, to) => {
  const window = values.slice(from, to);
  if (window.some(Number.isNaN)) return Number.NaN;
  const median = quantileOf(0.5, window);
  return quantileOf(
    0.5,
    window.map((value) => Math.abs(value - median)),
  );
});

function variance(values: Float64Array, from: number, to: number): number {
  const mean = new KahanSum();
  const squares = new KahanSum();
  for (let i = from, count = 1; i < to; i++, count++) {
    const delta = values[i]! - (mean.sum + mean.compensation);
    mean.add(delta / count);
    squares.add(delta * (values[i]! - (mean.sum + mean.compensation)));
  }
  return (squares.sum + squares.compensation) / (to - from);
}

export const stdvarOverTime = overFloats(variance);
export const stddevOverTime = overFloats((values, from, to) => Math.sqrt(variance(values, from, to)));

/**
 * Counts transitions between neighbours in time, floats and histograms together. An anchored range begins with the newest sample at or
 * before its start.
 */
function countTransitions(
  window: RangeWindow,
  floats: (older: number, newer: number) => boolean,
  histograms: (older: number, newer: number) => boolean,
): number | undefined {
  const { samples } = window;
  const start =
    window.extension === 'anchored'
      ? anchorOf(window)
      : { float: window.from, histogram: window.histogramFrom };
  if (start === undefined) return undefined;
  let { float, histogram } = start;
  let count = 0;
  let previous: number | undefined;
  while (float < window.to || histogram < window.histogramTo) {
    const floatNext =
      histogram >= window.histogramTo ||
      (float < window.to && samples.times[float]! < samples.histogramTimes[histogram]!);
    const current = floatNext ? float++ : ~histogram++;
    if (previous !== undefined) {
      if (previous < 0 !== current < 0) count++;
      else if (current < 0 ? histograms(~previous, ~current) : floats(previous, current)) count++;
    }
    previous = current;
  }
  return count;
}

function anchorOf(window: RangeWindow): { float: number; histogram: number } | undefined {
  const { samples, rangeStartMs } = window;
  let float = window.from;
  while (float < window.to && samples.times[float]! <= rangeStartMs) float++;
  let histogram = window.histogramFrom;
  while (histogram < window.histogramTo && samples.histogramTimes[histogram]! <= rangeStartMs) histogram++;
  if (float === window.to && histogram === window.histogramTo) return undefined;
  const floatTime = float > window.from ? samples.times[float - 1]! : Number.NEGATIVE_INFINITY;
  const histogramTime =
    histogram > window.histogramFrom ? samples.histogramTimes[histogram - 1]! : Number.NEGATIVE_INFINITY;
  if (floatTime === Number.NEGATIVE_INFINITY && histogramTime === Number.NEGATIVE_INFINITY)
    return { float, histogram };
  return floatTime >= histogramTime ? { float: float - 1, histogram } : { float, histogram: histogram - 1 };
}

export const changes: RangeFunction = (window) => {
  const { values, histograms } = window.samples;
  return countTransitions(
    window,
    (a, b) => values[a] !== values[b] && !(Number.isNaN(values[a]!) && Number.isNaN(values[b]!)),
    (a, b) => !histogramsEqual(histograms[a]!, histograms[b]!),
  );
};

export const resets: RangeFunction = (window) => {
  const { values, times, starts, histograms, histogramTimes, histogramStarts } = window.samples;
  return countTransitions(
    window,
    (a, b) =>
      values[b]! < values[a]! ||
      (starts !== undefined && startTimeSaysReset(starts[a]!, times[a]!, starts[b]!, times[b]!)),
    (a, b) =>
      detectReset(histograms[b]!, histograms[a]!) ||
      (histogramStarts !== undefined &&
        startTimeSaysReset(histogramStarts[a]!, histogramTimes[a]!, histogramStarts[b]!, histogramTimes[b]!)),
  );
};
