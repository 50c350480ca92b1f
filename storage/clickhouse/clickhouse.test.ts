import { afterAll, beforeAll, expect, it } from 'vitest';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { StoreError } from './errors.ts';
import { applyRetention, MIGRATIONS, migrate } from './migrate.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

const run = (sql: string) => store.clickhouse.command({ sql, what: 'test' });
async function tables(): Promise<string[]> {
  const rows = await store.clickhouse.rows({
    sql: 'SELECT name FROM system.tables WHERE database = currentDatabase()',
    what: 'test',
  });
  return rows.map(({ name }) => String(name));
}
async function dropAll(): Promise<void> {
  for (const name of await tables()) await run(`DROP TABLE IF EXISTS ${name} SYNC`);
}

it('migrates once, and changes nothing the second time', async () => {
  expect(await migrate(store.clickhouse, machineClock)).toEqual([]);
  const rows = await store.clickhouse.rows({
    sql: 'SELECT version FROM schema_migrations ORDER BY version',
    what: 'test',
  });
  expect(rows.map((row) => row.version)).toEqual(MIGRATIONS.map((each) => each.version));
});

it('completes a migration that was cut off after its statements', async () => {
  await dropAll();
  for (const migration of MIGRATIONS) {
    for (const sql of [...migration.statements, ...migration.statements]) await run(sql);
  }
  expect(await tables()).toContain('native_histograms');
  await dropAll();
  expect(await migrate(store.clickhouse, machineClock)).toEqual(MIGRATIONS.map((each) => each.version));
});

it('carries exponential histograms over to native ones', async () => {
  await dropAll();
  for (const { statements } of MIGRATIONS.slice(0, 4)) for (const sql of statements) await run(sql);
  await run(
    "INSERT INTO series (name, id, labels, first, last, written) VALUES ('h', 5, {'a': 'b'}, now(), now(), now())",
  );
  await run(`INSERT INTO native_histograms (id, ts, delta, scale, count, sum, has_sum, zero_count, positive_offset, positive_counts)
    SELECT 5, now(), number, 9, 10, 2.5, true, 0, -3, [1, 2, 3, 4] FROM numbers(2)`);
  await migrate(store.clickhouse, machineClock);
  const rows = await store.clickhouse.rows({
    sql: `SELECT toString(hint) AS hint, schema, count, sum, positive_offsets, positive_lengths, positive_counts FROM native_histograms ORDER BY hint`,
    what: 'test',
  });
  const same = {
    schema: 8,
    count: 10,
    sum: 2.5,
    positive_offsets: [-1],
    positive_lengths: [3],
    positive_counts: [1, 5, 4],
  };
  expect(rows).toEqual([
    { ...same, hint: 'gauge' },
    { ...same, hint: 'unknown' },
  ]);
  const series = await store.clickhouse.rows({
    sql: 'SELECT name, max(native) AS native FROM series GROUP BY name',
    what: 'test',
  });
  expect(series).toEqual([{ name: 'h', native: true }]);
  expect(await tables()).not.toContain('exponential_histograms');
});

it('refuses a store of a newer version', async () => {
  await store.clickhouse.command({
    sql: "INSERT INTO schema_migrations SELECT 999, 'later', now64(3)",
    what: 'test',
  });
  await expect(migrate(store.clickhouse, machineClock)).rejects.toThrow(/schema version 999/);
});

it('sets how long telemetry is kept', async () => {
  await applyRetention(store.clickhouse, {
    spansDays: 3,
    keptTracesDays: 3,
    logsDays: 4,
    samplesDays: 400,
    rolledUpDays: 400,
  });
  await applyRetention(store.clickhouse, {
    spansDays: 3,
    keptTracesDays: 3,
    logsDays: 4,
    samplesDays: 400,
    rolledUpDays: 400,
  });
  const rows = await store.clickhouse.rows({
    sql: "SELECT create_table_query AS sql FROM system.tables WHERE name IN ('samples', 'spans') ORDER BY name",
    what: 'test',
  });
  expect(rows[0]?.sql).toContain('toIntervalDay(400)');
  // Traces leave when they are thinned out.
  expect(rows[1]?.sql).not.toContain('TTL');
});

it('reads 64-bit integers exactly, as text', async () => {
  const rows = await store.clickhouse.rows({
    sql: 'SELECT {id:UInt64} AS id',
    parameters: { id: 2n ** 64n - 1n },
    what: 'test',
  });
  expect(rows).toEqual([{ id: '18446744073709551615' }]);
});

it('binds 50,000 ids to a binary read', async () => {
  const ids = Array.from({ length: 50_000 }, (_, index) => 2n ** 63n + BigInt(index));
  const bytes = await store.clickhouse.bytes(
    {
      sql: 'SELECT sum(arrayJoin({ids:Array(UInt64)}) - 9223372036854775808)',
      parameters: { ids },
      what: 'test',
    },
    'RowBinary',
  );
  expect(bytes.readBigInt64LE()).toBe((50_000n * 49_999n) / 2n);
});

it('streams binary', async () => {
  let length = 0;
  const request = { sql: 'SELECT number FROM numbers(1000000)', what: 'test' };
  for await (const chunk of store.clickhouse.stream(request, 'RowBinary')) length += chunk.length;
  expect(length).toBe(8_000_000);
});

it('cannot write through a read', async () => {
  const read = store.clickhouse.rows({ sql: 'TRUNCATE TABLE samples', what: 'test' });
  await expect(read).rejects.toMatchObject({ failure: 'rejected', retryable: false });
});

it('tells failures apart', async () => {
  const slow = store.clickhouse.rows({
    sql: 'SELECT count() FROM numbers(1000000000000) WHERE NOT ignore(sipHash64(number))',
    limits: { maxSeconds: 1, maxRowsToRead: 1e15 },
    what: 'slow test',
  });
  await expect(slow).rejects.toMatchObject({ failure: 'too_much', retryable: false });
  const wrong = store.clickhouse.rows({ sql: 'SELECT nothing', what: 'wrong test' });
  await expect(wrong).rejects.toBeInstanceOf(StoreError);
  const abort = new AbortController();
  abort.abort();
  const left = store.clickhouse.rows({ sql: 'SELECT 1', what: 'left', abort: abort.signal });
  await expect(left).rejects.toMatchObject({ failure: 'aborted' });
});
