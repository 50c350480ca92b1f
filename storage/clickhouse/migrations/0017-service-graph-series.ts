import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/** Upper bounds of the buckets of calls' durations, in seconds: those of Tempo's metrics generator. */
export const CALL_BOUNDS_S = [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8];

const KEY = `caller LowCardinality(String),
      callee LowCardinality(String),
      connection LowCardinality(String),
      campaign_id LowCardinality(String)`;

/**
 * The service graph as running totals, from which its series are made. An edge's minute gets how many calls took no longer than each bound,
 * by the callee's and by the caller's clock; the last figure is all of them. `service_graph_bases` has the sums of all minutes before `upto`, written as one block: of
 * several the newest counts. `service_graph_totals` has the largest sums so far: a total that shrinks, because a late span showed that a call was
 * another one, would look like a counter that began anew.
 */
export const migration: Migration = {
  version: 17,
  name: 'service graph series',
  statements: [
    `ALTER TABLE service_edges
      ADD COLUMN IF NOT EXISTS caller_duration Float64,
      ADD COLUMN IF NOT EXISTS callee_counts Array(UInt64),
      ADD COLUMN IF NOT EXISTS caller_counts Array(UInt64)`,

    `CREATE TABLE IF NOT EXISTS service_graph_bases (
      upto DateTime('UTC'),
      written DateTime64(3, 'UTC'),
      ${KEY},
      requests UInt64,
      errors UInt64,
      callee_seconds Float64,
      caller_seconds Float64,
      callee_counts Array(UInt64),
      caller_counts Array(UInt64)
    ) ENGINE = MergeTree
    ORDER BY (upto, written)
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS service_graph_totals (
      ${KEY},
      requests SimpleAggregateFunction(max, UInt64),
      errors SimpleAggregateFunction(max, UInt64),
      callee_seconds SimpleAggregateFunction(max, Float64),
      caller_seconds SimpleAggregateFunction(max, Float64),
      callee_counts AggregateFunction(maxForEach, Array(UInt64)),
      caller_counts AggregateFunction(maxForEach, Array(UInt64)),
      first SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
      newest SimpleAggregateFunction(max, DateTime64(3, 'UTC'))
    ) ENGINE = AggregatingMergeTree
    ORDER BY (caller, callee, connection, campaign_id)
    SETTINGS ${DURABLE}`,
  ],
};
