import type { MetricsExpr } from '../../../traceql/ast.ts';
import { combineMetrics } from '../../../traceql/metrics/combine.ts';
import type { MetricsGrid, MetricsSeries } from '../../../traceql/metrics/series.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';
import { furtherMembers, jsonWithList } from '../json-list.ts';
import { partialStatus } from './partial-status.ts';
import { toJsonNumber, toKeyValues } from './values.ts';

export interface MetricsAsk {
  readonly metrics: MetricsExpr;
  readonly grid: MetricsGrid;
  /** Of a series at most. */
  readonly exemplars: number;
  /** At most; 0: all. */
  readonly maxSeries: number;
  /** Samples at every step, or the value of the only one. */
  readonly shape: 'range' | 'instant';
}

/** Tempo's `QueryRangeResponse` and `QueryInstantResponse`. */
export async function* answerMetrics(
  { store }: Pick<TraceSources, 'store'>,
  { metrics, grid, exemplars, maxSeries, shape }: MetricsAsk,
  abort: AbortSignal,
): AsyncIterable<Uint8Array> {
  let partial: string | null = null;
  const all = await combineMetrics(metrics, async (aggregate) => {
    const answer = await store.aggregate({ aggregate, grid, exemplars, abort });
    partial ??= answer.partial;
    return answer.series;
  });
  const series = maxSeries > 0 ? all.slice(0, maxSeries) : all;
  if (series.length < all.length) partial ??= tooManySeries(maxSeries);
  const rest = `${furtherMembers({ metrics: {}, ...partialStatus(partial) })}}`;
  if (shape === 'range') yield* jsonWithList('{"series":', series, (one) => rangeSeries(one, grid), rest);
  else yield* jsonWithList('{"series":', series.filter(hasValue), instantSeries, rest);
}

/** Tempo's words. */
const tooManySeries = (most: number): string =>
  `Response exceeds maximum series limit of ${most}, a partial response is returned. Warning: the accuracy of each individual value is not guaranteed.`;

const hasValue = ({ values: [value = Number.NaN] }: MetricsSeries): boolean => !Number.isNaN(value);

const instantSeries = ({ labels, values: [value = Number.NaN] }: MetricsSeries): object => ({
  labels: toKeyValues(labels),
  value: toJsonNumber(value),
});

function rangeSeries(
  { labels, values, exemplars = [] }: MetricsSeries,
  { startMs, stepMs }: MetricsGrid,
): object {
  const samples: object[] = [];
  values.forEach((value, step) => {
    if (!Number.isNaN(value))
      samples.push({ timestampMs: String(startMs + step * stepMs), value: toJsonNumber(value) });
  });
  return {
    labels: toKeyValues(labels),
    samples,
    ...(exemplars.length > 0 && {
      exemplars: exemplars.map(({ traceId, spanId, atNanos, value }) => ({
        labels: [
          { key: 'trace:id', value: { stringValue: traceId } },
          { key: 'span:id', value: { stringValue: spanId } },
        ],
        value: toJsonNumber(value),
        timestampMs: String(atNanos / 1_000_000n),
      })),
    }),
  };
}
