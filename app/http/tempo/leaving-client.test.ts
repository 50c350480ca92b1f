import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, it } from 'vitest';
import { machineClock, openTestStore, type TestStore } from '../../../storage/testing/store.ts';
import { createTraceQueries, type TraceQueries } from '../../trace-queries/trace-queries.ts';
import { close, open } from '../testing/http-client.ts';
import { leaveWhileItRuns } from '../testing/leaving-client.ts';
import { tempoApi } from './api.ts';

let store: TestStore;
let traces: TraceQueries;

beforeAll(async () => {
  store = await openTestStore();
  const { clickhouse } = store;
  const command = (sql: string) => clickhouse.command({ sql, what: 'test' });
  // A table that takes a minute to read.
  await command('DROP TABLE spans SYNC');
  await command(`CREATE VIEW spans AS SELECT now64(9) - 60 AS time, toFixedString('x', 16) AS trace_id, toFixedString('x', 8) AS span_id, 'server' AS kind,
      map('a', 'b') AS attributes
    FROM numbers(60) WHERE sleepEachRow(1) = 0 SETTINGS max_block_size = 1`);
  const { engine, logger, registry } = store;
  const address = { url: engine.url, username: engine.username, password: engine.password };
  const room = { clock: machineClock, logger, registry };
  traces = createTraceQueries({ clickhouse: address, timeoutMs: 60_000, ...room });
  const router = tempoApi({
    askTraces: traces.ask,
    version: '',
    clock: machineClock,
    logger: pino({ level: 'silent' }),
  });
  await open(express().set('query parser', 'simple').use(router));
}, 60_000);
afterAll(async () => {
  await close();
  await traces?.stop();
  await store?.close();
});

const running = async (): Promise<number> => {
  const rows = await store.clickhouse.rows({
    sql: "SELECT count() AS n FROM system.processes WHERE query ILIKE '%from spans%' AND query NOT ILIKE '%system.processes%'",
    what: 'test',
  });
  return Number(rows[0]!.n);
};

it.each([
  ['a search', '/search?q=%7B%7D'],
  ['names of tags', '/v2/search/tags?scope=span'],
  ['metrics', '/metrics/query_range?q=%7B%7D%7Crate()&step=1m'],
])('ends %s in ClickHouse when its client leaves', (_, path) => leaveWhileItRuns(path, running));
