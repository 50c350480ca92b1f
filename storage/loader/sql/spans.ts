import { flatDepth } from './otlp-schema.ts';
import { attributeKinds, attributeMap, attributeText } from './values.ts';

const STORED = 'Map(LowCardinality(String), LowCardinality(String))';

/** The columns of `spans` that a load writes, in the order of {@link selectSpans}. */
const COLUMNS = [
  'time',
  'trace_id',
  'span_id',
  'parent_span_id',
  'trace_state',
  'service',
  'name',
  'kind',
  'status',
  'status_message',
  'duration',
  'campaign_id',
  'scope',
  'scope_version',
  'scope_attributes',
  'scope_attribute_kinds',
  'resource',
  'resource_kinds',
  'attributes',
  'attribute_kinds',
  'events.time',
  'events.name',
  'events.attributes',
  'events.kinds',
  'links.trace_id',
  'links.span_id',
  'links.attributes',
  'links.kinds',
] as const;

/** Rows of `spans` from a source of trace requests. */
export function selectSpans(source: string, depth: number): string {
  const nano = (value: string): string => `fromUnixTimestamp64Nano(toInt64(${value}), 'UTC')`;
  return `SELECT
    ${nano('s.start_time_unix_nano')} AS time,
    toFixedString(s.trace_id, 16), toFixedString(s.span_id, 8), toFixedString(s.parent_span_id, 8), s.trace_state,
    service, s.name,
    if(s.kind BETWEEN 0 AND 5, s.kind, 0), if(s.status.code BETWEEN 0 AND 2, s.status.code, 0), s.status.message,
    if(s.end_time_unix_nano > s.start_time_unix_nano, s.end_time_unix_nano - s.start_time_unix_nano, 0),
    if(own_campaign != '', own_campaign, campaign),
    scope, scope_version, scope_attributes, scope_attribute_kinds, resource, resource_kinds,
    ${attributeMap('s.attributes', STORED, depth)}, ${attributeKinds('s.attributes')},
    arrayMap(e -> ${nano('e.time_unix_nano')}, s.events), s.events.name,
    arrayMap(e -> ${attributeMap('e.attributes', 'Map(String, String)', depth)}, s.events),
    arrayMap(e -> ${attributeKinds('e.attributes')}, s.events),
    arrayMap(l -> toFixedString(l.trace_id, 16), s.links), arrayMap(l -> toFixedString(l.span_id, 8), s.links),
    arrayMap(l -> ${attributeMap('l.attributes', 'Map(String, String)', flatDepth(depth))}, s.links),
    arrayMap(l -> ${attributeKinds('l.attributes')}, s.links)
  FROM (
    SELECT service, campaign, resource, resource_kinds, scope, scope_version, scope_attributes, scope_attribute_kinds, s,
      ${attributeText('s.attributes', 'campaign.id')} AS own_campaign
    FROM (
      SELECT service, campaign, resource, resource_kinds, ss.scope.name AS scope, ss.scope.version AS scope_version,
        ${attributeMap('ss.scope.attributes', STORED, flatDepth(depth))} AS scope_attributes, ${attributeKinds('ss.scope.attributes')} AS scope_attribute_kinds,
        arrayJoin(ss.spans) AS s
      FROM (
        SELECT ${attributeText('ra', 'service.name')} AS service, ${attributeText('ra', 'campaign.id')} AS campaign,
          ${attributeMap('ra', STORED, depth)} AS resource, ${attributeKinds('ra')} AS resource_kinds, arrayJoin(rs.scope_spans) AS ss
        FROM (SELECT arrayJoin(resource_spans) AS rs, rs.resource.attributes AS ra FROM ${source})
      )
    )
  )`;
}

/** The statement that loads `spans`. */
export const insertSpans = (select: string): string => `INSERT INTO spans (${COLUMNS.join(', ')})\n${select}`;
