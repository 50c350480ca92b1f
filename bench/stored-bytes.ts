import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { systemClock } from '../app/clock.ts';
import { createClickHouse } from '../storage/clickhouse/clickhouse.ts';
import { startEngine } from '../storage/engine/supervisor.ts';

/**
 * Bytes of all tables, or of those named, of a product that was stopped, as ClickHouse counts its active parts: those that a merge replaced are
 * kept for some minutes and are no longer data.
 */
export async function storedBytes(dataDirectory: string, tables: readonly string[] = []): Promise<number> {
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
    const [row] = await clickhouse.rows({
      sql: `SELECT sum(bytes_on_disk) AS bytes FROM system.parts
        WHERE active AND database = 'default' AND (empty({tables:Array(String)}) OR table IN {tables:Array(String)})`,
      parameters: { tables },
      what: 'bench',
    });
    return Number(row?.bytes ?? 0);
  } finally {
    await clickhouse.close();
    await engine.stop();
  }
}
