import { z } from 'zod';
import { SPAN_KINDS, SPAN_STATUSES, type SpanKind, type SpanStatus } from '../traceql/ast.ts';
import type { StoredAttributes } from './attributes.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import type { Parameters } from './clickhouse/parameters.ts';

/** A span as it is stored, so that any wire format can be made of it. Ids are lower-case hex. */
export interface StoredSpan {
  readonly spanId: string;
  /** Null for a root. */
  readonly parentSpanId: string | null;
  readonly traceState: string;
  readonly service: string;
  readonly name: string;
  readonly kind: SpanKind;
  readonly status: SpanStatus;
  readonly statusMessage: string;
  /** Since the epoch. */
  readonly startNanos: bigint;
  readonly durationNanos: bigint;
  readonly attributes: StoredAttributes;
  readonly resource: StoredAttributes;
  readonly scope: { readonly name: string; readonly version: string; readonly attributes: StoredAttributes };
  readonly events: readonly {
    readonly atNanos: bigint;
    readonly name: string;
    readonly attributes: StoredAttributes;
  }[];
  readonly links: readonly {
    readonly traceId: string;
    readonly spanId: string;
    readonly attributes: StoredAttributes;
  }[];
}

export interface StoredTrace {
  /** 32 hex digits. */
  readonly traceId: string;
  /** By start; a span that came twice is there once. */
  readonly spans: readonly StoredSpan[];
  /** Whether it has more spans than the first ones, which are here. */
  readonly cut: boolean;
}

/** More are not shown of one trace. */
export const SPANS_OF_A_TRACE = 100_000;
export const TRACE_LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };

/**
 * Settings of reads that find a few rows, close together: conditions are looked at in the order in which they stand, columns of found rows
 * are not read later, nothing is compiled for them, and no threads are woken to read or write them.
 */
export const FEW_ROWS = {
  allow_reorder_prewhere_conditions: 0,
  query_plan_optimize_lazy_materialization: 0,
  output_format_parallel_formatting: 0,
  compile_expressions: 0,
  compile_aggregate_expressions: 0,
  compile_sort_description: 0,
  local_filesystem_read_method: 'pread',
};

/** The spans of one trace, whose id is the parameter `id` as 32 hex digits: `WITH` the first, `FROM` the second. */
export const WANTED_TRACE = `WITH toFixedString(unhex({id:String}), 16) AS wanted,
    (SELECT (min(start), max(end)) FROM traces WHERE trace_id = wanted) AS extent`;
export const OF_WANTED_TRACE = 'FROM spans WHERE trace_id = wanted AND time >= extent.1 AND time <= extent.2';
/** A span that came twice counts once; the parameter `most` is one more than {@link SPANS_OF_A_TRACE}. */
export const IN_ORDER = 'ORDER BY time, span_id LIMIT 1 BY span_id, kind LIMIT {most:UInt32}';

export const isTraceId = (text: string): boolean => /^[0-9a-f]{32}$/i.test(text);

const detail = (condition: string): string => `${WANTED_TRACE}
  SELECT lower(hex(span_id)) AS spanId, lower(hex(parent_span_id)) AS parentSpanId, trace_state AS traceState, service, name, kind,
    status, status_message AS statusMessage, toString(toUnixTimestamp64Nano(time)) AS start, toString(duration) AS duration,
    attributes, attribute_kinds AS attributeKinds, resource, resource_kinds AS resourceKinds,
    scope, scope_version AS scopeVersion, scope_attributes AS scopeAttributes, scope_attribute_kinds AS scopeAttributeKinds,
    arrayMap(t -> toString(toUnixTimestamp64Nano(t)), events.time) AS eventTimes, events.name AS eventNames,
    events.attributes AS eventAttributes, events.kinds AS eventKinds,
    arrayMap(i -> lower(hex(i)), links.trace_id) AS linkTraces, arrayMap(i -> lower(hex(i)), links.span_id) AS linkSpans,
    links.attributes AS linkAttributes, links.kinds AS linkKinds
  ${OF_WANTED_TRACE}${condition}
  ${IN_ORDER}`;
const EVERY_SPAN = detail('');
const SPANS_OF_AN_ID = detail(' AND span_id = toFixedString(unhex({span:String}), 8)');

/**
 * Every span of a trace that was received, at most {@link SPANS_OF_A_TRACE}. `traceId` is 32 hex digits in either case. Null when
 * there is none. Throws `StoreError`.
 */
export async function getTrace(
  reader: Reader,
  traceId: string,
  abort?: AbortSignal,
): Promise<StoredTrace | null> {
  if (!isTraceId(traceId)) return null;
  const spans = await readSpans(reader, EVERY_SPAN, { id: traceId, most: SPANS_OF_A_TRACE + 1 }, abort);
  if (spans.length === 0) return null;
  return {
    traceId: traceId.toLowerCase(),
    spans: spans.slice(0, SPANS_OF_A_TRACE),
    cut: spans.length > SPANS_OF_A_TRACE,
  };
}

/** The spans of a trace with this id, 16 hex digits: one, or some of different kinds; none where there is none. Throws `StoreError`. */
export async function getSpans(
  reader: Reader,
  traceId: string,
  spanId: string,
  abort?: AbortSignal,
): Promise<readonly StoredSpan[]> {
  if (!isTraceId(traceId) || !/^[0-9a-f]{16}$/i.test(spanId)) return [];
  return readSpans(reader, SPANS_OF_AN_ID, { id: traceId, span: spanId, most: SPANS_OF_A_TRACE }, abort);
}

async function readSpans(
  reader: Reader,
  sql: string,
  parameters: Parameters,
  abort: AbortSignal | undefined,
): Promise<StoredSpan[]> {
  const spans: StoredSpan[] = [];
  const request = {
    ...{ sql, parameters, limits: TRACE_LIMITS, what: 'trace by id' },
    settings: FEW_ROWS,
    ...(abort && { abort }),
  };
  for await (const line of linesOf(reader.stream(request, 'JSONEachRow'))) {
    const row: unknown = JSON.parse(line);
    // Columns have one type in all rows, and a hundred thousand take their time to look at.
    spans.push(toSpan(spans.length === 0 ? spanRow.parse(row) : (row as SpanRow)));
  }
  return spans;
}

/** Lines of a text that comes in pieces. */
async function* linesOf(pieces: AsyncIterable<Buffer>): AsyncIterable<string> {
  let rest: Buffer[] = [];
  for await (const piece of pieces) {
    let from = 0;
    for (let end = piece.indexOf(NEW_LINE); end >= 0; end = piece.indexOf(NEW_LINE, from)) {
      rest.push(piece.subarray(from, end));
      yield rest.length === 1 ? rest[0]!.toString() : Buffer.concat(rest).toString();
      rest = [];
      from = end + 1;
    }
    if (from < piece.length) rest.push(piece.subarray(from));
  }
  if (rest.length > 0) yield Buffer.concat(rest).toString();
}
const NEW_LINE = 0x0a;

const texts = z.record(z.string(), z.string());
const spanRow = z.object({
  spanId: z.string(),
  parentSpanId: z.string(),
  traceState: z.string(),
  service: z.string(),
  name: z.string(),
  kind: z.enum(SPAN_KINDS),
  status: z.enum(SPAN_STATUSES),
  statusMessage: z.string(),
  start: z.string(),
  duration: z.string(),
  attributes: texts,
  attributeKinds: z.string(),
  resource: texts,
  resourceKinds: z.string(),
  scope: z.string(),
  scopeVersion: z.string(),
  scopeAttributes: texts,
  scopeAttributeKinds: z.string(),
  eventTimes: z.array(z.string()),
  eventNames: z.array(z.string()),
  eventAttributes: z.array(texts),
  eventKinds: z.array(z.string()),
  linkTraces: z.array(z.string()),
  linkSpans: z.array(z.string()),
  linkAttributes: z.array(texts),
  linkKinds: z.array(z.string()),
});

type SpanRow = z.infer<typeof spanRow>;

function toSpan(read: SpanRow): StoredSpan {
  const { spanId, traceState, service, name, kind, status, statusMessage } = read;
  return {
    ...{ spanId, traceState, service, name, kind, status, statusMessage },
    parentSpanId: /^0*$/.test(read.parentSpanId) ? null : read.parentSpanId,
    startNanos: BigInt(read.start),
    durationNanos: BigInt(read.duration),
    attributes: { texts: read.attributes, kinds: read.attributeKinds },
    resource: { texts: read.resource, kinds: read.resourceKinds },
    scope: {
      name: read.scope,
      version: read.scopeVersion,
      attributes: { texts: read.scopeAttributes, kinds: read.scopeAttributeKinds },
    },
    events: read.eventTimes.map((at, i) => ({
      atNanos: BigInt(at),
      name: read.eventNames[i] ?? '',
      attributes: { texts: read.eventAttributes[i] ?? {}, kinds: read.eventKinds[i] ?? '' },
    })),
    links: read.linkTraces.map((linked, i) => ({
      traceId: linked,
      spanId: read.linkSpans[i] ?? '',
      attributes: { texts: read.linkAttributes[i] ?? {}, kinds: read.linkKinds[i] ?? '' },
    })),
  };
}
