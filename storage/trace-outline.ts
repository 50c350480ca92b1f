import { z } from 'zod';
import type { OutlinedSpan, TraceOutline } from '../model/api/trace-outline.ts';
import { SPAN_KINDS, SPAN_STATUSES } from '../traceql/ast.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import {
  IN_ORDER,
  isTraceId,
  OF_WANTED_TRACE,
  SPANS_OF_A_TRACE,
  TRACE_LIMITS,
  WANTED_TRACE,
} from './traces.ts';

/** An array a column: a row each for 100,000 spans would be named and taken apart 100,000 times. */
const OUTLINE = `${WANTED_TRACE}
  SELECT toString(toUnixTimestamp64Nano(any(extent.1))) AS startUnixNano,
    groupArray(lower(hex(span_id))) AS spanIds, groupArray(lower(hex(parent_span_id))) AS parentSpanIds,
    groupArray(service) AS services, groupArray(name) AS names, groupArray(kind) AS kinds, groupArray(status) AS statuses,
    groupArray(multiIf(host_id != '', host_id, host_name != '', host_name, instance != '', instance, concat('service ', service)))
      AS clocks,
    groupArray(campaign_id) AS campaigns, groupArray(start) AS starts, groupArray(duration) AS durations,
    groupArray(event_times) AS eventTimes, groupArray(event_names) AS eventNames, groupArray(links) AS links
  FROM (
    SELECT span_id, parent_span_id, service, name, kind, status, campaign_id, duration,
      resource['host.id'] AS host_id, resource['host.name'] AS host_name, resource['service.instance.id'] AS instance,
      toUnixTimestamp64Nano(time) - toUnixTimestamp64Nano(extent.1) AS start,
      arrayMap(t -> toUnixTimestamp64Nano(t) - toUnixTimestamp64Nano(extent.1), events.time) AS event_times,
      events.name AS event_names, length(links.span_id) AS links
    ${OF_WANTED_TRACE}
    ${IN_ORDER}
  )
  HAVING count() > 0`;

/** Columns have one type in all rows, so that their first values speak for them. */
const columnOf = <Value extends z.ZodType>(value: Value) =>
  z.custom<readonly z.output<Value>[]>(
    (values) => Array.isArray(values) && z.array(value).safeParse(values.slice(0, 1)).success,
  );

const outlineRow = z.object({
  startUnixNano: z.string(),
  spanIds: columnOf(z.string()),
  parentSpanIds: columnOf(z.string()),
  services: columnOf(z.string()),
  names: columnOf(z.string()),
  kinds: columnOf(z.enum(SPAN_KINDS)),
  statuses: columnOf(z.enum(SPAN_STATUSES)),
  clocks: columnOf(z.string()),
  campaigns: columnOf(z.string()),
  starts: columnOf(z.number()),
  durations: columnOf(z.number()),
  eventTimes: columnOf(z.array(z.number())),
  eventNames: columnOf(z.array(z.string())),
  links: columnOf(z.number()),
});
type OutlineRow = z.infer<typeof outlineRow>;

/**
 * What a waterfall shows of a trace: every span that was received, at most {@link SPANS_OF_A_TRACE}, without attributes, which are
 * most of its bytes. `traceId` is 32 hex digits in either case. Null when there is none. Throws `StoreError`.
 */
export async function getTraceOutline(
  reader: Reader,
  traceId: string,
  abort?: AbortSignal,
): Promise<TraceOutline | null> {
  if (!isTraceId(traceId)) return null;
  const [found] = await reader.rows({
    sql: OUTLINE,
    parameters: { id: traceId, most: SPANS_OF_A_TRACE + 1 },
    // Nanoseconds from the trace's start, and how long a span took: a double holds 104 days of them.
    settings: { output_format_json_quote_64bit_integers: 0 },
    limits: TRACE_LIMITS,
    what: 'outline of a trace',
    ...(abort && { abort }),
  });
  if (found === undefined) return null;
  const row = outlineRow.parse(found);
  const spans = row.spanIds.slice(0, SPANS_OF_A_TRACE).map((_, index) => spanOf(row, index));
  return {
    traceId: traceId.toLowerCase(),
    cut: row.spanIds.length > SPANS_OF_A_TRACE,
    startUnixNano: row.startUnixNano,
    spans,
  };
}

const NO_PARENT = '0'.repeat(16);

function spanOf(row: OutlineRow, index: number): OutlinedSpan {
  const parentSpanId = row.parentSpanIds[index]!;
  const names = row.eventNames[index]!;
  return {
    spanId: row.spanIds[index]!,
    parentSpanId: parentSpanId === NO_PARENT ? null : parentSpanId,
    service: row.services[index]!,
    name: row.names[index]!,
    kind: row.kinds[index]!,
    status: row.statuses[index]!,
    clock: row.clocks[index]!,
    campaignId: row.campaigns[index]! || null,
    startNano: row.starts[index]!,
    durationNano: row.durations[index]!,
    events: row.eventTimes[index]!.map((atNano, event) => ({ atNano, name: names[event]! })),
    links: row.links[index]!,
  };
}
