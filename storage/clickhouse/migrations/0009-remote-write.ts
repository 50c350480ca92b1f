import type { Migration } from './migration.ts';

/**
 * `load_points` learns of native histograms as Prometheus writes them, beside OTLP's exponential ones. It lives in memory and is
 * empty between loads, so it is made anew.
 */
export const migration: Migration = {
  version: 9,
  name: 'remote-write',
  statements: [
    'DROP TABLE IF EXISTS load_points SYNC',
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
      native Array(Tuple(id UInt64, schema Int8, hint Int8, count Float64, sum Float64, zero_threshold Float64, zero_count Float64,
        positive Tuple(offsets Array(Int32), lengths Array(UInt32), counts Array(Float64)),
        negative Tuple(offsets Array(Int32), lengths Array(UInt32), counts Array(Float64)), custom_values Array(Float64))),
      exemplars Array(Tuple(id UInt64, ts DateTime64(3, 'UTC'), value Float64, trace_id String, span_id String,
        labels Map(String, String)))
    ) ENGINE = Memory`,
  ],
};
