import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/**
 * The service graph by minute. `span_arrivals` says when spans of a minute last came, whatever day they are of, so that a minute's edges are
 * computed again when any of its spans come later. A minute is computed whole, by a run: its edges count from when `service_edge_runs`
 * names the run, and not any more when it names a newer one. `seen` is the newest arrival that the run can have seen.
 */
export const migration: Migration = {
  version: 11,
  name: 'service graph',
  statements: [
    `CREATE TABLE IF NOT EXISTS span_arrivals (
      minute DateTime('UTC'),
      spans SimpleAggregateFunction(sum, UInt64),
      newest SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
    ) ENGINE = AggregatingMergeTree
    PARTITION BY toDate(minute)
    ORDER BY minute
    TTL minute + INTERVAL 7 DAY
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS service_edges (
      minute DateTime('UTC'),
      run UInt64,
      caller LowCardinality(String),
      caller_kind Enum8('none' = 0, 'service' = 1, 'database' = 2, 'queue' = 3, 'peer' = 4),
      callee LowCardinality(String),
      callee_kind Enum8('none' = 0, 'service' = 1, 'database' = 2, 'queue' = 3, 'peer' = 4),
      campaign_id LowCardinality(String),
      requests UInt64,
      errors UInt64,
      duration Float64,
      durations AggregateFunction(quantilesBFloat16(0.5, 0.95, 0.99), Float64)
    ) ENGINE = ReplacingMergeTree(run)
    PARTITION BY toDate(minute)
    ORDER BY (minute, caller, caller_kind, callee, callee_kind, campaign_id)
    TTL minute + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS service_edge_runs (
      minute DateTime('UTC'),
      run SimpleAggregateFunction(max, UInt64),
      seen SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
    ) ENGINE = AggregatingMergeTree
    PARTITION BY toDate(minute)
    ORDER BY minute
    TTL minute + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,

    `CREATE MATERIALIZED VIEW IF NOT EXISTS span_arrivals_from_spans TO span_arrivals AS
    SELECT toStartOfMinute(toDateTime(time, 'UTC')) AS minute, count() AS spans, now64(3, 'UTC') AS newest
    FROM spans GROUP BY minute`,

    // Spans that were there before this step; done again, it counts them again, which only makes smaller portions of work.
    `INSERT INTO span_arrivals SELECT toStartOfMinute(toDateTime(time, 'UTC')) AS minute, count(), now64(3, 'UTC')
    FROM spans GROUP BY minute SETTINGS max_partitions_per_insert_block = 0`,
  ],
};
