import type { Migration } from './migration.ts';
import { DURABLE } from './migration.ts';

/**
 * What the limit of active series is counted by, and what it refused. `load_refused` lives in memory beside `load_points`: the label
 * sets of a load that are over the limit. `series_refusals` is what was cut, by minute of the samples' own time.
 */
export const migration: Migration = {
  version: 4,
  name: 'series limits',
  statements: [
    `ALTER TABLE series
      ADD COLUMN IF NOT EXISTS family SimpleAggregateFunction(any, LowCardinality(String))
        DEFAULT replaceRegexpOne(toString(name), '_(bucket|count|sum)$', ''),
      ADD COLUMN IF NOT EXISTS campaign SimpleAggregateFunction(any, LowCardinality(String)) DEFAULT labels['campaign_id']`,

    `CREATE TABLE IF NOT EXISTS load_refused (
      key UInt64,
      family LowCardinality(String),
      campaign LowCardinality(String),
      series UInt64
    ) ENGINE = Memory`,

    `CREATE TABLE IF NOT EXISTS series_refusals (
      metric LowCardinality(String),
      campaign LowCardinality(String),
      minute DateTime('UTC'),
      allowed SimpleAggregateFunction(max, UInt64),
      series AggregateFunction(uniqCombined(12), UInt64),
      samples SimpleAggregateFunction(sum, UInt64),
      exemplars SimpleAggregateFunction(sum, UInt64)
    ) ENGINE = AggregatingMergeTree
    ORDER BY (metric, campaign, minute)
    TTL minute + INTERVAL 30 DAY
    SETTINGS ${DURABLE}`,
  ],
};
