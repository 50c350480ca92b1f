import { TEXT } from '../annotations.ts';
import {
  addHistograms,
  divideHistogram,
  scaleHistogram,
  subtractHistograms,
  toSchema,
} from '../histogram/arithmetic.ts';
import { compact, usesCustomBuckets } from '../histogram/buckets.ts';
import { detectReset } from '../histogram/comparison.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import { extendedRate } from './extended-rate.ts';
import { extrapolationFactor } from './extrapolation.ts';
import { metricNameOf, type RangeFunction, type RangeWindow } from './range-window.ts';
import { startTimeOverlaps, startTimeSaysReset } from './start-times.ts';

/** What `rate`, `increase` and `delta` have in common. */
export interface RateKind {
  readonly counter: boolean;
  readonly perSecond: boolean;
}

export const RATE_KINDS = {
  rate: { counter: true, perSecond: true },
  increase: { counter: true, perSecond: false },
  delta: { counter: false, perSecond: false },
} as const satisfies Record<string, RateKind>;

export const isRate = (name: string): name is keyof typeof RATE_KINDS => Object.hasOwn(RATE_KINDS, name);

/** Whether a counter would have been zero before does not matter. */
const NO_ZERO = Number.POSITIVE_INFINITY;

export const rate: RangeFunction = (window) => extrapolatedRate(window, RATE_KINDS.rate);
export const increase: RangeFunction = (window) => extrapolatedRate(window, RATE_KINDS.increase);
export const delta: RangeFunction = (window) => extrapolatedRate(window, RATE_KINDS.delta);
export const irate: RangeFunction = (window) => lastTwo(window, true);
export const idelta: RangeFunction = (window) => lastTwo(window, false);

/** The growth over the range, extrapolated to its edges; of a counter from its start time if that lies in the range. */
function extrapolatedRate(window: RangeWindow, kind: RateKind): number | NativeHistogram | undefined {
  const floats = window.to - window.from;
  const histograms = window.histogramTo - window.histogramFrom;
  if (floats > 0 && histograms > 0) {
    window.annotations.warn(TEXT.mixedFloatsHistograms(metricNameOf(window)), window.position);
    return undefined;
  }
  if (window.extension !== undefined) return extendedRate(window, kind);
  return histograms > 0 ? histogramRate(window, kind) : floatRate(window, kind);
}

function floatRate(window: RangeWindow, kind: RateKind): number | undefined {
  const { samples, from, to } = window;
  const { values, times } = samples;
  const starts = kind.counter ? samples.starts : undefined;
  let growth = values[to - 1]! - values[from]!;
  if (kind.counter) growth += starts === undefined ? dropsIn(window) : resetsWithStarts(window, starts);
  const span = {
    first: times[from]!,
    last: times[to - 1]!,
    intervals: to - 1 - from,
    start: starts?.[from] ?? 0,
  };
  const fromStart = startsInside(window, span);
  if (!fromStart && span.intervals === 0) return undefined;
  if (fromStart) growth += values[from]!;
  const zeroShare = kind.counter && growth > 0 && values[from]! >= 0 ? values[from]! / growth : NO_ZERO;
  return growth * factorOf(window, kind, span, fromStart, zeroShare);
}

/** What the counter had reached before each drop inside the window. */
function dropsIn(window: RangeWindow): number {
  const { drops, samples, from, to } = window;
  if (drops.length === 0) return 0;
  let low = 0;
  let high = drops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (drops[middle]! <= from) low = middle + 1;
    else high = middle;
  }
  let lost = 0;
  for (; low < drops.length && drops[low]! < to; low++) lost += samples.values[drops[low]! - 1]!;
  return lost;
}

function resetsWithStarts(window: RangeWindow, starts: Float64Array): number {
  const { samples, from, to } = window;
  const { values, times } = samples;
  let lost = 0;
  let overlap = false;
  for (let i = from + 1; i < to; i++) {
    overlap ||= startTimeOverlaps(starts[i - 1]!, times[i - 1]!, starts[i]!);
    const reset = startTimeSaysReset(starts[i - 1]!, times[i - 1]!, starts[i]!, times[i]!);
    if (reset || values[i]! < values[i - 1]!) lost += values[i - 1]!;
  }
  if (overlap) window.annotations.warn(TEXT.startTimeOverlap(metricNameOf(window)), window.position);
  return lost;
}

interface SampledSpan {
  readonly first: number;
  readonly last: number;
  /** Samples less one. */
  readonly intervals: number;
  /** The first sample's start time, 0 if unknown. */
  readonly start: number;
}

const startsInside = (window: RangeWindow, span: SampledSpan): boolean =>
  span.start !== 0 && span.start > window.rangeStartMs && span.start < span.first;

function factorOf(
  window: RangeWindow,
  kind: RateKind,
  span: SampledSpan,
  fromStart: boolean,
  zeroShare: number,
): number {
  const startMs = fromStart ? span.start : 0;
  const { rangeStartMs, rangeEndMs } = window;
  const factor = extrapolationFactor(
    rangeStartMs,
    rangeEndMs,
    span.first,
    span.last,
    span.intervals,
    startMs,
    zeroShare,
  );
  return kind.perSecond ? factor / (window.rangeMs / 1_000) : factor;
}

function histogramRate(window: RangeWindow, kind: RateKind): NativeHistogram | undefined {
  const { samples, histogramFrom: from, histogramTo: to } = window;
  const starts = kind.counter ? samples.histogramStarts : undefined;
  const times = samples.histogramTimes;
  const first = samples.histograms[from]!;
  const span = {
    first: times[from]!,
    last: times[to - 1]!,
    intervals: to - 1 - from,
    start: starts?.[from] ?? 0,
  };
  const fromStart = startsInside(window, span);
  if (!fromStart && span.intervals === 0) return undefined;
  let growth = span.intervals > 0 ? histogramGrowth(window, kind) : undefined;
  if (growth === undefined && span.intervals > 0) return undefined;
  if (fromStart) growth = growth === undefined ? first : addNoted(growth, first, window);
  if (growth === undefined) return undefined;
  const zeroShare =
    kind.counter && growth.count > 0 && first.count >= 0 ? first.count / growth.count : NO_ZERO;
  return scaleHistogram(growth, factorOf(window, kind, span, fromStart, zeroShare));
}

/** Last less first, with what was lost at resets; undefined if the bucket layouts do not go together. */
function histogramGrowth(window: RangeWindow, kind: RateKind): NativeHistogram | undefined {
  const { samples, histogramFrom: from, histogramTo: to, annotations, position } = window;
  const name = metricNameOf(window);
  const all = samples.histograms;
  const last = all[to - 1]!;
  const isReset = (i: number, previous: NativeHistogram): boolean => resetAt(window, i, previous);
  if (kind.counter && [all[from]!, last].some((h) => h.counterResetHint === 'gauge')) {
    annotations.warn(TEXT.notCounter(name), position);
  }
  // A first sample before a reset is not looked at, so that its layout does not matter.
  let first = all[from]!;
  if (kind.counter && isReset(from + 1, first)) first = emptyLike(all[from + 1]!);
  const incompatible = (): undefined =>
    annotations.warn(TEXT.mixedExponentialCustom(name), position) as undefined;
  const custom = usesCustomBuckets(first);
  if (usesCustomBuckets(last) !== custom) return incompatible();
  let schema = Math.min(last.schema, first.schema);
  for (let i = from + 1; kind.counter && i < to - 1; i++) {
    const current = all[i]!;
    if (current.counterResetHint === 'gauge') annotations.warn(TEXT.notCounter(name), position);
    schema = Math.min(schema, current.schema);
    if (usesCustomBuckets(current) !== custom) return incompatible();
  }
  const difference = subtractHistograms(toSchema(last, schema), first);
  if (!difference.ok) return incompatible();
  if (difference.boundsReconciled) annotations.info(TEXT.boundsReconciled('subtraction'), position);
  let growth: NativeHistogram | undefined = difference.histogram;
  if (kind.counter) {
    noteOverlaps(window);
    for (let i = from + 1, previous = first; i < to && growth !== undefined; previous = all[i]!, i++) {
      if (isReset(i, previous)) growth = addNoted(growth, previous, window);
    }
  } else if ([all[from]!, last].some((h) => h.counterResetHint !== 'gauge')) {
    annotations.warn(TEXT.notGauge(name), position);
  }
  return growth && compact({ ...growth, counterResetHint: 'gauge' });
}

function resetAt(window: RangeWindow, i: number, previous: NativeHistogram): boolean {
  const { histogramStarts: starts, histogramTimes: times, histograms } = window.samples;
  const byStart =
    starts !== undefined && startTimeSaysReset(starts[i - 1]!, times[i - 1]!, starts[i]!, times[i]!);
  return byStart || detectReset(histograms[i]!, previous);
}

function noteOverlaps(window: RangeWindow): void {
  const { histogramStarts: starts, histogramTimes: times } = window.samples;
  if (starts === undefined) return;
  for (let i = window.histogramFrom + 1; i < window.histogramTo; i++) {
    if (!startTimeOverlaps(starts[i - 1]!, times[i - 1]!, starts[i]!)) continue;
    window.annotations.warn(TEXT.startTimeOverlap(metricNameOf(window)), window.position);
    return;
  }
}

function addNoted(a: NativeHistogram, b: NativeHistogram, window: RangeWindow): NativeHistogram | undefined {
  const sum = addHistograms(a, b);
  if (!sum.ok) {
    window.annotations.warn(TEXT.mixedExponentialCustom(metricNameOf(window)), window.position);
    return undefined;
  }
  if (sum.boundsReconciled) window.annotations.info(TEXT.boundsReconciled('addition'), window.position);
  return sum.histogram;
}

const emptyLike = (h: NativeHistogram): NativeHistogram => ({
  ...h,
  counterResetHint: 'unknown',
  zeroThreshold: 0,
  zeroCount: 0,
  count: 0,
  sum: 0,
  positiveSpans: [],
  positiveBuckets: [],
  negativeSpans: [],
  negativeBuckets: [],
});

/** The newest two samples of either kind, the older one first: indices, negative ones (~i) are histograms. */
function newestTwo(window: RangeWindow): readonly [number, number] | undefined {
  const { samples, from, histogramFrom } = window;
  let float = window.to - 1;
  let histogram = window.histogramTo - 1;
  const take = (): number | undefined => {
    const floatTime = float >= from ? samples.times[float]! : Number.NEGATIVE_INFINITY;
    const histogramTime =
      histogram >= histogramFrom ? samples.histogramTimes[histogram]! : Number.NEGATIVE_INFINITY;
    if (float < from && histogram < histogramFrom) return undefined;
    return floatTime > histogramTime ? float-- : ~histogram--;
  };
  const newer = take();
  const older = take();
  return newer === undefined || older === undefined ? undefined : [older, newer];
}

function lastTwo(window: RangeWindow, perSecond: boolean): number | NativeHistogram | undefined {
  const pair = newestTwo(window);
  if (pair === undefined) return undefined;
  const [older, newer] = pair;
  const { samples } = window;
  if (older < 0 !== newer < 0) {
    window.annotations.warn(TEXT.mixedFloatsHistograms(metricNameOf(window)), window.position);
    return undefined;
  }
  if (newer < 0) return lastTwoHistograms(window, ~older, ~newer, perSecond);
  const elapsedMs = samples.times[newer]! - samples.times[older]!;
  if (elapsedMs === 0) return undefined;
  const before = samples.values[older]!;
  const now = samples.values[newer]!;
  const byStart = perSecond && startReset(samples.starts, samples.times, older, newer);
  const growth = perSecond && (now < before || byStart) ? now : now - before;
  return perSecond ? growth / (elapsedMs / 1_000) : growth;
}

const startReset = (
  starts: Float64Array | undefined,
  times: Float64Array,
  older: number,
  newer: number,
): boolean =>
  starts !== undefined && startTimeSaysReset(starts[older]!, times[older]!, starts[newer]!, times[newer]!);

function lastTwoHistograms(
  window: RangeWindow,
  older: number,
  newer: number,
  perSecond: boolean,
): NativeHistogram | undefined {
  const { samples, annotations, position } = window;
  const before = samples.histograms[older]!;
  const now = samples.histograms[newer]!;
  const name = metricNameOf(window);
  const gauges = [before, now].filter((h) => h.counterResetHint === 'gauge').length;
  if (perSecond && gauges > 0) annotations.warn(TEXT.notCounter(name), position);
  if (!perSecond && gauges < 2) annotations.warn(TEXT.notGauge(name), position);
  const byStart = startReset(samples.histogramStarts, samples.histogramTimes, older, newer);
  let growth = now;
  if (!perSecond || !(byStart || detectReset(now, before))) {
    const difference = subtractHistograms(now, before);
    if (!difference.ok) {
      annotations.warn(TEXT.mixedExponentialCustom(name), position);
      return undefined;
    }
    if (difference.boundsReconciled) annotations.info(TEXT.boundsReconciled('subtraction'), position);
    growth = difference.histogram;
  }
  const result = compact({ ...growth, counterResetHint: 'gauge' });
  const elapsedS = (samples.histogramTimes[newer]! - samples.histogramTimes[older]!) / 1_000;
  return perSecond ? divideHistogram(result, elapsedS) : result;
}
