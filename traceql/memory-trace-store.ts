import type { MetricsAggregate } from './ast.ts';
import { spanComparison } from './evaluate/compare.ts';
import { foundTrace } from './evaluate/found.ts';
import { type SpanAggregation, spanAggregation } from './evaluate/metrics.ts';
import { evaluatePipeline, type Spanset } from './evaluate/spansets.ts';
import type { MetricsGrid } from './metrics/series.ts';
import type { Trace } from './trace.ts';
import {
  shownFields,
  type TraceMetricsAnswer,
  type TraceMetricsRequest,
  type TraceSearchAnswer,
  type TraceSearchRequest,
  type TraceStore,
} from './trace-store.ts';

/** A store of traces in memory: what every other one is held against. */
export class MemoryTraceStore implements TraceStore {
  readonly #traces: readonly Trace[];

  constructor(traces: readonly Trace[]) {
    this.#traces = traces;
  }

  async search(request: TraceSearchRequest): Promise<TraceSearchAnswer> {
    const fields = shownFields(request.pipeline);
    const found = this.#traces.flatMap((trace) => {
      const spansets = evaluatePipeline(request.pipeline, trace);
      const newest = newestIn(trace, spansets, request.startMs, request.endMs);
      if (newest === undefined) return [];
      return [{ newest, trace: foundTrace(trace, spansets, fields, request.spansPerSpanset) }];
    });
    found.sort((a, b) => Number(b.newest - a.newest) || (a.trace.traceId < b.trace.traceId ? -1 : 1));
    return {
      traces: found.slice(0, request.limit).map(({ trace }) => trace),
      partial: null,
      inspectedTraces: this.#traces.length,
      inspectedSpans: this.#traces.reduce((sum, { spans }) => sum + spans.length, 0),
    };
  }

  async aggregate({ aggregate, grid, exemplars }: TraceMetricsRequest): Promise<TraceMetricsAnswer> {
    const aggregation = aggregationOf(aggregate, grid, exemplars);
    for (const trace of this.#traces) aggregation.add(trace);
    return { series: aggregation.series(), partial: null };
  }
}

/** When the newest span of these spansets began that began in the range; undefined if none did. Epoch nanoseconds. */
export function newestIn(
  trace: Trace,
  spansets: readonly Spanset[],
  startMs: number,
  endMs: number,
): bigint | undefined {
  const [from, to] = [nanosOf(startMs), nanosOf(endMs)];
  let newest: bigint | undefined;
  for (const { spans } of spansets) {
    for (const index of spans) {
      const { startNanos } = trace.spans[index]!;
      if (startNanos >= from && startNanos < to && (newest === undefined || startNanos > newest))
        newest = startNanos;
    }
  }
  return newest;
}

const nanosOf = (ms: number): bigint => BigInt(Math.round(ms)) * 1_000_000n;

/** Any function of TraceQL's metrics, trace by trace. */
export function aggregationOf(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  exemplars?: number,
): SpanAggregation {
  const { compare } = aggregate;
  return compare === undefined
    ? spanAggregation(aggregate, grid, exemplars)
    : spanComparison({ ...aggregate, compare }, grid);
}
