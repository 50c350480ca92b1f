import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/**
 * What a load makes of its deltas, worked out once and kept under the load's token before any of it is stored: a repetition after a crash
 * writes the same rows again instead of adding to those that were stored already. They hold one load at a time.
 */
export const migration: Migration = {
  version: 12,
  name: 'delta-stages',
  statements: [
    `CREATE TABLE IF NOT EXISTS load_deltas (
      token String,
      id UInt64,
      ts DateTime64(3, 'UTC'),
      int Int64,
      float Float64,
      start DateTime64(3, 'UTC'),
      lowered Bool
    ) ENGINE = MergeTree ORDER BY id SETTINGS ${DURABLE}`,

    `CREATE TABLE IF NOT EXISTS load_delta_histograms (
      token String,
      id UInt64,
      ts DateTime64(3, 'UTC'),
      start DateTime64(3, 'UTC'),
      stale Bool,
      schema Int8,
      count Float64,
      sum Float64,
      zero_threshold Float64,
      zero_count Float64,
      positive_offsets Array(Int32),
      positive_lengths Array(UInt32),
      positive_counts Array(Float64),
      negative_offsets Array(Int32),
      negative_lengths Array(UInt32),
      negative_counts Array(Float64),
      custom_values Array(Float64)
    ) ENGINE = MergeTree ORDER BY id SETTINGS ${DURABLE}`,
  ],
};
