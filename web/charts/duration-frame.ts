import { ticks as linearTicks, scaleLinear, scaleLog } from 'd3';
import { formatValue } from './format.ts';
import { gutter, type PlotFrame } from './plot-frame.ts';
import { timeTicks } from './time-format.ts';
import type { Size, TimeRange } from './types.ts';

export interface DurationFrameInput {
  readonly size: Size;
  readonly range: TimeRange;
  /** What the axis must hold, seconds; both above 0. */
  readonly shortest: number;
  readonly longest: number;
  readonly locale: string;
  readonly timeZone?: string | undefined;
}

/** Below this, seconds, durations are drawn on the axis's lower end: a logarithm has no zero. */
export const SHORTEST_SHOWN = 1e-6;

/** A plot of durations over time: their axis is logarithmic, since a slow one is slow by factors. */
export function durationFrame(input: DurationFrameInput): PlotFrame {
  const { size, range, locale, timeZone } = input;
  const top = 12;
  const bottom = Math.max(top + 10, size.height - 20);
  const low = Math.max(SHORTEST_SHOWN, Math.min(input.shortest, input.longest));
  const high = Math.max(input.longest, low * 2);
  const ticks = durationTicks(low, high, Math.max(2, Math.floor((bottom - top) / 28))).map((value) => ({
    value,
    label: formatValue(value, { unit: 's', locale }),
  }));
  const valueAxis = { ticks, unitLabel: '' };
  const left = gutter(valueAxis);
  const right = Math.max(left + 20, size.width - 10);
  const toMs = Math.max(range.toMs, range.fromMs + 1);
  return {
    size,
    left,
    right,
    top,
    bottom,
    range: { fromMs: range.fromMs, toMs },
    x: scaleLinear([range.fromMs, toMs], [left, right]),
    y: scaleLog([low, high], [bottom, top]),
    valueAxis,
    timeTicks: timeTicks(range.fromMs, toMs, Math.max(2, (right - left) / 54), locale, timeZone),
  };
}

/** 1, 2 and 5 of each decade, or only 1 and 3, or only 1, so that there are at most so many. */
export function durationTicks(low: number, high: number, most: number): readonly number[] {
  let ticks: number[] = [];
  for (const steps of [[1, 2, 5], [1, 3], [1]]) {
    ticks = [];
    for (let power = Math.floor(Math.log10(low)); 10 ** power <= high; power++)
      for (const step of steps) {
        const tick = Number((step * 10 ** power).toPrecision(3));
        if (tick >= low && tick <= high) ticks.push(tick);
      }
    // Durations of one magnitude: round steps between them, as on any axis.
    if (ticks.length < 3 && high / low < 10) return linearTicks(low, high, Math.min(4, most));
    if (ticks.length <= most) return ticks;
  }
  const stride = Math.ceil(ticks.length / most);
  return ticks.filter((_, index) => index % stride === 0);
}
