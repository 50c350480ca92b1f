import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import type { HeatmapCell } from '../../../charts/index.ts';

/**
 * The cells of a heatmap out of the series of `histogram_over_time(duration)`: `__bucket` is the upper bound of a
 * bucket in seconds, a power of two; what is above half of it is in it. Groups of the same bucket are added up.
 */
export function heatmapCells(series: readonly TraceMetricsSeries[]): readonly HeatmapCell[] {
  const cells = new Map<string, HeatmapCell>();
  for (const { labels, samples } of series) {
    const upTo = Number(labels.find(({ key }) => key === '__bucket')?.value);
    if (!(upTo > 0)) continue;
    for (const { timestampMs, value } of samples) {
      if (value === null || !(value > 0)) continue;
      const key = `${timestampMs} ${upTo}`;
      const before = cells.get(key)?.count ?? 0;
      cells.set(key, { timeMs: timestampMs, above: upTo / 2, upTo, count: before + value });
    }
  }
  return [...cells.values()];
}
