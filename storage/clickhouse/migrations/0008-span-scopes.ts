import type { Migration } from './migration.ts';

/** Attributes of the instrumentation scope, stored as those of spans and resources are. */
export const migration: Migration = {
  version: 8,
  name: 'span scopes',
  statements: [
    `ALTER TABLE spans
      ADD COLUMN IF NOT EXISTS scope_attributes Map(LowCardinality(String), LowCardinality(String)) CODEC(ZSTD(1)) AFTER scope_version,
      ADD COLUMN IF NOT EXISTS scope_attribute_kinds LowCardinality(String) CODEC(ZSTD(1)) AFTER scope_attributes`,
  ],
};
