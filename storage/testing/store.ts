/** A real embedded store in a directory of its own, for tests and benches. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Logger, pino } from 'pino';
import { Registry } from 'prom-client';
import { type Clock, durationMs, epochMs } from '../../model/units.ts';
import { type ClickHouse, createClickHouse } from '../clickhouse/clickhouse.ts';
import { migrate } from '../clickhouse/migrate.ts';
import { type Engine, startEngine } from '../engine/supervisor.ts';

/** The machine's clock: tests of storage measure real work. */
export const machineClock: Clock = {
  now: () => epochMs(Date.now()),
  monotonic: () => durationMs(performance.now()),
};

export interface TestStore {
  readonly directory: string;
  readonly engine: Engine;
  readonly clickhouse: ClickHouse;
  readonly registry: Registry;
  readonly logger: Logger;
  /** Stops the engine and removes the directory. */
  close(): Promise<void>;
}

/** Starts an engine with the newest schema in a new temporary directory. `engineClock` is what its supervisor goes by. */
export async function openTestStore(engineClock: Clock = machineClock): Promise<TestStore> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewarden-storage-'));
  const registry = new Registry();
  const logger: Logger = pino({ level: 'silent' });
  const engine = await startEngine({ dataDirectory: directory, clock: engineClock, logger, registry });
  const clickhouse = createClickHouse({
    url: engine.url,
    username: engine.username,
    password: engine.password,
    registry,
  });
  await migrate(clickhouse, machineClock);
  return {
    directory,
    engine,
    clickhouse,
    registry,
    logger,
    close: async () => {
      await clickhouse.close();
      await engine.stop();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Waits until `check` holds; throws after `seconds`. Ends as soon as it holds, so no test sleeps for luck. */
export async function until(check: () => Promise<boolean> | boolean, seconds = 30): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!(await check())) {
    if (performance.now() > deadline) throw new Error(`Did not come true within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
