import { isDrawable } from './domain.ts';
import type { ChartPoint, ChartSeries } from './types.ts';

/** A series lifted onto those below it: `base` and `points` have the same times. */
export interface StackedSeries {
  readonly series: ChartSeries;
  readonly base: readonly ChartPoint[];
  readonly points: readonly ChartPoint[];
}

/**
 * Stacks series over the union of their times. Where a series has no value it adds nothing to those above and its own
 * area has a gap. Negative values stack downwards from zero.
 */
export function stackSeries(all: readonly ChartSeries[]): readonly StackedSeries[] {
  const times = unionTimes(all);
  const above = new Map<number, number>();
  const below = new Map<number, number>();
  return all.map((series) => {
    const values = new Map(series.points);
    const base: ChartPoint[] = [];
    const points: ChartPoint[] = [];
    for (const timeMs of times) {
      const value = values.get(timeMs);
      if (!isDrawable(value)) {
        base.push([timeMs, null]);
        points.push([timeMs, null]);
        continue;
      }
      const side = value < 0 ? below : above;
      const floor = side.get(timeMs) ?? 0;
      side.set(timeMs, floor + value);
      base.push([timeMs, floor]);
      points.push([timeMs, floor + value]);
    }
    return { series, base, points };
  });
}

/** Every time at which any series has a point, rising. */
export function unionTimes(all: readonly ChartSeries[]): readonly number[] {
  const times = new Set<number>();
  for (const series of all) for (const [timeMs] of series.points) times.add(timeMs);
  return [...times].sort((a, b) => a - b);
}
