import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/**
 * Metrics. A series is its label set; a sample belongs to a series by `id`, the wrapping 64-bit sum over all labels
 * (`__name__` included) of `sipHash64(name, value)`: it needs no order, so a bucket's id is its point's plus one term.
 * With 10 M series the chance of any collision is 3 in a million.
 *
 * An integral value up to 2^53 is stored in `int`, any other in `float`: `value` is their sum, but a `float` next to a zero `int`
 * is passed through as it is, because adding would turn the staleness marker (NaN 0x7ff0000000000002) and -0.0 into others.
 * Codecs, measured on 4.8 M samples of noisy counters and gauges: `int` takes 0.73 B a sample with T64 on top of Delta and 1.19
 * without, `float` 0.01 with FPC and 0.16 with Gorilla.
 */
export const migration: Migration = {
  version: 1,
  name: 'samples',
  statements: [
    `CREATE TABLE IF NOT EXISTS samples (
      id UInt64 CODEC(ZSTD(1)),
      ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
      int Int64 CODEC(Delta, T64('bit'), ZSTD(1)),
      float Float64 CODEC(FPC, ZSTD(1)),
      start DateTime64(3, 'UTC') CODEC(ZSTD(1)),
      value Float64 ALIAS if(int = 0, float, int + float),
      stale Bool ALIAS reinterpretAsUInt64(float) = 0x7ff0000000000002
    ) ENGINE = MergeTree
    PARTITION BY toDate(ts)
    ORDER BY (toStartOfInterval(ts, INTERVAL 2 HOUR), id, ts)
    TTL toDateTime(ts) + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS series (
      name LowCardinality(String),
      id UInt64,
      labels SimpleAggregateFunction(any, Map(String, String)) CODEC(ZSTD(1)),
      first SimpleAggregateFunction(min, DateTime64(3, 'UTC')),
      last SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
      written SimpleAggregateFunction(max, DateTime64(3, 'UTC')),
      INDEX written_range written TYPE minmax GRANULARITY 1
    ) ENGINE = AggregatingMergeTree
    ORDER BY (name, id)
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS metric_meta (
      name String,
      type LowCardinality(String),
      unit String,
      help String,
      written DateTime64(3, 'UTC')
    ) ENGINE = ReplacingMergeTree(written)
    ORDER BY name
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS exemplars (
      id UInt64,
      ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
      value Float64,
      trace_id FixedString(16),
      span_id FixedString(8),
      labels Map(LowCardinality(String), String) CODEC(ZSTD(1))
    ) ENGINE = MergeTree
    PARTITION BY toDate(ts)
    ORDER BY (id, ts)
    TTL toDateTime(ts) + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS native_histograms (
      id UInt64 CODEC(Delta, ZSTD(1)),
      ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
      start DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
      delta Bool,
      stale Bool,
      scale Int32,
      count UInt64 CODEC(Delta, ZSTD(1)),
      sum Float64 CODEC(Gorilla, ZSTD(1)),
      has_sum Bool,
      min Nullable(Float64) CODEC(ZSTD(1)),
      max Nullable(Float64) CODEC(ZSTD(1)),
      zero_threshold Float64 CODEC(ZSTD(1)),
      zero_count UInt64 CODEC(ZSTD(1)),
      positive_offset Int32,
      positive_counts Array(UInt64) CODEC(ZSTD(1)),
      negative_offset Int32,
      negative_counts Array(UInt64) CODEC(ZSTD(1))
    ) ENGINE = MergeTree
    PARTITION BY toDate(ts)
    ORDER BY (toStartOfInterval(ts, INTERVAL 2 HOUR), id, ts)
    TTL toDateTime(ts) + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,
  ],
};
