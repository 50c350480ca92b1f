import { z } from 'zod';
import { type AttributeValue, typedAttributes, typedValue } from './attributes.ts';
import type { Reader } from './clickhouse/clickhouse.ts';

/** Which log records are wanted: those with all of this. Times are epoch milliseconds, the end is exclusive. */
export interface LogSearch {
  readonly service?: string;
  readonly campaignId?: string;
  /** OTLP severity number; 17 is ERROR. */
  readonly minSeverity?: number;
  /** 32 hex digits. */
  readonly traceId?: string;
  /** Anywhere in the body, whatever its case. */
  readonly text?: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
}

export interface LogRecord {
  readonly atUnixNano: string;
  readonly service: string;
  readonly severity: number;
  readonly severityText: string;
  readonly eventName: string;
  readonly body: AttributeValue;
  /** Hex; null when the record belongs to no trace. */
  readonly traceId: string | null;
  readonly spanId: string | null;
  readonly campaignId: string | null;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly resource: Readonly<Record<string, AttributeValue>>;
}

const texts = z.record(z.string(), z.string());
const row = z.object({
  at: z.string(),
  service: z.string(),
  severity: z.number(),
  severityText: z.string(),
  eventName: z.string(),
  body: z.string(),
  bodyKind: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  campaignId: z.string(),
  attributes: texts,
  attributeKinds: z.string(),
  resource: texts,
  resourceKinds: z.string(),
});

/** Log records that match, the newest first. Throws `StoreError`. */
export async function searchLogs(
  reader: Reader,
  search: LogSearch,
  abort?: AbortSignal,
): Promise<readonly LogRecord[]> {
  const where = [
    'time >= fromUnixTimestamp64Milli({start:Int64})',
    'time < fromUnixTimestamp64Milli({end:Int64})',
  ];
  if (search.service !== undefined) where.push('service = {service:String}');
  if (search.campaignId !== undefined) where.push('campaign_id = {campaign:String}');
  if (search.minSeverity !== undefined) where.push('severity >= {severity:UInt8}');
  if (search.traceId !== undefined) where.push('trace_id = toFixedString(unhex({trace:String}), 16)');
  if (search.text !== undefined) where.push('positionCaseInsensitiveUTF8(body, {text:String}) > 0');
  const rows = await reader.rows({
    sql: `SELECT toString(toUnixTimestamp64Nano(time)) AS at, service, severity, severity_text AS severityText, event_name AS eventName,
        body, body_kind AS bodyKind, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, campaign_id AS campaignId,
        attributes, attribute_kinds AS attributeKinds, resource, resource_kinds AS resourceKinds
      FROM logs WHERE ${where.join(' AND ')} ORDER BY time DESC LIMIT {limit:UInt32}`,
    parameters: {
      start: Math.floor(search.startMs),
      end: Math.ceil(search.endMs),
      limit: search.limit,
      service: search.service ?? '',
      campaign: search.campaignId ?? '',
      severity: search.minSeverity ?? 0,
      trace: search.traceId ?? '',
      text: search.text ?? '',
    },
    limits: { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 },
    what: 'search logs',
    ...(abort === undefined ? {} : { abort }),
  });
  return rows.map(toRecord);
}

const idOrNull = (hex: string): string | null => (/^0*$/.test(hex) ? null : hex);

function toRecord(given: Readonly<Record<string, unknown>>): LogRecord {
  const read = row.parse(given);
  return {
    atUnixNano: read.at,
    service: read.service,
    severity: read.severity,
    severityText: read.severityText,
    eventName: read.eventName,
    body: typedValue(read.body, read.bodyKind),
    traceId: idOrNull(read.traceId),
    spanId: idOrNull(read.spanId),
    campaignId: read.campaignId === '' ? null : read.campaignId,
    attributes: typedAttributes(read.attributes, read.attributeKinds),
    resource: typedAttributes(read.resource, read.resourceKinds),
  };
}
