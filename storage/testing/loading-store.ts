/** A real store with a loader that fills it from sealed segments, for tests of what loads bring about. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { Clock } from '../../model/units.ts';
import { applyRetention } from '../clickhouse/migrate.ts';
import { type Loader, type LoaderOptions, startLoader } from '../loader/loader.ts';
import { TestSegments } from './segments.ts';
import { machineClock, openTestStore, type TestStore, until } from './store.ts';

/** The tests' telemetry may be of a fixed day, whatever day it is. */
const FOR_EVER = 20_000;

export interface LoadingStore extends TestStore {
  /** What is added here is loaded while the loader runs. */
  readonly segments: TestSegments;
  readonly deadLetterDirectory: string;
  /** Starts a loader, in place of the one that runs. */
  start(options?: Partial<LoaderOptions>): Promise<Loader>;
  stop(): Promise<void>;
  /** The metrics of the loader that was started last. */
  loads(): Registry;
  /** Waits until every segment was loaded and released. */
  loaded(): Promise<void>;
  /** Loads that wrote another number of rows than the wire check had counted. */
  mismatches(): Promise<number>;
  rows(sql: string): ReturnType<TestStore['clickhouse']['rows']>;
  /** Stops the loader and forgets all telemetry, so that the next test finds a new store: an engine takes seconds to start. */
  empty(): Promise<void>;
}

/** Starts an engine, and no loader yet. `engineClock` is what the engine's supervisor goes by. */
export async function openLoadingStore(engineClock: Clock = machineClock): Promise<LoadingStore> {
  const store = await openTestStore(engineClock);
  const { directory, clickhouse, logger } = store;
  await applyRetention(clickhouse, {
    spansDays: FOR_EVER,
    keptTracesDays: FOR_EVER,
    logsDays: FOR_EVER,
    samplesDays: FOR_EVER,
    rolledUpDays: FOR_EVER,
  });
  const segments = new TestSegments(join(directory, 'wal'));
  const deadLetterDirectory = join(directory, 'dead-letter');
  let loader: Loader | null = null;
  let registry = new Registry();

  const rows = (sql: string) => clickhouse.rows({ sql, what: 'test' });
  const stop = async (): Promise<void> => {
    await loader?.stop();
    loader = null;
  };
  return {
    ...store,
    segments,
    deadLetterDirectory,
    start: async (options = {}) => {
      await stop();
      registry = new Registry();
      loader = await startLoader({
        segments,
        clickhouse,
        embedded: true,
        seriesPerMetric: 50_000,
        deadLetterDirectory,
        clock: machineClock,
        logger,
        registry,
        ...options,
      });
      return loader;
    },
    stop,
    loads: () => registry,
    loaded: () => until(() => segments.held() === 0, 60),
    mismatches: async () => {
      const metric = await registry.getSingleMetric('tidewarden_storage_load_row_mismatches_total')?.get();
      return (metric?.values ?? []).reduce((sum, { value }) => sum + value, 0);
    },
    rows,
    empty: async () => {
      await stop();
      const filled = await rows(`SELECT name FROM system.tables
        WHERE database = currentDatabase() AND total_rows > 0 AND name != 'schema_migrations'`);
      for (const { name } of filled)
        await clickhouse.command({ sql: `TRUNCATE TABLE ${String(name)}`, what: 'test' });
      segments.clear();
      for (const left of [deadLetterDirectory, join(directory, 'loads')])
        await rm(left, { recursive: true, force: true });
    },
    close: async () => {
      await stop();
      await store.close();
    },
  };
}
