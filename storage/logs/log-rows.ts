import { z } from 'zod';
import type { LogRecord } from '../../model/api/log.ts';
import { typedAttributes, typedValue } from '../attributes.ts';

/** What is read of a row of `logs`. */
export const LOG_COLUMNS = `toString(toUnixTimestamp64Nano(time)) AS at, service, severity, severity_text AS severityText,
  event_name AS eventName, body, body_kind AS bodyKind, lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId,
  campaign_id AS campaignId, attributes, attribute_kinds AS attributeKinds, resource, resource_kinds AS resourceKinds`;

/** The newest first; records of one time in an order that stays the same. */
export const NEWEST_FIRST = 'ORDER BY time DESC, observed DESC, service, span_id, cityHash64(body)';

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

/** A row of {@link LOG_COLUMNS} as a log record. */
export function toLogRecord(given: Readonly<Record<string, unknown>>): LogRecord {
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

const idOrNull = (hex: string): string | null => (/^0*$/.test(hex) ? null : hex);
