import { attributeKinds, attributeMap, attributeText, kindLetter, valueText } from './values.ts';

const STORED = 'Map(LowCardinality(String), LowCardinality(String))';

const COLUMNS = [
  'time',
  'observed',
  'service',
  'severity',
  'severity_text',
  'event_name',
  'body',
  'body_kind',
  'trace_id',
  'span_id',
  'campaign_id',
  'scope',
  'resource',
  'resource_kinds',
  'attributes',
  'attribute_kinds',
] as const;

/** Rows of `logs` from a source of log requests. A record without a time takes the time that it was observed. */
export function selectLogs(source: string, depth: number): string {
  const nano = (value: string): string => `fromUnixTimestamp64Nano(toInt64(${value}), 'UTC')`;
  return `SELECT
    ${nano('if(l.time_unix_nano = 0, l.observed_time_unix_nano, l.time_unix_nano)')} AS time,
    ${nano('l.observed_time_unix_nano')},
    service, if(l.severity_number BETWEEN 0 AND 24, l.severity_number, 0), l.severity_text, l.event_name,
    ${valueText('l.body', depth)}, ${kindLetter('l.body')},
    toFixedString(l.trace_id, 16), toFixedString(l.span_id, 8),
    if(own_campaign != '', own_campaign, campaign),
    scope, resource, resource_kinds, ${attributeMap('l.attributes', STORED, depth)}, ${attributeKinds('l.attributes')}
  FROM (
    SELECT service, campaign, resource, resource_kinds, scope, l,
      ${attributeText('l.attributes', 'campaign.id')} AS own_campaign
    FROM (
      SELECT service, campaign, resource, resource_kinds, sl.scope.name AS scope, arrayJoin(sl.log_records) AS l
      FROM (
        SELECT ${attributeText('ra', 'service.name')} AS service, ${attributeText('ra', 'campaign.id')} AS campaign,
          ${attributeMap('ra', STORED, depth)} AS resource, ${attributeKinds('ra')} AS resource_kinds, arrayJoin(rl.scope_logs) AS sl
        FROM (SELECT arrayJoin(resource_logs) AS rl, rl.resource.attributes AS ra FROM ${source})
      )
    )
  )`;
}

/** The statement that loads `logs`; `acceptedMs` is when the load's newest record was accepted. */
export const insertLogs = (select: string, acceptedMs: number): string =>
  `INSERT INTO logs (${COLUMNS.join(', ')}, loaded)
  SELECT *, fromUnixTimestamp64Milli(toInt64(${Math.floor(acceptedMs)}), 'UTC') FROM (${select})`;
