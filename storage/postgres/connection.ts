import type { PgDatabase, PgQueryResultHKT } from 'drizzle-orm/pg-core';
import type * as schema from './schema.ts';

/** The query builder, over either engine. */
export type Database = PgDatabase<PgQueryResultHKT, typeof schema>;

/** The one transaction in which migrations run. */
export interface MigrationSession {
  /** Runs several statements without parameters. */
  execute(statements: string): Promise<void>;
  query(statement: string, parameters: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
}

/** An engine that is open: what `openPostgres` builds the stores on. */
export interface Connection {
  readonly kind: 'embedded' | 'server';
  readonly database: Database;
  /** Runs `work` in a transaction that no other process's migration runs beside. */
  migration(work: (session: MigrationSession) => Promise<void>): Promise<void>;
  close(): Promise<void>;
}
