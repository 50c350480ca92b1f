import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

const SAMPLE = `id UInt64 CODEC(ZSTD(1)),
      ts DateTime64(3, 'UTC') CODEC(DoubleDelta, ZSTD(1)),
      int Int64 CODEC(Delta, T64('bit'), ZSTD(1)),
      float Float64 CODEC(FPC, ZSTD(1)),
      start DateTime64(3, 'UTC') CODEC(ZSTD(1)),
      value Float64 ALIAS if(int = 0, float, int + float),
      stale Bool ALIAS reinterpretAsUInt64(float) = 0x7ff0000000000002`;

const HISTOGRAM = `id UInt64 CODEC(Delta, ZSTD(1)),
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
      custom_values Array(Float64) CODEC(ZSTD(1))`;

/** As the table that partitions are moved from; without a TTL, so that nothing is lost on the way. */
const rolling = (columns: string): string => `(
      ${columns}
    ) ENGINE = MergeTree
    PARTITION BY toDate(ts)
    ORDER BY (toStartOfInterval(ts, INTERVAL 2 HOUR), id, ts)
    SETTINGS ${DURABLE}`;

const rolledUp = (role: string, columns: string): string => `(
      role ${role},
      ${columns}
    ) ENGINE = MergeTree
    PARTITION BY toStartOfMonth(ts)
    ORDER BY (role, toDate(ts), id, ts)
    TTL toDateTime(ts) + INTERVAL 400 DAY
    SETTINGS ${DURABLE}`;

/**
 * Samples that are rolled up to 5 minutes. What is kept are real samples with their real times, each for its role in its window
 * (`storage/README.md`), and the window's sum and count. A day's partition goes from `samples` to `samples_rolling`, from there into
 * `samples_5m`, and is dropped; `roll_ups` says which days were begun and done. A change of `samples` has to be made in
 * `samples_rolling` too, or no partition can be moved.
 */
export const migration: Migration = {
  version: 10,
  name: 'roll-ups',
  statements: [
    `CREATE TABLE IF NOT EXISTS samples_rolling ${rolling(SAMPLE)}`,
    `CREATE TABLE IF NOT EXISTS native_histograms_rolling ${rolling(HISTOGRAM)}`,
    `CREATE TABLE IF NOT EXISTS samples_5m ${rolledUp(
      "Enum8('last' = 1, 'first' = 2, 'turn' = 3, 'low' = 4, 'high' = 5, 'sum' = 6)",
      `count UInt32 CODEC(T64, ZSTD(1)),
      ${SAMPLE}`,
    )}`,
    `CREATE TABLE IF NOT EXISTS native_histograms_5m ${rolledUp("Enum8('last' = 1, 'first' = 2, 'turn' = 3)", HISTOGRAM)}`,
    `CREATE TABLE IF NOT EXISTS roll_ups (
      day Date,
      state Enum8('begun' = 1, 'done' = 2),
      at DateTime64(3, 'UTC')
    ) ENGINE = MergeTree
    ORDER BY (day, state)
    TTL day + INTERVAL 400 DAY
    SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`,
  ],
};
