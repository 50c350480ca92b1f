import { schemaOf, sideOf } from '../../loader/sql/exponential.ts';
import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/** The table of OTLP exponential histograms, which knew nothing but integers, makes room. One step, so that it can be told that it was done. */
export const setAside: Migration = {
  version: 5,
  name: 'exponential-histograms-aside',
  statements: ['RENAME TABLE IF EXISTS native_histograms TO exponential_histograms'],
};

/**
 * Prometheus's native histograms in full: schemas of base 2 and custom buckets (-53), float counts, every hint on counter resets. What
 * was stored of OTLP is carried over; of delta temporality as the gauges that they were read as. `series.native` says which series hold
 * such histograms, so that only those are asked for them.
 */
export const migration: Migration = {
  version: 6,
  name: 'native-histograms',
  statements: [
    `CREATE TABLE IF NOT EXISTS native_histograms (
      id UInt64 CODEC(Delta, ZSTD(1)),
      ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
      start DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)),
      stale Bool,
      schema Int8,
      hint Enum8('unknown' = 0, 'reset' = 1, 'not_reset' = 2, 'gauge' = 3),
      count Float64 CODEC(Gorilla, ZSTD(1)),
      sum Float64 CODEC(Gorilla, ZSTD(1)),
      zero_threshold Float64 CODEC(ZSTD(1)),
      zero_count Float64 CODEC(ZSTD(1)),
      positive_offsets Array(Int32) CODEC(ZSTD(1)),
      positive_lengths Array(UInt32) CODEC(ZSTD(1)),
      positive_counts Array(Float64) CODEC(Gorilla, ZSTD(1)),
      negative_offsets Array(Int32) CODEC(ZSTD(1)),
      negative_lengths Array(UInt32) CODEC(ZSTD(1)),
      negative_counts Array(Float64) CODEC(Gorilla, ZSTD(1)),
      custom_values Array(Float64) CODEC(ZSTD(1))
    ) ENGINE = MergeTree
    PARTITION BY toDate(ts)
    ORDER BY (toStartOfInterval(ts, INTERVAL 2 HOUR), id, ts)
    TTL toDateTime(ts) + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,

    // Only there again if the last statement was reached before, and then there is nothing to carry over any more.
    `CREATE TABLE IF NOT EXISTS exponential_histograms (
      id UInt64, ts DateTime64(3, 'UTC'), start DateTime64(3, 'UTC'), delta Bool, stale Bool, scale Int32, count UInt64, sum Float64,
      has_sum Bool, zero_threshold Float64, zero_count UInt64, positive_offset Int32, positive_counts Array(UInt64),
      negative_offset Int32, negative_counts Array(UInt64)
    ) ENGINE = MergeTree ORDER BY tuple()`,

    `INSERT INTO native_histograms (id, ts, start, stale, schema, hint, count, sum, zero_threshold, zero_count,
      positive_offsets, positive_lengths, positive_counts, negative_offsets, negative_lengths, negative_counts)
    SETTINGS insert_deduplicate = 1, insert_deduplication_token = 'migration-6', max_insert_threads = 1, max_partitions_per_insert_block = 0,
      min_insert_block_size_rows = 1000000000, min_insert_block_size_bytes = 100000000000
    SELECT id, ts, start, stale, ${schemaOf('scale')}, if(delta, 'gauge', 'unknown'), count, if(has_sum, sum, nan), zero_threshold, zero_count,
      positive.1, positive.2, positive.3, negative.1, negative.2, negative.3
    FROM (
      SELECT *, ${sideOf('scale', 'positive_offset', 'positive_counts')} AS positive,
        ${sideOf('scale', 'negative_offset', 'negative_counts')} AS negative
      FROM exponential_histograms ORDER BY id, ts
    )`,

    'ALTER TABLE series ADD COLUMN IF NOT EXISTS native SimpleAggregateFunction(max, Bool)',

    `INSERT INTO series (family, name, id, labels, first, last, written, native)
    SELECT family, name, id, labels, first, last, written, true FROM series WHERE id IN (SELECT id FROM exponential_histograms) AND NOT native`,

    'DROP TABLE IF EXISTS exponential_histograms',
  ],
};
