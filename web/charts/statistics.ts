import { isDrawable } from './domain.ts';
import type { ChartPoint } from './types.ts';

/** What a legend row says of a series over the range; null where nothing finite was seen. */
export interface SeriesStatistics {
  readonly last: number | null;
  readonly min: number | null;
  readonly max: number | null;
  readonly mean: number | null;
}

/** Statistics over the points within a range. `last` is the newest value that is there. */
export function statisticsOf(points: readonly ChartPoint[], fromMs: number, toMs: number): SeriesStatistics {
  let last: number | null = null;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let mean = 0;
  let count = 0;
  for (const [timeMs, value] of points) {
    if (timeMs < fromMs || timeMs > toMs || !isDrawable(value)) continue;
    last = value;
    if (value < min) min = value;
    if (value > max) max = value;
    count++;
    mean += (value - mean) / count;
  }
  return count === 0 ? { last: null, min: null, max: null, mean: null } : { last, min, max, mean };
}

export type Trend = 'rising' | 'falling' | 'steady';

/** Compares the mean of the last quarter of the points with that of the quarter before; under 5 % is steady. */
export function trendOf(points: readonly ChartPoint[]): Trend {
  const values = points.map(([, value]) => value).filter(isDrawable);
  const quarter = Math.max(1, Math.floor(values.length / 4));
  if (values.length < 2) return 'steady';
  const mean = (part: readonly number[]): number => part.reduce((sum, value) => sum + value / part.length, 0);
  const late = mean(values.slice(-quarter));
  const early = mean(values.slice(-2 * quarter, -quarter));
  const reference = Math.max(Math.abs(late), Math.abs(early));
  if (reference === 0 || Math.abs(late - early) / reference < 0.05) return 'steady';
  return late > early ? 'rising' : 'falling';
}

/** The index of the point nearest to a time; -1 where there is none. Points rise in time. */
export function nearestIndex(points: readonly ChartPoint[], timeMs: number): number {
  let low = 0;
  let high = points.length - 1;
  if (high < 0) return -1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (points[middle]![0] < timeMs) low = middle + 1;
    else high = middle;
  }
  if (low > 0 && timeMs - points[low - 1]![0] <= points[low]![0] - timeMs) return low - 1;
  return low;
}

const knownSteps = new WeakMap<readonly ChartPoint[], number>();

/** The usual distance between points in ms: the median of up to 200 first distances; 0 where under two points. */
export function usualStepMs(points: readonly ChartPoint[]): number {
  const known = knownSteps.get(points);
  if (known !== undefined) return known;
  const distances: number[] = [];
  for (let index = 1; index < points.length && index <= 200; index++)
    distances.push(points[index]![0] - points[index - 1]![0]);
  distances.sort((a, b) => a - b);
  const step = distances[distances.length >> 1] ?? 0;
  knownSteps.set(points, step);
  return step;
}
