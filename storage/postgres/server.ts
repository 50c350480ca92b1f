import pg from 'pg';
import type { Connection } from './connection.ts';
import { databaseError } from './database-error.ts';
import { drizzleOverPg } from './drizzle.ts';
import * as schema from './schema.ts';

/** Any number that other programs on the same server are unlikely to lock. */
const MIGRATION_LOCK = 7_430_022_901;

/** Keeps a password out of whatever prints the address. */
function redacted(url: string): string {
  return url.replace(/\/\/([^:/@]*):[^@]*@/, '//$1:…@').replace(/([?&]password=)[^&]*/, '$1…');
}

/**
 * A pool of connections to a Postgres server (14 or newer).
 * @throws DatabaseError, retryable where the server could not be reached.
 */
export async function openServer(url: string, onIdleError: (error: unknown) => void): Promise<Connection> {
  const pool = new pg.Pool({
    connectionString: url,
    application_name: 'tidewarden',
    max: 8,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 30_000,
    keepAlive: true,
  });
  // Without a listener, a connection that dies while nobody uses it would end the process.
  pool.on('error', onIdleError);
  try {
    (await pool.connect()).release();
  } catch (error) {
    await pool.end();
    throw databaseError(`Postgres at ${redacted(url)}`, error);
  }
  return {
    kind: 'server',
    database: drizzleOverPg()({ client: pool, schema }),
    migration: async (work) => {
      const client = await pool.connect();
      let broken: Error | undefined;
      try {
        await client.query('BEGIN');
        await client.query('SELECT pg_advisory_xact_lock($1)', [MIGRATION_LOCK]);
        await work({
          execute: async (statements) => {
            await client.query(statements);
          },
          query: async (statement, parameters) => (await client.query(statement, [...parameters])).rows,
        });
        await client.query('COMMIT');
      } catch (error) {
        broken = error instanceof Error ? error : new Error(String(error));
        throw error;
      } finally {
        // A connection given back as broken is closed, which rolls back.
        client.release(broken);
      }
    },
    close: () => pool.end(),
  };
}
