import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Connection } from './connection.ts';
import { DatabaseError, databaseError } from './database-error.ts';
import { lockDirectory } from './directory-lock.ts';
import { drizzleOverPglite } from './drizzle.ts';
import { startEngine } from './embedded-engine.ts';
import * as schema from './schema.ts';

/** Makes a fresh cluster beside its place and moves it there when it is whole, so that a kill leaves none half-made. */
async function initialise(cluster: string): Promise<void> {
  const fresh = `${cluster}.new`;
  rmSync(fresh, { recursive: true, force: true });
  const script = fileURLToPath(new URL('./initialise-embedded.ts', import.meta.url));
  const child = spawn(process.execPath, [script, fresh], { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaint = (complaint + text).slice(-2_000);
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject).once('close', resolve);
  });
  if (code !== 0) {
    throw new DatabaseError(`${cluster}: a new database could not be made: ${complaint.trim()}`, false);
  }
  renameSync(fresh, cluster);
}

/**
 * Opens the embedded engine in `dataDirectory`, which holds nothing else. What is committed survives kill -9 and, the machine's disk
 * permitting, a power cut. Statements run on the calling thread, one at a time.
 * @throws DatabaseError
 */
export async function openEmbedded(dataDirectory: string): Promise<Connection> {
  const cluster = join(dataDirectory, 'cluster');
  try {
    mkdirSync(dataDirectory, { recursive: true });
  } catch (error) {
    throw databaseError(`${dataDirectory}: cannot be made`, error);
  }
  const unlock = lockDirectory(join(dataDirectory, 'lock'));
  try {
    if (!existsSync(cluster)) await initialise(cluster);
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
