import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Connection } from './connection.ts';
import { getTableColumns, getTableName, PgTable, sql } from './drizzle.ts';
import { openEmbedded } from './embedded.ts';
import { migrate, readMigrations } from './migrate.ts';
import * as schema from './schema.ts';
import { TEMPLATES } from './testing/engines.ts';

const directory = mkdtempSync(join(tmpdir(), 'tidewarden-migrate-'));
let connection: Connection;
beforeAll(async () => {
  connection = await openEmbedded(directory, TEMPLATES);
});
afterAll(async () => {
  await connection.close();
  rmSync(directory, { recursive: true, force: true });
});

async function rows(statement: string): Promise<Record<string, unknown>[]> {
  const result = z.object({ rows: z.array(z.record(z.string(), z.unknown())) });
  return result.parse(await connection.database.execute(sql.raw(statement))).rows;
}

const known = readMigrations();
const next = (statements: string) => ({ version: known.length + 1, name: 'next.sql', statements });

describe('migrations', () => {
  test('are applied once', async () => {
    expect(await migrate(connection)).toEqual(known.map(({ name }) => name));
    expect(await migrate(connection)).toEqual([]);
  });

  test('make the tables that the code sees', async () => {
    const tables = Object.values(schema).filter((value) => value instanceof PgTable);
    expect(tables.length).toBeGreaterThanOrEqual(5);
    for (const table of tables) {
      const columns = await rows(
        `SELECT column_name AS name, is_nullable = 'NO' AS "notNull", data_type AS type
         FROM information_schema.columns WHERE table_name = '${getTableName(table)}'`,
      );
      const seen = Object.values(getTableColumns(table)).map((column) => ({
        name: column.name,
        notNull: column.notNull,
        type: column.getSQLType(),
      }));
      const byName = (left: { name?: unknown }, right: { name?: unknown }) =>
        String(left.name) < String(right.name) ? -1 : 1;
      expect(columns.sort(byName), getTableName(table)).toEqual(seen.sort(byName));
    }
  });

  test('that fail leave nothing behind', async () => {
    const broken = next('CREATE TABLE half_made (a int); SELECT 1/0;');
    await expect(migrate(connection, [...known, broken])).rejects.toMatchObject({ retryable: false });
    expect(
      await rows(`SELECT 1 AS one FROM information_schema.tables WHERE table_name = 'half_made'`),
    ).toEqual([]);
  });

  test('that were changed after they were applied are refused', async () => {
    const changed = known.map((migration) => ({ ...migration, statements: `${migration.statements}\n` }));
    await expect(migrate(connection, changed)).rejects.toThrow(/is not the one that was applied/);
  });

  test('of a newer program are refused', async () => {
    await migrate(connection, [...known, next('SELECT 1')]);
    await expect(migrate(connection)).rejects.toThrow(/which this program does not know/);
    await connection.database.execute(`DELETE FROM tidewarden_migrations WHERE name = 'next.sql'`);
  });
});
