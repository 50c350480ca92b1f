import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../app/clock.ts';
import { type ClickHouse, createClickHouse } from '../storage/clickhouse/clickhouse.ts';
import { startEngine } from '../storage/engine/supervisor.ts';

/**
 * Bytes of all tables of a product that was stopped, as ClickHouse counts its active parts: those that a merge replaced are kept for some
 * minutes and are no longer data.
 */
export const storedBytes = (dataDirectory: string): Promise<number> =>
  inStore(dataDirectory, (clickhouse) => partBytes(clickhouse));

/** What samples need: themselves and the index that finds them. */
const TABLES = ['samples', 'series', 'metric_meta'];

/** Bytes of samples of a product that was stopped, as they lie and as they would be if every merge were done. Changes nothing. */
export const sampleBytes = (
  dataDirectory: string,
): Promise<{ readonly lying: number; readonly merged: number }> =>
  inStore(dataDirectory, async (clickhouse) => {
    const lying = await partBytes(clickhouse, TABLES);
    const copies: string[] = [];
    for (const table of TABLES) {
      const copy = `bench_${table}`;
      for (const sql of [
        `CREATE TABLE ${copy} AS ${table}`,
        `INSERT INTO ${copy} SELECT * FROM ${table}`,
        `OPTIMIZE TABLE ${copy} FINAL`,
      ])
        await clickhouse.command({ sql, what: 'bench', limits: { maxSeconds: 300 } });
      copies.push(copy);
    }
    const merged = await partBytes(clickhouse, copies);
    for (const copy of copies) await clickhouse.command({ sql: `DROP TABLE ${copy} SYNC`, what: 'bench' });
    return { lying, merged };
  });

async function partBytes(clickhouse: ClickHouse, tables: readonly string[] = []): Promise<number> {
  const [row] = await clickhouse.rows({
    sql: `SELECT sum(bytes_on_disk) AS bytes FROM system.parts
      WHERE active AND database = 'default' AND (empty({tables:Array(String)}) OR table IN {tables:Array(String)})`,
    parameters: { tables },
    what: 'bench',
  });
  return Number(row?.bytes ?? 0);
}

async function inStore<Result>(
  dataDirectory: string,
  use: (clickhouse: ClickHouse) => Promise<Result>,
): Promise<Result> {
  const registry = new Registry();
  const engine = await startEngine({
    dataDirectory: join(dataDirectory, 'clickhouse'),
    clock: systemClock,
    logger: pino({ level: 'error' }),
    registry,
  });
  const { url, username, password } = engine;
  const clickhouse = createClickHouse({ url, username, password, registry });
  try {
    return await use(clickhouse);
  } finally {
    await clickhouse.close();
    await engine.stop();
  }
}
