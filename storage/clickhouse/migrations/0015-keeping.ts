import type { Migration } from './migration.ts';

const SAFE = 'fsync_after_insert = 1, fsync_part_directory = 1, ttl_only_drop_parts = 1';

/**
 * What is kept of traces when their day leaves the hot range. `trace_decisions` holds which traces are kept and why, by the
 * day that they began. `thinned_days` says how far each day has come. The tables that a day is moved
 * through, `…_leaving` and `…_keeping`, are made for it, as its own table then is.
 */
export const migration: Migration = {
  version: 15,
  name: 'keeping of traces',
  statements: [
    `CREATE TABLE IF NOT EXISTS trace_decisions (
      day Date,
      trace_id FixedString(16),
      reasons Array(LowCardinality(String))
    ) ENGINE = MergeTree
    PARTITION BY toStartOfMonth(day)
    ORDER BY (day, trace_id)
    TTL day + INTERVAL 90 DAY
    SETTINGS ${SAFE}`,
    `CREATE TABLE IF NOT EXISTS thinned_days (
      day Date,
      table LowCardinality(String),
      state Enum8('begun' = 1, 'copied' = 2, 'done' = 3),
      stage Enum8('none' = 0, 'kept' = 1, 'evidence' = 2),
      rows UInt64,
      at DateTime64(3, 'UTC'),
      written DateTime64(9, 'UTC') DEFAULT now64(9)
    ) ENGINE = MergeTree
    ORDER BY (day, written)
    SETTINGS ${SAFE}`,
  ],
};
