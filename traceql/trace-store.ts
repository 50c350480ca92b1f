import type { Field, MetricsAggregate, Pipeline, StaticValue } from './ast.ts';
import type { MetricsGrid, MetricsSeries } from './metrics/series.ts';

/** What TraceQL reads from. Validated queries only. Times are epoch milliseconds, ends are exclusive. */
export interface TraceStore {
  /** Traces of which the pipeline leaves a span that starts in the range; the newest first. */
  search(request: TraceSearchRequest): Promise<TraceSearchAnswer>;
  /** The series of one function over the spans that its pipeline leaves, those that start on the grid. */
  aggregate(request: TraceMetricsRequest): Promise<TraceMetricsAnswer>;
}

export interface TraceSearchRequest {
  readonly pipeline: Pipeline;
  readonly startMs: number;
  readonly endMs: number;
  /** Traces at most. */
  readonly limit: number;
  /** Spans shown of a spanset at most; 0: all. */
  readonly spansPerSpanset: number;
  readonly abort?: AbortSignal | undefined;
}

export interface TraceSearchAnswer {
  readonly traces: readonly FoundTrace[];
  /** Why there may be more than was found; null when the whole range was looked at. */
  readonly partial: string | null;
  readonly inspectedTraces: number;
  readonly inspectedSpans: number;
}

export interface FoundTrace {
  /** Lower-case hex. */
  readonly traceId: string;
  /** Whether a root has come. */
  readonly complete: boolean;
  /** '' while no root has come. */
  readonly rootService: string;
  readonly rootName: string;
  readonly startNanos: bigint;
  readonly durationNanos: number;
  /** Null where none of its spans has one; of several the last in the order of text. */
  readonly campaignId: string | null;
  readonly services: Readonly<Record<string, { readonly spans: number; readonly errors: number }>>;
  readonly spansets: readonly FoundSpanset[];
}

export interface FoundSpanset {
  /** Spans that matched, shown or not. */
  readonly matched: number;
  readonly spans: readonly FoundSpan[];
  /** Keys of `by`, figures of aggregates. */
  readonly attributes: readonly NamedValue[];
}

export interface FoundSpan {
  readonly spanId: string;
  readonly service: string;
  readonly name: string;
  readonly startNanos: bigint;
  readonly durationNanos: number;
  /** Fields that the query asks for or selects and the span has, by their names in the query. */
  readonly attributes: readonly NamedValue[];
}

export interface NamedValue {
  readonly name: string;
  readonly value: StaticValue;
}

export interface TraceMetricsRequest {
  readonly aggregate: MetricsAggregate;
  readonly grid: MetricsGrid;
  /**
   * Exemplars of a series at most; none unless told. They come with the series ({@link MetricsSeries.exemplars}): trace id, span id,
   * start, step, value. `compare()` has none.
   */
  readonly exemplars?: number | undefined;
  readonly abort?: AbortSignal | undefined;
}

export interface TraceMetricsAnswer {
  readonly series: readonly MetricsSeries[];
  readonly partial: string | null;
}

/** The fields that a query asks for or selects, each once, in its order. */
export function shownFields(query: Pipeline | MetricsAggregate): readonly Field[] {
  const fields = new Map<string, Field>();
  for (const field of fieldsOf(query)) {
    const key = field.kind === 'intrinsic' ? field.intrinsic : `${field.scope}.${field.name}`;
    if (!fields.has(key)) fields.set(key, field);
  }
  return [...fields.values()];
}

/** Every field in a tree, whatever its nodes: all of them keep their parts in plain properties. */
function* fieldsOf(node: unknown): Iterable<Field> {
  if (Array.isArray(node)) for (const each of node) yield* fieldsOf(each);
  else if (typeof node === 'object' && node !== null) {
    const { kind } = node as { readonly kind?: unknown };
    if (kind === 'attribute' || kind === 'intrinsic') yield node as Field;
    else for (const part of Object.values(node)) yield* fieldsOf(part);
  }
}
