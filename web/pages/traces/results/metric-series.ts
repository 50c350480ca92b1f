import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import type { ChartExemplar, ChartSeries } from '../../../charts/index.ts';

/** Series of a TraceQL metrics query for a chart; each is called by its labels' values: `order, p95`. */
export const seriesOfMetrics = (all: readonly TraceMetricsSeries[]): readonly ChartSeries[] =>
  all.map(({ labels, samples }) => ({
    name: labels.map(({ key, value }) => (key === 'p' ? `p${Number(value) * 100}` : value)).join(', '),
    labels: Object.fromEntries(labels.map(({ key, value }) => [key, String(value)])),
    points: samples
      .map(({ timestampMs, value }) => [timestampMs, value] as const)
      .toSorted(([a], [b]) => a - b),
  }));

const EXEMPLARS_MAX = 60;

/** Traces behind the values, the slowest first. */
export const exemplarsOfMetrics = (all: readonly TraceMetricsSeries[]): readonly ChartExemplar[] =>
  all
    .flatMap(({ exemplars }) => exemplars)
    .flatMap(({ labels, timestampMs, value }) => {
      const traceId = labels.find(({ key }) => key === 'trace:id')?.value;
      return typeof traceId === 'string' && Number.isFinite(value)
        ? [{ traceId, timeMs: timestampMs, value }]
        : [];
    })
    .toSorted((a, b) => b.value - a.value)
    .slice(0, EXEMPLARS_MAX);

/** Grafana's unit of what a metrics function gives; durations are seconds. */
export function unitOfMetrics(query: string, func: string): string {
  if (func === 'rate') return 'suffix:/s';
  if (func === 'count_over_time') return 'short';
  return /_over_time\s*\(\s*(span:)?duration|_over_time\s*\(\s*(trace:duration|traceDuration)/.test(query)
    ? 's'
    : 'short';
}
