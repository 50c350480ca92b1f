import { extrapolationFactor } from './extrapolation.ts';
import { FLOAT, type StepGrid, type VectorSeries } from './grid.ts';
import type { RangeShape } from './range-window.ts';
import type { RateKind } from './rate.ts';
import type { RangeSamples } from './samples.ts';

/** Whether `slideFloatRate` can do this: floats alone, no start times, windows of their own at each step. */
export const isPlainRate = (samples: RangeSamples, shape: RangeShape): boolean =>
  samples.histograms.length === 0 &&
  samples.starts === undefined &&
  shape.extension === undefined &&
  shape.atMs === undefined;

/**
 * `rate`, `increase` and `delta` of a plain series at every step, in one loop: what most panels ask for, of thousands of series.
 * The same as `rate.ts`, which does the other cases.
 */
export function slideFloatRate(
  samples: RangeSamples,
  { grid, offsetMs, rangeMs }: RangeShape,
  kind: RateKind,
): VectorSeries | undefined {
  const values = new Float64Array(grid.steps);
  const present = new Uint8Array(grid.steps);
  const at = { ...grid, startMs: grid.startMs - offsetMs };
  if (!fillFloatRate(samples, at, rangeMs, kind, { values, present })) return undefined;
  return { labels: samples.labels, dropName: true, values, present, histograms: undefined };
}

/**
 * The same, written into arrays of one place a step; ranges are those before `grid`'s times, (t - rangeMs, t]. Gives whether any
 * step has a value.
 */
export function fillFloatRate(
  { times, values }: Pick<RangeSamples, 'times' | 'values'>,
  grid: StepGrid,
  rangeMs: number,
  { counter, perSecond }: RateKind,
  out: { readonly values: Float64Array; readonly present: Uint8Array },
): boolean {
  const scale = perSecond ? rangeMs / 1_000 : 1;
  const drops = counter ? new Drops(values) : undefined;
  let any = false;
  let from = 0;
  let to = 0;
  let rangeEndMs = grid.startMs;
  for (let step = 0; step < grid.steps; step++, rangeEndMs += grid.stepMs) {
    const rangeStartMs = rangeEndMs - rangeMs;
    while (from < times.length && times[from]! <= rangeStartMs) from++;
    if (to < from) to = from;
    while (to < times.length && times[to]! <= rangeEndMs) to++;
    if (to - from < 2) continue;
    const first = values[from]!;
    let growth = values[to - 1]! - first;
    if (drops !== undefined) growth += drops.lostIn(from, to);
    const zeroShare = counter && growth > 0 && first >= 0 ? first / growth : Number.POSITIVE_INFINITY;
    const factor = extrapolationFactor(
      rangeStartMs,
      rangeEndMs,
      times[from]!,
      times[to - 1]!,
      to - from - 1,
      0,
      zeroShare,
    );
    out.values[step] = growth * (factor / scale);
    out.present[step] = FLOAT;
    any = true;
  }
  return any;
}

/** Where a counter fell, and what it had reached before: it began anew there. Windows are asked for in their order. */
class Drops {
  readonly #at: number[] = [];
  readonly #values: Float64Array;
  #first = 0;

  constructor(values: Float64Array) {
    this.#values = values;
    for (let i = 1; i < values.length; i++) if (values[i]! < values[i - 1]!) this.#at.push(i);
  }

  /** What was reached before each fall after sample `from` and before sample `to`. */
  lostIn(from: number, to: number): number {
    const at = this.#at;
    while (this.#first < at.length && at[this.#first]! <= from) this.#first++;
    let lost = 0;
    for (let i = this.#first; i < at.length && at[i]! < to; i++) lost += this.#values[at[i]! - 1]!;
    return lost;
  }
}
