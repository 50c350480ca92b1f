import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Connection, MigrationSession } from './connection.ts';
import { DatabaseError, databaseWork } from './database-error.ts';

/** One checked-in file `NNNN-what.sql`. Once published it never changes; a change is the next file. */
export interface Migration {
  readonly version: number;
  readonly name: string;
  readonly statements: string;
}

/** The migrations of a folder in order. @throws DatabaseError where numbers are missing or doubled. */
export function readMigrations(folder = join(import.meta.dirname, 'migrations')): readonly Migration[] {
  const migrations = readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({
      version: Number.parseInt(file, 10),
      name: file,
      statements: readFileSync(join(folder, file), 'utf8'),
    }));
  for (const [index, migration] of migrations.entries()) {
    if (migration.version !== index + 1) {
      throw new DatabaseError(`${migration.name}: migrations must count 0001, 0002, … without gaps`, false);
    }
  }
  return migrations;
}

const appliedRow = z.object({ version: z.coerce.number().int(), name: z.string(), checksum: z.string() });

const checksum = (statements: string) => createHash('sha256').update(statements).digest('hex');

async function readApplied(session: MigrationSession): Promise<z.infer<typeof appliedRow>[]> {
  await session.execute(`CREATE TABLE IF NOT EXISTS tidewarden_migrations (
    version integer PRIMARY KEY, name text NOT NULL, checksum text NOT NULL,
    applied_at timestamptz NOT NULL DEFAULT now())`);
  const rows = await session.query(
    'SELECT version, name, checksum FROM tidewarden_migrations ORDER BY version',
    [],
  );
  return rows.map((row) => appliedRow.parse(row));
}

/**
 * Brings the database to the newest version in one transaction: all migrations or none. Returns the names of those
 * that were applied now.
 * @throws DatabaseError, final, where the database is newer than this program or a published migration was changed.
 */
export async function migrate(
  connection: Connection,
  migrations: readonly Migration[] = readMigrations(),
): Promise<readonly string[]> {
  const done: string[] = [];
  await databaseWork('migrating the database', () =>
    connection.migration(async (session) => {
      const applied = await readApplied(session);
      for (const row of applied) {
        const known = migrations.find((migration) => migration.version === row.version);
        if (known === undefined) {
          throw new DatabaseError(
            `the database is at migration ${row.name}, which this program does not know; run a newer version`,
            false,
          );
        }
        if (checksum(known.statements) !== row.checksum) {
          throw new DatabaseError(
            `migration ${row.name} is not the one that was applied; restore the file and add a new one`,
            false,
          );
        }
      }
      for (const migration of migrations.slice(applied.length)) {
        await session.execute(migration.statements);
        await session.query(
          'INSERT INTO tidewarden_migrations (version, name, checksum) VALUES ($1, $2, $3)',
          [migration.version, migration.name, checksum(migration.statements)],
        );
        done.push(migration.name);
      }
    }),
  );
  return done;
}
