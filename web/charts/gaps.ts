import { isDrawable } from './domain.ts';
import { usualStepMs } from './statistics.ts';
import type { ChartPoint } from './types.ts';

/**
 * Points with a null wherever the series was silent: Prometheus leaves missing samples out, and a line drawn over them
 * would claim values that nobody reported. A distance over 1.8 times the usual step is a silence.
 */
export function withGaps(points: readonly ChartPoint[], stepMs = usualStepMs(points)): readonly ChartPoint[] {
  if (stepMs <= 0) return points;
  const limit = stepMs * 1.8;
  const out: ChartPoint[] = [];
  let previous: ChartPoint | undefined;
  for (const point of points) {
    if (previous !== undefined && point[0] - previous[0] > limit) out.push([previous[0] + stepMs, null]);
    out.push(isDrawable(point[1]) ? point : [point[0], null]);
    previous = point;
  }
  return out;
}

/** Points with a value whose neighbours have none: a line does not show them, so they are drawn as dots. */
export function lonePoints(points: readonly ChartPoint[]): readonly ChartPoint[] {
  return points.filter(
    (point, index) =>
      isDrawable(point[1]) && !isDrawable(points[index - 1]?.[1]) && !isDrawable(points[index + 1]?.[1]),
  );
}

/**
 * At most four points for each of `columns` pixel columns: first, lowest, highest and last, so that the drawn line is the
 * same as with all of them. Gaps stay.
 */
export function thin(
  points: readonly ChartPoint[],
  fromMs: number,
  toMs: number,
  columns: number,
): readonly ChartPoint[] {
  if (points.length <= columns * 4 || columns < 1) return points;
  const width = (toMs - fromMs) / columns;
  const out: ChartPoint[] = [];
  let start = 0;
  while (start < points.length) {
    const column = Math.floor((points[start]![0] - fromMs) / width);
    let end = start;
    let low = start;
    let high = start;
    let gap = -1;
    while (end < points.length && Math.floor((points[end]![0] - fromMs) / width) === column) {
      const value = points[end]![1];
      if (value === null) gap = end;
      else {
        if (points[low]![1] === null || value < points[low]![1]!) low = end;
        if (points[high]![1] === null || value > points[high]![1]!) high = end;
      }
      end++;
    }
    const kept = new Set([start, low, high, end - 1]);
    if (gap >= 0) kept.add(gap);
    for (const index of [...kept].sort((a, b) => a - b)) out.push(points[index]!);
    start = end;
  }
  return out;
}
