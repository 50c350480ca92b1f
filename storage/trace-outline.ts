import type { OutlineColumns } from '../model/api/trace-outline.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import { readOutlineRows } from './trace-outline-rows.ts';
import {
  IN_ORDER,
  isTraceId,
  OF_WANTED_TRACE,
  SPANS_OF_A_TRACE,
  TRACE_LIMITS,
  WANTED_TRACE,
} from './traces.ts';

/** In the order in which {@link readOutlineRows} reads them; texts as ClickHouse keeps them, each once. */
const OUTLINE = `${WANTED_TRACE}
  SELECT time, span_id, parent_span_id, kind, status, duration, service, name, campaign_id,
    toLowCardinality(multiIf(
      resource['host.id'] != '', toString(resource['host.id']),
      resource['host.name'] != '', toString(resource['host.name']),
      resource['service.instance.id'] != '', toString(resource['service.instance.id']),
      concat('service ', service)
    )) AS clock,
    events.time, events.name, toUInt32(length(links.span_id)) AS links
  ${OF_WANTED_TRACE}
  ${IN_ORDER}`;

/**
 * What a waterfall shows of a trace: every span that was received, at most {@link SPANS_OF_A_TRACE}, without attributes, which are
 * most of its bytes. `traceId` is 32 hex digits in either case. Null when there is none. Throws `StoreError`.
 */
export async function getTraceOutline(
  reader: Reader,
  traceId: string,
  abort?: AbortSignal,
): Promise<OutlineColumns | null> {
  if (!isTraceId(traceId)) return null;
  const bytes = await reader.bytes(
    {
      sql: OUTLINE,
      parameters: { id: traceId, most: SPANS_OF_A_TRACE + 1 },
      limits: TRACE_LIMITS,
      what: 'outline of a trace',
      ...(abort && { abort }),
    },
    'Native',
  );
  const found = readOutlineRows(bytes, SPANS_OF_A_TRACE);
  return found === null ? null : { traceId: traceId.toLowerCase(), ...found };
}
