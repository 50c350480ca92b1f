import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

const ATTRIBUTES = 'Map(LowCardinality(String), LowCardinality(String))';

/**
 * Traces and logs. Attribute values are stored as text; `*_kinds` names the attributes that were not strings, as
 * `kind:key` joined by U+0001 with kind i (integer), d (double), b (bool), j (list or map as JSON), y (bytes as base64), n (no value).
 * A trace's spans lie together within a minute; `traces` has one row a trace and load, folded by its readers.
 */
export const migration: Migration = {
  version: 2,
  name: 'spans, traces, logs',
  statements: [
    `CREATE TABLE IF NOT EXISTS spans (
      time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
      trace_id FixedString(16) CODEC(ZSTD(1)),
      span_id FixedString(8) CODEC(NONE),
      parent_span_id FixedString(8) CODEC(ZSTD(1)),
      trace_state String CODEC(ZSTD(1)),
      service LowCardinality(String) CODEC(ZSTD(1)),
      name LowCardinality(String) CODEC(ZSTD(1)),
      kind Enum8('unspecified' = 0, 'internal' = 1, 'server' = 2, 'client' = 3, 'producer' = 4, 'consumer' = 5) CODEC(ZSTD(1)),
      status Enum8('unset' = 0, 'ok' = 1, 'error' = 2) CODEC(ZSTD(1)),
      status_message String CODEC(ZSTD(1)),
      duration UInt64 CODEC(T64, ZSTD(1)),
      campaign_id LowCardinality(String) CODEC(ZSTD(1)),
      scope LowCardinality(String) CODEC(ZSTD(1)),
      scope_version LowCardinality(String) CODEC(ZSTD(1)),
      resource ${ATTRIBUTES} CODEC(ZSTD(1)),
      resource_kinds LowCardinality(String) CODEC(ZSTD(1)),
      attributes ${ATTRIBUTES} CODEC(ZSTD(1)),
      attribute_kinds LowCardinality(String) CODEC(ZSTD(1)),
      events Nested (
        time DateTime64(9, 'UTC'), name LowCardinality(String), attributes Map(String, String), kinds String
      ) CODEC(ZSTD(1)),
      links Nested (
        trace_id FixedString(16), span_id FixedString(8), attributes Map(String, String), kinds String
      ) CODEC(ZSTD(1)),
      INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 1
    ) ENGINE = MergeTree
    PARTITION BY toDate(time)
    ORDER BY (toStartOfMinute(time), trace_id, time)
    TTL toDateTime(time) + INTERVAL 7 DAY
    SETTINGS ${DURABLE}, map_serialization_version = 'with_buckets'`,

    `CREATE TABLE IF NOT EXISTS traces (
      day Date,
      trace_id FixedString(16),
      start SimpleAggregateFunction(min, DateTime64(9, 'UTC')),
      end SimpleAggregateFunction(max, DateTime64(9, 'UTC')),
      root_service SimpleAggregateFunction(max, String),
      root_name SimpleAggregateFunction(max, String),
      roots SimpleAggregateFunction(sum, UInt64),
      spans SimpleAggregateFunction(sum, UInt64),
      errors SimpleAggregateFunction(sum, UInt64),
      services SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
      campaign_id SimpleAggregateFunction(max, String)
    ) ENGINE = AggregatingMergeTree
    PARTITION BY day
    ORDER BY trace_id
    TTL day + INTERVAL 7 DAY
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS logs (
      time DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
      observed DateTime64(9, 'UTC') CODEC(Delta, ZSTD(1)),
      service LowCardinality(String) CODEC(ZSTD(1)),
      severity UInt8 CODEC(ZSTD(1)),
      severity_text LowCardinality(String) CODEC(ZSTD(1)),
      event_name LowCardinality(String) CODEC(ZSTD(1)),
      body String CODEC(ZSTD(1)),
      body_kind LowCardinality(String) CODEC(ZSTD(1)),
      trace_id FixedString(16) CODEC(ZSTD(1)),
      span_id FixedString(8) CODEC(ZSTD(1)),
      campaign_id LowCardinality(String) CODEC(ZSTD(1)),
      scope LowCardinality(String) CODEC(ZSTD(1)),
      resource ${ATTRIBUTES} CODEC(ZSTD(1)),
      resource_kinds LowCardinality(String) CODEC(ZSTD(1)),
      attributes ${ATTRIBUTES} CODEC(ZSTD(1)),
      attribute_kinds LowCardinality(String) CODEC(ZSTD(1)),
      INDEX trace_id_bloom trace_id TYPE bloom_filter(0.01) GRANULARITY 4
    ) ENGINE = MergeTree
    PARTITION BY toDate(time)
    ORDER BY (toStartOfMinute(time), service, time)
    TTL toDateTime(time) + INTERVAL 7 DAY
    SETTINGS ${DURABLE}, map_serialization_version = 'with_buckets'`,
  ],
};
