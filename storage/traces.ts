import { z } from 'zod';
import {
  type Span,
  span as spanSchema,
  type TraceDetail,
  type TraceSearchResult,
  type TraceSummary,
} from '../model/api/trace.ts';
import { typedAttributes } from './attributes.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import type { Parameters } from './clickhouse/parameters.ts';

/** Which traces are wanted: those that have a span with all of this. Times are epoch milliseconds, the end is exclusive. */
export interface TraceSearch {
  readonly service?: string;
  readonly name?: string;
  readonly campaignId?: string;
  readonly status?: 'unset' | 'ok' | 'error';
  /** Of the whole trace. */
  readonly minDurationMs?: number;
  readonly maxDurationMs?: number;
  /** Span or resource attributes that must be equal, as text. */
  readonly attributes?: readonly (readonly [key: string, value: string])[];
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

const MINUTE_MS = 60_000;
/** Candidates looked at in one window; when there are more, the window is cut where they end. */
const CANDIDATES = 1_000;
const WINDOWS = 24;
const SPANS_OF_A_TRACE = 50_000;
const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };

/**
 * Traces that match, the newest first. It walks backwards in windows that grow while they give little, and stops when it has enough;
 * `partial` says that it gave up before it had looked at the whole range. Throws `StoreError`.
 */
export async function searchTraces(
  reader: Reader,
  search: TraceSearch,
  abort?: AbortSignal,
): Promise<TraceSearchResult> {
  const found = new Map<string, TraceSummary>();
  let end = search.endMs;
  let size = MINUTE_MS;
  for (let windows = 0; end > search.startMs && found.size < search.limit; windows++) {
    if (windows === WINDOWS)
      return result(
        found,
        search.limit,
        `Only traces since ${new Date(end).toISOString()} were looked at; narrow the search`,
      );
    const start = Math.max(search.startMs, end - size);
    const candidates = await candidatesIn(reader, search, start, end, abort);
    const before = found.size;
    if (candidates.ids.length > 0)
      for (const trace of await fold(reader, search, candidates.ids, start, end, abort))
        found.set(trace.traceId, trace);
    // A cut window goes on where its oldest candidate lies; one that was all looked at goes on at its start.
    end = candidates.cut ? Math.max(start, Math.min(candidates.oldestMs, end - 1)) : start;
    if (!candidates.cut && found.size - before < search.limit / 2) size *= 4;
  }
  return result(found, search.limit, null);
}

function result(
  found: ReadonlyMap<string, TraceSummary>,
  limit: number,
  reason: string | null,
): TraceSearchResult {
  const traces = [...found.values()].sort((a, b) => b.startMs - a.startMs).slice(0, limit);
  return { traces, partial: reason !== null, reason };
}

/** Conditions on one span, and their parameters. */
function spanConditions(search: TraceSearch): { where: string; parameters: Parameters } {
  const where: string[] = [];
  const parameters: Record<string, string> = {};
  const equal = (column: string, value: string | undefined): void => {
    if (value === undefined) return;
    where.push(`${column} = {${column}:String}`);
    parameters[column] = value;
  };
  equal('service', search.service);
  equal('name', search.name);
  equal('campaign_id', search.campaignId);
  equal('status', search.status);
  for (const [index, [key, value]] of (search.attributes ?? []).entries()) {
    where.push(
      `(attributes[{key${index}:String}] = {value${index}:String} OR resource[{key${index}:String}] = {value${index}:String})`,
    );
    parameters[`key${index}`] = key;
    parameters[`value${index}`] = value;
  }
  return { where: where.map((each) => ` AND ${each}`).join(''), parameters };
}

const candidateRow = z.object({ id: z.string(), newest: z.coerce.number() });

async function candidatesIn(
  reader: Reader,
  search: TraceSearch,
  startMs: number,
  endMs: number,
  abort: AbortSignal | undefined,
): Promise<{ ids: readonly string[]; cut: boolean; oldestMs: number }> {
  const { where, parameters } = spanConditions(search);
  const rows = await reader.rows({
    sql: `SELECT hex(trace_id) AS id, toUnixTimestamp64Milli(max(time)) AS newest FROM spans
      WHERE time >= fromUnixTimestamp64Milli({start:Int64}) AND time < fromUnixTimestamp64Milli({end:Int64})${where}
      GROUP BY trace_id ORDER BY newest DESC LIMIT ${CANDIDATES}`,
    parameters: { ...parameters, start: Math.floor(startMs), end: Math.ceil(endMs) },
    limits: LIMITS,
    what: 'search traces',
    ...(abort === undefined ? {} : { abort }),
  });
  const candidates = rows.map((row) => candidateRow.parse(row));
  return {
    ids: candidates.map((each) => each.id),
    cut: candidates.length === CANDIDATES,
    oldestMs: candidates.at(-1)?.newest ?? startMs,
  };
}

const summaryRow = z.object({
  id: z.string(),
  startMs: z.coerce.number(),
  durationMs: z.coerce.number(),
  rootService: z.string(),
  rootName: z.string(),
  roots: z.coerce.number(),
  spans: z.coerce.number(),
  errors: z.coerce.number(),
  services: z.array(z.string()),
  campaignId: z.string(),
});

/** A trace may reach over midnight or a long order over hours: what is folded lies within a day around the window. */
async function fold(
  reader: Reader,
  search: TraceSearch,
  ids: readonly string[],
  startMs: number,
  endMs: number,
  abort: AbortSignal | undefined,
): Promise<readonly TraceSummary[]> {
  const rows = await reader.rows({
    sql: `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(start)) / 1e6 AS startMs,
        (toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start))) / 1e6 AS durationMs,
        max(root_service) AS rootService, max(root_name) AS rootName, sum(roots) AS roots, sum(spans) AS spans,
        sum(errors) AS errors, arraySort(groupUniqArrayArray(services)) AS services, max(campaign_id) AS campaignId
      FROM traces
      WHERE trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
        AND day >= toDate(fromUnixTimestamp64Milli({start:Int64})) - 1 AND day <= toDate(fromUnixTimestamp64Milli({end:Int64})) + 1
      GROUP BY trace_id
      HAVING durationMs >= {minimum:Float64} AND durationMs <= {maximum:Float64}
      ORDER BY startMs DESC LIMIT {limit:UInt32}`,
    parameters: {
      ids,
      start: Math.floor(startMs),
      end: Math.ceil(endMs),
      minimum: search.minDurationMs ?? 0,
      maximum: search.maxDurationMs ?? 1e15,
      limit: search.limit,
    },
    limits: LIMITS,
    what: 'search traces',
    ...(abort === undefined ? {} : { abort }),
  });
  return rows.map((row) => {
    const { id, roots, campaignId, ...rest } = summaryRow.parse(row);
    return { traceId: id, ...rest, campaignId: campaignId === '' ? null : campaignId, complete: roots > 0 };
  });
}

const texts = z.record(z.string(), z.string());
const spanRow = z.object({
  spanId: z.string(),
  parentSpanId: z.string(),
  service: z.string(),
  name: z.string(),
  kind: spanSchema.shape.kind,
  status: spanSchema.shape.status,
  statusMessage: z.string(),
  startUnixNano: z.string(),
  durationNano: z.string(),
  attributes: texts,
  attributeKinds: z.string(),
  resource: texts,
  resourceKinds: z.string(),
  scope: z.string(),
  eventTimes: z.array(z.string()),
  eventNames: z.array(z.string()),
  eventAttributes: z.array(texts),
  eventKinds: z.array(z.string()),
  linkTraces: z.array(z.string()),
  linkSpans: z.array(z.string()),
  linkAttributes: z.array(texts),
  linkKinds: z.array(z.string()),
});

const DETAIL = `SELECT lower(hex(span_id)) AS spanId, lower(hex(parent_span_id)) AS parentSpanId, service, name, kind, status,
    status_message AS statusMessage, toString(toUnixTimestamp64Nano(time)) AS startUnixNano, toString(duration) AS durationNano,
    attributes, attribute_kinds AS attributeKinds, resource, resource_kinds AS resourceKinds, scope,
    arrayMap(t -> toString(toUnixTimestamp64Nano(t)), events.time) AS eventTimes, events.name AS eventNames,
    events.attributes AS eventAttributes, events.kinds AS eventKinds,
    arrayMap(i -> lower(hex(i)), links.trace_id) AS linkTraces, arrayMap(i -> lower(hex(i)), links.span_id) AS linkSpans,
    links.attributes AS linkAttributes, links.kinds AS linkKinds
  FROM spans
  WHERE trace_id = toFixedString(unhex({id:String}), 16)
    AND time >= (SELECT min(start) FROM traces WHERE trace_id = toFixedString(unhex({id:String}), 16))
    AND time <= (SELECT max(end) FROM traces WHERE trace_id = toFixedString(unhex({id:String}), 16))
  ORDER BY time LIMIT ${SPANS_OF_A_TRACE}`;

/** Every span of a trace that was received, by start; at most 50,000. `traceId` is 32 hex digits. Null when there is none. */
export async function getTrace(
  reader: Reader,
  traceId: string,
  abort?: AbortSignal,
): Promise<TraceDetail | null> {
  if (!/^[0-9a-f]{32}$/i.test(traceId)) return null;
  const rows = await reader.rows({
    sql: DETAIL,
    parameters: { id: traceId },
    limits: LIMITS,
    what: 'trace by id',
    ...(abort === undefined ? {} : { abort }),
  });
  return rows.length === 0 ? null : { traceId: traceId.toLowerCase(), spans: rows.map(toSpan) };
}

function toSpan(row: Readonly<Record<string, unknown>>): Span {
  const read = spanRow.parse(row);
  return {
    spanId: read.spanId,
    parentSpanId: /^0*$/.test(read.parentSpanId) ? null : read.parentSpanId,
    service: read.service,
    name: read.name,
    kind: read.kind,
    status: read.status,
    statusMessage: read.statusMessage,
    startUnixNano: read.startUnixNano,
    durationNano: read.durationNano,
    attributes: typedAttributes(read.attributes, read.attributeKinds),
    resource: typedAttributes(read.resource, read.resourceKinds),
    scope: read.scope,
    events: read.eventTimes.map((atUnixNano, index) => ({
      atUnixNano,
      name: read.eventNames[index] ?? '',
      attributes: typedAttributes(read.eventAttributes[index] ?? {}, read.eventKinds[index] ?? ''),
    })),
    links: read.linkTraces.map((trace, index) => ({
      traceId: trace,
      spanId: read.linkSpans[index] ?? '',
      attributes: typedAttributes(read.linkAttributes[index] ?? {}, read.linkKinds[index] ?? ''),
    })),
  };
}
