/** One step of the schema. It may be cut off between two statements, so each must stand being run again. */
export interface Migration {
  /** Rises by one from 1; never changed once published. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/**
 * What every table that the loader writes has: an insert is on the disk before it is answered, and the last thousand
 * insert tokens are remembered, so that a load repeated after a crash changes nothing.
 */
export const DURABLE = `fsync_after_insert = 1, fsync_part_directory = 1,
      non_replicated_deduplication_window = 1000, ttl_only_drop_parts = 1`;
