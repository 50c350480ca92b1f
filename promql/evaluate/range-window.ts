import { METRIC_NAME } from '../../model/labels.ts';
import type { Annotations } from '../annotations.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import type { PositionRange } from '../position.ts';
import type { StepGrid } from './grid.ts';
import { SeriesBuilder, timeAt, type VectorSeries } from './grid.ts';
import type { RangeSamples } from './samples.ts';

/** What of a range vector a function looks at, at one step. Indices are into `samples`, the end exclusive. */
export interface RangeWindow {
  readonly samples: RangeSamples;
  readonly from: number;
  readonly to: number;
  readonly histogramFrom: number;
  readonly histogramTo: number;
  /** The range without what `anchored` and `smoothed` add: (rangeStartMs, rangeEndMs]. */
  readonly rangeStartMs: number;
  readonly rangeEndMs: number;
  readonly rangeMs: number;
  readonly extension: 'anchored' | 'smoothed' | undefined;
  /** The step's time. */
  readonly evalMs: number;
  /** The scalar arguments at this step. */
  readonly args: readonly number[];
  /** Where to complain: the range's place. */
  readonly position: PositionRange;
  /** Where to complain of a scalar that stands before the range. */
  readonly argsPosition: PositionRange;
  readonly annotations: Annotations;
  /** Indices i of floats that are smaller than the one before: counter resets. Found once a series. */
  readonly drops: Int32Array;
}

/** Gives a float, a histogram, or nothing. */
export type RangeFunction = (window: RangeWindow) => number | NativeHistogram | undefined;

/** The windows of a range selector or subquery. */
export interface RangeShape {
  readonly grid: StepGrid;
  readonly offsetMs: number;
  readonly atMs: number | undefined;
  readonly rangeMs: number;
  readonly extendBeforeMs: number;
  readonly extendAfterMs: number;
  readonly extension: 'anchored' | 'smoothed' | undefined;
}

export const metricNameOf = (window: RangeWindow): string => window.samples.labels.get(METRIC_NAME);

/** Samples gone through between two looks at the clock; a function that sorts them takes some milliseconds for so many. */
const WORK_IN_A_ROW = 20_000;
const HISTOGRAM_WORK = 50;

/** Slides over one series and applies the function at each step; windows without a sample give nothing. */
export async function applyRangeFunction(
  samples: RangeSamples,
  shape: RangeShape,
  fn: RangeFunction,
  scalarArgs: readonly Float64Array[],
  dropName: boolean,
  at: Pick<RangeWindow, 'position' | 'argsPosition' | 'annotations'> & {
    /** Lets others have the thread, if it is time to. */
    pause(): Promise<void>;
  },
): Promise<VectorSeries | undefined> {
  const out = new SeriesBuilder(samples.labels, dropName || samples.dropName, shape.grid.steps);
  const args = scalarArgs.map(() => 0);
  const window: Mutable<RangeWindow> = {
    samples,
    from: 0,
    to: 0,
    histogramFrom: 0,
    histogramTo: 0,
    rangeStartMs: 0,
    rangeEndMs: 0,
    rangeMs: shape.rangeMs,
    extension: shape.extension,
    evalMs: 0,
    args,
    ...at,
    drops: findDrops(samples.values),
  };
  let work = 0;
  for (let step = 0; step < shape.grid.steps; step++) {
    const t = timeAt(shape.grid, step);
    moveWindow(window, shape, t);
    work += 1 + window.to - window.from + HISTOGRAM_WORK * (window.histogramTo - window.histogramFrom);
    if (work > WORK_IN_A_ROW) {
      await at.pause();
      work = 0;
    }
    if (window.from === window.to && window.histogramFrom === window.histogramTo) continue;
    for (let i = 0; i < args.length; i++) args[i] = scalarArgs[i]![step]!;
    out.set(step, fn(window));
  }
  return out.any ? out : undefined;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function moveWindow(window: Mutable<RangeWindow>, shape: RangeShape, t: number): void {
  window.evalMs = t;
  window.rangeEndMs = (shape.atMs ?? t) - shape.offsetMs;
  window.rangeStartMs = window.rangeEndMs - shape.rangeMs;
  const start = window.rangeStartMs - shape.extendBeforeMs;
  const end = window.rangeEndMs + shape.extendAfterMs;
  const { times, histogramTimes } = window.samples;
  window.from = advance(times, window.from, start);
  window.to = advance(times, Math.max(window.from, window.to), end);
  window.histogramFrom = advance(histogramTimes, window.histogramFrom, start);
  window.histogramTo = advance(histogramTimes, Math.max(window.histogramFrom, window.histogramTo), end);
}

/** The first index from `at` on whose time is after `limit`. */
function advance(times: Float64Array, at: number, limit: number): number {
  let i = at;
  while (i < times.length && times[i]! <= limit) i++;
  return i;
}

function findDrops(values: Float64Array): Int32Array {
  let count = 0;
  for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) count++;
  const drops = new Int32Array(count);
  for (let i = 1, at = 0; at < count; i++) if (values[i]! < values[i - 1]!) drops[at++] = i;
  return drops;
}
