import type { Migration } from './migration.ts';

/** The parts of `series` are merged into few that never expire as a whole: its expired rows are taken out when parts are merged. */
export const migration: Migration = {
  version: 7,
  name: 'series expiry',
  statements: ['ALTER TABLE series MODIFY SETTING ttl_only_drop_parts = 0'],
};
