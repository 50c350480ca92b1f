import { extent, nice, tickIncrement } from 'd3';
import type { ChartPoint, ChartSeries, Threshold } from './types.ts';

/** Whether a point can be drawn: present and finite. */
export const isDrawable = (value: number | null | undefined): value is number =>
  value !== null && value !== undefined && Number.isFinite(value);

/** The finite values among points inside a range, both ends inclusive. */
function* valuesWithin(points: readonly ChartPoint[], fromMs: number, toMs: number): Generator<number> {
  for (const [timeMs, value] of points)
    if (timeMs >= fromMs && timeMs <= toMs && isDrawable(value)) yield value;
}

export interface DomainOptions {
  /** Fixed ends win over data. */
  readonly min?: number | undefined;
  readonly max?: number | undefined;
  /** Start at zero unless values are negative; the default, as a cut axis exaggerates. */
  readonly zero?: boolean | undefined;
  readonly ticks?: number | undefined;
}

/** Beyond this, steps between ticks are no longer numbers. */
const LARGEST = 1e300;

/**
 * A finite domain of positive length with round ends for any values: none, one, all equal, huge or tiny ones.
 */
export function valueDomain(
  values: Iterable<number>,
  options: DomainOptions = {},
): readonly [number, number] {
  const [dataLow, dataHigh] = extent(values);
  let low = dataLow ?? 0;
  let high = dataHigh ?? 1;
  if (options.zero !== false) {
    low = Math.min(0, low);
    high = Math.max(0, high);
  }
  if (low === high) {
    const padding = low === 0 ? 1 : Math.abs(low) * 0.1;
    if (low >= 0 && options.zero !== false) high = low + padding;
    else {
      low -= padding;
      high += padding;
    }
  }
  low = Math.max(low, -LARGEST);
  high = Math.min(high, LARGEST);
  const count = options.ticks ?? 5;
  const increment = tickIncrement(low, high, count);
  if (increment !== 0 && Number.isFinite(increment)) [low, high] = nice(low, high, count);
  low = options.min ?? low;
  high = options.max ?? high;
  return low < high ? [low, high] : [low, low + (Math.abs(low) * 0.1 || 1)];
}

/**
 * Every value that the axis must hold: the data, and thresholds within reach of it, so that a limit far above does
 * not flatten the line.
 */
export function axisValues(
  series: readonly ChartSeries[],
  fromMs: number,
  toMs: number,
  thresholds: readonly Threshold[],
): readonly number[] {
  const values: number[] = [];
  for (const one of series) values.push(...extentOf(valuesWithin(one.points, fromMs, toMs)));
  const top = values.reduce((highest, value) => Math.max(highest, Math.abs(value)), 0);
  for (const threshold of thresholds)
    if (Number.isFinite(threshold.value) && (values.length === 0 || Math.abs(threshold.value) <= top * 4))
      values.push(threshold.value);
  return values;
}

function extentOf(values: Iterable<number>): number[] {
  const [low, high] = extent(values);
  return low === undefined || high === undefined ? [] : [low, high];
}
