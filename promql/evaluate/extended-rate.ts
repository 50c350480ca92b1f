import { type Annotations, TEXT } from '../annotations.ts';
import {
  addHistograms,
  divideHistogram,
  scaleHistogram,
  subtractHistograms,
} from '../histogram/arithmetic.ts';
import { compact, usesCustomBuckets } from '../histogram/buckets.ts';
import { detectReset } from '../histogram/comparison.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import type { PositionRange } from '../position.ts';
import { metricNameOf, type RangeWindow } from './range-window.ts';
import type { RateKind } from './rate.ts';
import type { RangeSamples } from './samples.ts';

/**
 * Growth between the exact ends of the range: `anchored` takes the last sample at or before each end, `smoothed` the value on the line
 * between the samples around it. No extrapolation.
 */
export function extendedRate(window: RangeWindow, kind: RateKind): number | NativeHistogram | undefined {
  if (window.histogramTo > window.histogramFrom) return extendedHistogramRate(window, kind);
  return extendedFloatRate(window, kind);
}

/** The samples that stand for the two ends; undefined if none lies in the range. */
function endIndices(
  times: Float64Array,
  from: number,
  to: number,
  window: RangeWindow,
): { first: number; last: number } | undefined {
  const smoothed = window.extension === 'smoothed';
  let first = from;
  while (first < to - 1 && times[first + 1]! <= window.rangeStartMs) first++;
  let last = to - 1;
  if (smoothed) while (last > from && times[last - 1]! >= window.rangeEndMs) last--;
  if (times[last]! <= window.rangeStartMs) return undefined;
  if (smoothed && times[first]! > window.rangeEndMs) return undefined;
  return { first, last };
}

function extendedFloatRate(window: RangeWindow, kind: RateKind): number | undefined {
  const { samples, rangeStartMs, rangeEndMs } = window;
  const { times, values } = samples;
  const ends = endIndices(times, window.from, window.to, window);
  if (ends === undefined) return undefined;
  let { first, last } = ends;
  const smoothed = window.extension === 'smoothed';
  const left =
    smoothed && times[first]! < rangeStartMs
      ? interpolateFloats(samples, first, first + 1, rangeStartMs, kind.counter)
      : values[first]!;
  const right =
    smoothed && last > window.from && times[last]! > rangeEndMs
      ? interpolateFloats(samples, last - 1, last, rangeEndMs, kind.counter)
      : values[last]!;
  let growth = right - left;
  if (kind.counter) {
    if (times[first]! <= rangeStartMs) first++;
    if (times[last]! >= rangeEndMs) last--;
    let previous = left;
    for (let i = first; i <= last; i++) {
      if (values[i]! < previous) growth += previous;
      previous = values[i]!;
    }
    if (right < previous) growth += previous;
  }
  return kind.perSecond ? growth / (window.rangeMs / 1_000) : growth;
}

/** The value at t on the line between samples a and b; after a counter's reset the line begins at zero. */
export function interpolateFloats(
  samples: RangeSamples,
  a: number,
  b: number,
  t: number,
  counter: boolean,
): number {
  const { times, values } = samples;
  const to = values[b]!;
  const from = counter && to < values[a]! ? 0 : values[a]!;
  return from + ((to - from) * (t - times[a]!)) / (times[b]! - times[a]!);
}

interface Notes {
  readonly annotations: Annotations;
  readonly position: PositionRange;
  readonly name: string;
}

/** The same for histograms; undefined, with a warning, if the layouts do not go together. */
export function interpolateHistograms(
  samples: RangeSamples,
  a: number,
  b: number,
  t: number,
  counter: boolean,
  notes: Notes,
): NativeHistogram | undefined {
  const { histogramTimes: times, histograms } = samples;
  const from = histograms[a]!;
  const to = histograms[b]!;
  if (t === times[a]) return from;
  if (t === times[b]) return to;
  const fraction = (t - times[a]!) / (times[b]! - times[a]!);
  if (usesCustomBuckets(from) !== usesCustomBuckets(to)) {
    notes.annotations.warn(TEXT.mixedExponentialCustom(notes.name), notes.position);
    return undefined;
  }
  if (counter && detectReset(to, from)) return scaleHistogram(to, fraction);
  const difference = combineNoted(to, from, -1, notes);
  return difference && combineNoted(scaleHistogram(difference, fraction), from, 1, notes);
}

function combineNoted(
  a: NativeHistogram,
  b: NativeHistogram,
  sign: 1 | -1,
  notes: Notes,
): NativeHistogram | undefined {
  const result = sign === 1 ? addHistograms(a, b) : subtractHistograms(a, b);
  if (!result.ok) {
    notes.annotations.warn(TEXT.mixedExponentialCustom(notes.name), notes.position);
    return undefined;
  }
  if (result.boundsReconciled) {
    notes.annotations.info(TEXT.boundsReconciled(sign === 1 ? 'addition' : 'subtraction'), notes.position);
  }
  return result.histogram;
}

function extendedHistogramRate(window: RangeWindow, kind: RateKind): NativeHistogram | undefined {
  const { samples, rangeStartMs, rangeEndMs, annotations, position } = window;
  const { histogramTimes: times, histograms } = samples;
  const ends = endIndices(times, window.histogramFrom, window.histogramTo, window);
  if (ends === undefined) return undefined;
  const { first, last } = ends;
  const notes = { annotations, position, name: metricNameOf(window) };
  if (!layoutsAgree(histograms, first, last, kind, notes)) return undefined;
  const smoothed = window.extension === 'smoothed';
  const left =
    smoothed && times[first]! < rangeStartMs
      ? interpolateHistograms(samples, first, first + 1, rangeStartMs, kind.counter, notes)
      : histograms[first]!;
  const right =
    smoothed && last > window.histogramFrom && times[last]! > rangeEndMs
      ? interpolateHistograms(samples, last - 1, last, rangeEndMs, kind.counter, notes)
      : histograms[last]!;
  if (left === undefined || right === undefined) return undefined;
  if (!kind.counter && [left, right].some((h) => h.counterResetHint !== 'gauge')) {
    annotations.warn(TEXT.notGauge(notes.name), position);
  }
  let growth = combineNoted(right, left, -1, notes);
  if (kind.counter && growth !== undefined) {
    for (const lost of lostAtResets(window, first, last, left, right)) {
      growth = growth && combineNoted(growth, lost, 1, notes);
    }
  }
  if (growth === undefined) return undefined;
  if (kind.perSecond) growth = divideHistogram(growth, window.rangeMs / 1_000);
  return compact({ ...growth, counterResetHint: 'gauge' });
}

function layoutsAgree(
  histograms: readonly NativeHistogram[],
  first: number,
  last: number,
  kind: RateKind,
  notes: Notes,
): boolean {
  const custom = usesCustomBuckets(histograms[first]!);
  for (let i = first; i <= last; i++) {
    const current = histograms[i]!;
    if (usesCustomBuckets(current) !== custom) {
      notes.annotations.warn(TEXT.mixedExponentialCustom(notes.name), notes.position);
      return false;
    }
    if (kind.counter && current.counterResetHint === 'gauge') {
      notes.annotations.warn(TEXT.notCounter(notes.name), notes.position);
    }
  }
  return true;
}

/** The histograms before each reset between the two ends. */
function lostAtResets(
  window: RangeWindow,
  first: number,
  last: number,
  left: NativeHistogram,
  right: NativeHistogram,
): NativeHistogram[] {
  const { histograms, histogramTimes: times } = window.samples;
  let previous = left;
  let next = first + 1;
  const interpolatedLeft = window.extension === 'smoothed' && times[first]! < window.rangeStartMs;
  if (interpolatedLeft && detectReset(histograms[first + 1]!, histograms[first]!)) {
    // The interpolation on the left went over this reset already.
    previous = histograms[first + 1]!;
    next++;
  }
  // The sample at the right end is `right` itself, or what it was interpolated to.
  if (next > last) return [];
  const lost: NativeHistogram[] = [];
  for (; next < last; next++) {
    if (detectReset(histograms[next]!, previous)) lost.push(previous);
    previous = histograms[next]!;
  }
  if (detectReset(right, previous)) lost.push(previous);
  return lost;
}
