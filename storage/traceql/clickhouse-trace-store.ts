import type { Clock } from '../../model/units.ts';
import { foundTrace } from '../../traceql/evaluate/found.ts';
import { evaluatePipeline } from '../../traceql/evaluate/spansets.ts';
import { aggregationOf, newestIn } from '../../traceql/memory-trace-store.ts';
import type { MetricsGrid } from '../../traceql/metrics/series.ts';
import {
  type FoundTrace,
  shownFields,
  type TraceMetricsAnswer,
  type TraceMetricsRequest,
  type TraceSearchAnswer,
  type TraceSearchRequest,
  type TraceStore,
} from '../../traceql/trace-store.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { planCandidates } from './candidates.ts';
import { aggregateInStore, type MetricContext, seriesSince } from './metrics-in-store.ts';
import { RepeatedSpans } from './repeated-spans.ts';
import { ScanPace } from './scan-pace.ts';
import { walkTraces } from './walk.ts';

export interface ClickHouseTraceStoreOptions {
  readonly clickhouse: Reader;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** One search or metric; what it has by then is its answer. Default 10 s. */
  readonly maxMs?: number | undefined;
  /** Lets others have a turn; awaited now and then between two traces. */
  readonly rest?: (() => Promise<void>) | undefined;
}

/** How long traces are evaluated without a rest. */
const TURN_MS = 20;

/** Traces that one metric evaluates one by one, where SQL alone cannot say. */
const TRACES_OF_A_METRIC = 100_000;

/** TraceQL over the tables of spans and traces. Throws `StoreError`. */
export function createClickHouseTraceStore(options: ClickHouseTraceStoreOptions): TraceStore {
  const { clickhouse, clock, maxMs = 10_000, rest = async () => {} } = options;
  const pace = new ScanPace(clickhouse, clock);
  const repeats = new RepeatedSpans(clickhouse);
  const during = (abort: AbortSignal | undefined): Evaluation => {
    const end = clock.monotonic() + maxMs;
    const leftMs = () => end - clock.monotonic();
    return {
      context: { reader: clickhouse, pace, abort, repeats, leftMs },
      late: () => leftMs() < 0,
      pause: pauseEvery(TURN_MS, clock, async () => {
        await rest();
        abort?.throwIfAborted();
      }),
    };
  };
  return {
    search: (request) => search(during(request.abort), request),
    aggregate: async (request) => {
      const evaluation = during(request.abort);
      return (await aggregateInStore(evaluation.context, request)) ?? aggregateByTrace(evaluation, request);
    },
  };
}

interface Evaluation {
  readonly context: MetricContext;
  /** Whether the time for it is over. */
  readonly late: () => boolean;
  /** Something to wait for when it is somebody else's turn. */
  readonly pause: () => Promise<void> | undefined;
}

function pauseEvery(
  turnMs: number,
  clock: Pick<Clock, 'monotonic'>,
  rest: () => Promise<void>,
): Evaluation['pause'] {
  let since = clock.monotonic();
  return () => {
    if (clock.monotonic() - since < turnMs) return undefined;
    return rest().then(() => {
      since = clock.monotonic();
    });
  };
}

async function search(
  { context, late, pause }: Evaluation,
  request: TraceSearchRequest,
): Promise<TraceSearchAnswer> {
  const { pipeline, limit, startMs, endMs } = request;
  const fields = shownFields(pipeline);
  const found: { readonly newest: bigint; readonly trace: FoundTrace }[] = [];
  const inspected = { traces: 0, spans: 0 };
  let partial: string | null = null;
  const wanted = () => limit - found.length;
  const plan = planCandidates(pipeline);
  const walk = { plan, range: { startMs, endMs }, fields, wanted, late };
  for await (const walked of walkTraces(context, walk)) {
    partial ??= walked.partial;
    for (const trace of walked.traces) {
      await pause();
      inspected.traces++;
      inspected.spans += trace.spans.length;
      const spansets = evaluatePipeline(pipeline, trace);
      const newest = newestIn(trace, spansets, startMs, endMs);
      if (newest === undefined) continue;
      found.push({ newest, trace: foundTrace(trace, spansets, fields, request.spansPerSpanset) });
    }
  }
  found.sort((a, b) => Number(b.newest - a.newest) || (a.trace.traceId < b.trace.traceId ? -1 : 1));
  return {
    traces: found.slice(0, limit).map(({ trace }) => trace),
    partial,
    inspectedTraces: inspected.traces,
    inspectedSpans: inspected.spans,
  };
}

/** Evaluates trace by trace what SQL alone cannot say: structure, figures of spansets, what a trace is. */
async function aggregateByTrace(
  { context, late, pause }: Evaluation,
  { aggregate, grid, exemplars }: TraceMetricsRequest,
): Promise<TraceMetricsAnswer> {
  const aggregation = aggregationOf(aggregate, grid, exemplars);
  let left = TRACES_OF_A_METRIC;
  let partial: string | null = null;
  let sinceMs = grid.startMs;
  const walk = {
    plan: planCandidates(aggregate.pipeline),
    range: rangeOf(grid),
    fields: aggregate.compare === undefined ? shownFields(aggregate) : undefined,
    wanted: () => left,
    late,
  };
  for await (const walked of walkTraces(context, walk)) {
    partial ??= walked.partial;
    sinceMs = walked.sinceMs ?? sinceMs;
    for (const trace of walked.traces) {
      await pause();
      aggregation.add(trace);
    }
    left -= walked.traces.length;
  }
  if (left <= 0) partial ??= `Only the newest ${TRACES_OF_A_METRIC} traces were counted: shorten the range`;
  return { series: seriesSince(sinceMs, grid, aggregation.series()), partial };
}

const rangeOf = ({ startMs, stepMs, steps }: MetricsGrid) => ({ startMs, endMs: startMs + stepMs * steps });
