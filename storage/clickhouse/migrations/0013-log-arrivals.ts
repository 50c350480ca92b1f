import type { Migration } from './migration.ts';

/** When the load that a record came with was accepted: by it a live tail finds what is new. */
export const migration: Migration = {
  version: 13,
  name: 'arrivals of logs',
  statements: [
    `ALTER TABLE logs ADD COLUMN IF NOT EXISTS loaded DateTime64(3, 'UTC') CODEC(Delta, ZSTD(1)) AFTER observed`,
  ],
};
