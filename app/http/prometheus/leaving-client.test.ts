import express from 'express';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { machineClock, openTestStore, type TestStore, until } from '../../../storage/testing/store.ts';
import { type Queries, startQueries } from '../../queries/queries.ts';
import { close, open, port } from '../testing/http-client.ts';
import { leaveWhileItRuns } from '../testing/leaving-client.ts';
import { queryRoutes } from './query.ts';

/** From the client's socket through the thread of queries to ClickHouse, all of it real. */
let store: TestStore;
let queries: Queries;

beforeAll(async () => {
  store = await openTestStore();
  const command = (sql: string) => store.clickhouse.command({ sql, what: 'test' });
  // A table that takes a minute to read.
  await command('DROP TABLE samples SYNC');
  await command(`CREATE VIEW samples AS
    SELECT toUInt64(1) AS id, now64(3) - 60 AS ts, toInt64(1) AS int, 0. AS float, toDateTime64(0, 3) AS start, 1. AS value, false AS stale
    FROM numbers(60) WHERE sleepEachRow(1) = 0 SETTINGS max_block_size = 1`);
  await command(`INSERT INTO series (name, id, labels, first, last, written)
    VALUES ('slow_total', 1, map('job', 'order'), now64(3) - 3600, now64(3) + 3600, now64(3))`);
  const { url, username, password } = store.engine;
  queries = await startQueries({
    clickhouse: { url, username, password },
    keptDays: 30,
    limits: { maxSamples: 1_000_000, maxScanned: 1_000_000, timeoutMs: 60_000, concurrency: 4 },
    clock: machineClock,
    ...{ logger: store.logger, registry: store.registry },
  });
  await open(
    express().use(
      queryRoutes({ ...queries.people, answerQuery: queries.people.answer, clock: machineClock }),
    ),
  );
}, 60_000);
afterAll(async () => {
  await close();
  await queries?.stop();
  await store?.close();
});

const running = async (): Promise<number> => {
  const rows = await store.clickhouse.rows({
    sql: "SELECT count() AS n FROM system.processes WHERE query ILIKE '%from samples%' AND query NOT ILIKE '%system.processes%'",
    what: 'test',
  });
  return Number(rows[0]!.n);
};

it.each([
  ['an instant query', '/query?query=slow_total'],
  ['a range of samples', '/query?query=slow_total%5B1h%5D'],
  [
    'a range query',
    `/query_range?query=rate(slow_total%5B5m%5D)&step=60&start=${machineClock.now() / 1_000 - 600}&end=${machineClock.now() / 1_000}`,
  ],
])('ends %s in ClickHouse when its client leaves', (_, path) => leaveWhileItRuns(path, running));

it('ends a query in ClickHouse when its own time is over', async () => {
  const answer = await fetch(`http://127.0.0.1:${port()}/query?query=slow_total&timeout=1s`);
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ status: 'error', errorType: 'timeout' });
  await until(async () => (await running()) === 0);
}, 30_000);
