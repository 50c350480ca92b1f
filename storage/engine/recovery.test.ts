import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createClickHouse } from '../clickhouse/clickhouse.ts';
import { machineClock } from '../testing/store.ts';
import { loggedParts, mendDeduplicationLogs, parsePart } from './deduplication-log.ts';
import { waitForPrevious } from './previous.ts';
import { type Engine, startEngine } from './supervisor.ts';

let directory: string;
let engine: Engine | null = null;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidewarden-recovery-'));
});
afterEach(async () => {
  await engine?.stop();
  engine = null;
  rmSync(directory, { recursive: true, force: true });
});

const start = async () => {
  const registry = new Registry();
  engine = await startEngine({
    dataDirectory: directory,
    clock: machineClock,
    logger: pino({ level: 'silent' }),
    registry,
  });
  return createClickHouse({
    url: engine.url,
    username: engine.username,
    password: engine.password,
    registry,
  });
};

function logFile(): string {
  const store = join(directory, 'clickhouse', 'store');
  for (const prefix of readdirSync(store))
    for (const table of readdirSync(join(store, prefix)))
      for (const name of readdirSync(join(store, prefix, table)))
        if (name === 'deduplication_logs')
          return join(store, prefix, table, name, readdirSync(join(store, prefix, table, name))[0] ?? '');
  throw new Error('No deduplication log');
}

it('reads part names, and no others', () => {
  expect(parsePart('20261122_3_7_1')).toEqual({ partition: '20261122', min: 3, max: 7 });
  expect(parsePart('all_1_1_0_9')).toEqual({ partition: 'all', min: 1, max: 1 });
  expect([parsePart('tmp_insert_all_1_1_0'), parsePart('detached'), parsePart('deduplication_logs')]).toEqual(
    [null, null, null],
  );
});

it('reads what a log adds and drops', () => {
  expect([...loggedParts('1\ta_1_1_0\tx\n1\ta_2_2_0\ty\n2\ta_1_1_0\tx\nto')]).toEqual([['y', 'a_2_2_0']]);
});

it('takes a load again whose token was written down and whose part was not', async () => {
  const clickhouse = await start();
  const create =
    'CREATE TABLE t (a UInt8) ENGINE = MergeTree ORDER BY a SETTINGS non_replicated_deduplication_window = 100';
  await clickhouse.command({ sql: create, what: 'test' });
  const insert = (token: string) => (client: typeof clickhouse) =>
    client.command({
      sql: 'INSERT INTO t SELECT 1',
      settings: { insert_deduplication_token: token },
      what: 'test',
    });
  await insert('kept')(clickhouse);
  await clickhouse.close();
  await engine?.stop();
  // What a kill between the two leaves: the token of the next part, and half of the line after it.
  const [kept] = [...loggedParts(readFileSync(logFile(), 'utf8')).keys()];
  const path = logFile();
  appendFileSync(path, '1\tall_2_2_0\tall_1_2\n1\tall_');
  expect(mendDeduplicationLogs(join(directory, 'clickhouse'))).toBe(1);
  expect([...loggedParts(readFileSync(path, 'utf8')).keys()]).toEqual([kept]);
  expect(mendDeduplicationLogs(join(directory, 'clickhouse'))).toBe(0);
  const again = await start();
  await insert('kept')(again);
  await insert('new')(again);
  await insert('new')(again);
  expect(await again.rows({ sql: 'SELECT count() AS n FROM t', what: 'test' })).toEqual([{ n: '2' }]);
  await again.close();
});

it('waits for an engine that is still going away', async () => {
  const store = join(directory, 'clickhouse');
  mkdirSync(store);
  const dying = spawn(process.execPath, [
    '-e',
    'process.stdin.on("end", () => process.exit()); process.stdin.resume(); console.log("open")',
    'engine-process',
  ]);
  const exited = once(dying, 'exit');
  await once(dying.stdout, 'data');
  writeFileSync(join(store, 'status'), `PID: ${dying.pid}\nStarted at: 2026-11-22 04:00:00\n`);
  let waited = false;
  const waiting = waitForPrevious(store).then(() => {
    waited = true;
  });
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(waited).toBe(false);
  dying.stdin.end();
  await exited;
  await waiting;
});

it('says why it cannot start', async () => {
  writeFileSync(join(directory, 'clickhouse'), 'a file where the store should be');
  await expect(start()).rejects.toThrow(/did not start in .*EEXIST/);
});
