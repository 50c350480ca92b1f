import type { Migration } from './migration.ts';

/**
 * What loads go through, and views for other tools. `traces` is fed from `spans`: both know the insert's token, so that a load
 * that was cut off between the two is completed by its repetition. `load_points` lives in memory: a metrics segment is read once and
 * written to five tables from there.
 */
export const migration: Migration = {
  version: 3,
  name: 'loading',
  statements: [
    `CREATE MATERIALIZED VIEW IF NOT EXISTS traces_from_spans TO traces AS
    SELECT
      toDate(time) AS day,
      trace_id,
      min(time) AS start,
      max(addNanoseconds(time, duration)) AS end,
      maxIf(toString(service), parent_span_id = toFixedString('', 8)) AS root_service,
      maxIf(toString(name), parent_span_id = toFixedString('', 8)) AS root_name,
      countIf(parent_span_id = toFixedString('', 8)) AS roots,
      count() AS spans,
      countIf(status = 'error') AS errors,
      groupUniqArray(toString(service)) AS services,
      max(toString(campaign_id)) AS campaign_id
    FROM spans
    GROUP BY day, trace_id`,

    `CREATE TABLE IF NOT EXISTS load_points (
      family LowCardinality(String),
      type LowCardinality(String),
      unit LowCardinality(String),
      help LowCardinality(String),
      target LowCardinality(String),
      labels Array(Tuple(name LowCardinality(String), value String)),
      ts DateTime64(3, 'UTC'),
      start DateTime64(3, 'UTC'),
      delta Bool,
      stale Bool,
      values Array(Tuple(id UInt64, suffix LowCardinality(String), label LowCardinality(String), text String, value Float64)),
      exponential Array(Tuple(id UInt64, count UInt64, has_sum Bool, sum Float64, scale Int32, zero_count UInt64,
        positive_offset Int32, positive_counts Array(UInt64), negative_offset Int32, negative_counts Array(UInt64),
        min Nullable(Float64), max Nullable(Float64), zero_threshold Float64)),
      exemplars Array(Tuple(id UInt64, ts DateTime64(3, 'UTC'), value Float64, trace_id String, span_id String,
        labels Map(String, String)))
    ) ENGINE = Memory`,

    `CREATE VIEW IF NOT EXISTS otel_traces AS SELECT
      time AS Timestamp,
      if(trace_id = toFixedString('', 16), '', lower(hex(trace_id))) AS TraceId,
      lower(hex(span_id)) AS SpanId,
      if(parent_span_id = toFixedString('', 8), '', lower(hex(parent_span_id))) AS ParentSpanId,
      trace_state AS TraceState,
      name AS SpanName,
      concat(upper(substring(toString(kind), 1, 1)), substring(toString(kind), 2)) AS SpanKind,
      service AS ServiceName,
      resource AS ResourceAttributes,
      scope AS ScopeName,
      scope_version AS ScopeVersion,
      attributes AS SpanAttributes,
      duration AS Duration,
      concat(upper(substring(toString(status), 1, 1)), substring(toString(status), 2)) AS StatusCode,
      status_message AS StatusMessage,
      events.time AS \`Events.Timestamp\`,
      events.name AS \`Events.Name\`,
      events.attributes AS \`Events.Attributes\`,
      arrayMap(id -> lower(hex(id)), links.trace_id) AS \`Links.TraceId\`,
      arrayMap(id -> lower(hex(id)), links.span_id) AS \`Links.SpanId\`,
      links.attributes AS \`Links.Attributes\`
    FROM spans`,
  ],
};
