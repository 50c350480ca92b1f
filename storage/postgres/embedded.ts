import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createCluster } from './cluster.ts';
import type { Connection } from './connection.ts';
import { databaseError } from './database-error.ts';
import { lockDirectory } from './directory-lock.ts';
import { drizzleOverPglite } from './drizzle.ts';
import { startEngine } from './embedded-engine.ts';
import * as schema from './schema.ts';

/**
 * Opens the embedded engine in `dataDirectory`, which holds nothing else. What is committed survives kill -9 and, the machine's
 * disk permitting, a power cut. Statements run on the calling thread, one at a time. `templates`: see `createCluster`.
 * @throws DatabaseError
 */
export async function openEmbedded(dataDirectory: string, templates?: string): Promise<Connection> {
  const cluster = join(dataDirectory, 'cluster');
  try {
    mkdirSync(dataDirectory, { recursive: true });
  } catch (error) {
    throw databaseError(`${dataDirectory}: cannot be made`, error);
  }
  const unlock = lockDirectory(join(dataDirectory, 'lock'));
  try {
    if (!existsSync(cluster)) await createCluster(cluster, templates);
    const engine = await startEngine(cluster);
    return {
      kind: 'embedded',
      database: drizzleOverPglite()({ client: engine, schema }),
      migration: (work) =>
        engine.transaction((transaction) =>
          work({
            execute: async (statements) => {
              await transaction.exec(statements);
            },
            query: async (statement, parameters) =>
              (await transaction.query<Record<string, unknown>>(statement, [...parameters])).rows,
          }),
        ),
      close: async () => {
        await engine.close();
        unlock();
      },
    };
  } catch (error) {
    unlock();
    throw databaseError(`${cluster}: the embedded database did not start`, error);
  }
}
