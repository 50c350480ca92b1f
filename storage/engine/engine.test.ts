import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { ClickHouseError, ClickHouseLogLevel, createClient, TupleParam } from '@clickhouse/client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTestStore, type TestStore, until } from '../testing/store.ts';

let store: TestStore;
let client: ReturnType<typeof createClient>;

beforeAll(async () => {
  store = await openTestStore();
  const { url, username, password } = store.engine;
  client = createClient({ url, username, password, log: { level: ClickHouseLogLevel.OFF } });
});
afterAll(async () => {
  await client.close();
  await store.close();
});

async function value(type: string, parameter: unknown): Promise<unknown> {
  const result = await client.query({
    query: `SELECT {p:${type}} AS p`,
    query_params: { p: parameter },
    format: 'JSONEachRow',
    clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
  });
  return (await result.json<{ p: unknown }>())[0]?.p;
}

describe('parameters that @clickhouse/client can send', () => {
  const cases: readonly (readonly [type: string, sent: unknown, back: unknown])[] = [
    ['String', 'plain', 'plain'],
    ['String', '', ''],
    ['String', `a'b"c\\d\te\nf\rg\u0001{x:String} é 活动 😀`, `a'b"c\\d\te\nf\rg\u0001{x:String} é 活动 😀`],
    ['String', "'); DROP TABLE samples; --", "'); DROP TABLE samples; --"],
    ['String', '\\N', '\\N'],
    ['UInt8', 7, 7],
    ['Int64', -9007199254740993n, '-9007199254740993'],
    ['UInt64', 18446744073709551615n, '18446744073709551615'],
    ['Float64', 0.1, 0.1],
    ['Float64', 1e21, 1e21],
    ['Bool', true, true],
    ['Bool', false, false],
    ['Nullable(String)', null, null],
    ['Nullable(Int32)', 3, 3],
    ["DateTime64(3, 'UTC')", new Date(1763784000123), '2025-11-22 04:00:00.123'],
    ["DateTime('UTC')", new Date(1763784000000), '2025-11-22 04:00:00'],
    ['Date', '2026-11-22', '2026-11-22'],
    ['Array(UInt32)', [1, 2, 3], [1, 2, 3]],
    ['Array(String)', ["it's", 'a\\b', 'c,d]', '', '\n'], ["it's", 'a\\b', 'c,d]', '', '\n']],
    ['Array(Nullable(String))', ['a', null], ['a', null]],
    ['Array(Array(Int8))', [[1], [], [2, 3]], [[1], [], [2, 3]]],
    ['Array(Bool)', [true, false], [true, false]],
    ['Map(String, UInt8)', { a: 1, "b'": 2 }, { a: 1, "b'": 2 }],
    ['Map(UInt8, String)', new Map([[1, "x'y"]]), { 1: "x'y" }],
    ['Map(String, Array(String))', { k: ['v', "w'"] }, { k: ['v', "w'"] }],
    ['Tuple(UInt8, String, Nullable(String))', new TupleParam([1, "a'b", null]), [1, "a'b", null]],
    ['UUID', '61f0c404-5cb3-11e7-907b-a6006ad3dba0', '61f0c404-5cb3-11e7-907b-a6006ad3dba0'],
    ["Enum8('a' = 1, 'b' = 2)", 'b', 'b'],
    ['Decimal(20, 4)', '1234567890.5678', 1234567890.5678],
    ['IPv4', '10.0.0.1', '10.0.0.1'],
    ['FixedString(4)', 'abcd', 'abcd'],
  ];
  it.each(cases)('%s: %o', async (type, sent, back) => {
    expect(await value(type, sent)).toEqual(back);
  });

  it('carries not-a-number and the infinities', async () => {
    expect(await value('String', Number.NaN)).toBe('nan');
    const result = await client.query({
      query: 'SELECT isNaN({n:Float64}) AS n, {p:Float64} > 1e308 AS p, {m:Float64} < -1e308 AS m',
      query_params: { n: Number.NaN, p: Number.POSITIVE_INFINITY, m: Number.NEGATIVE_INFINITY },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ n: 1, p: 1, m: 1 }]);
  });

  it('names tables and columns by Identifier', async () => {
    const result = await client.query({
      query: 'SELECT {c:Identifier} AS c FROM system.{t:Identifier} LIMIT 1',
      query_params: { c: 'dummy', t: 'one' },
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ c: 0 }]);
  });

  it('takes 100,000 ids, which go as multipart', async () => {
    const ids = Array.from({ length: 100_000 }, (_, index) => (10n ** 18n + BigInt(index)).toString());
    const result = await client.query({
      query: 'SELECT length({ids:Array(UInt64)}) AS n, {ids:Array(UInt64)}[100000] AS last',
      query_params: { ids: ids.map(BigInt) },
      use_multipart_params: true,
      format: 'JSONEachRow',
      clickhouse_settings: { output_format_json_quote_64bit_integers: 1 },
    });
    expect(await result.json()).toEqual([{ n: '100000', last: ids.at(-1) }]);
  });

  it('forgets a parameter after its request', async () => {
    await value('String', 'secret');
    await expect(client.query({ query: 'SELECT {p:String}' })).rejects.toMatchObject({ code: '456' });
  });

  it('keeps parameters of requests at the same time apart', async () => {
    const values = Array.from({ length: 60 }, (_, index) => index);
    expect(await Promise.all(values.map((each) => value('UInt32', each)))).toEqual(values);
  });
});

describe('formats', () => {
  it.each([
    'JSON',
    'JSONEachRow',
    'JSONCompact',
    'JSONCompactEachRow',
    'JSONCompactEachRowWithNamesAndTypes',
    'CSVWithNames',
    'TabSeparated',
  ] as const)('%s', async (format) => {
    const result = await client.query({ query: "SELECT number AS n, 'x' AS s FROM numbers(3)", format });
    const text = await result.text();
    expect(text.match(/x/g)).toHaveLength(3);
    if (format === 'JSON')
      expect(JSON.parse(text)).toMatchObject({ rows: 3, data: [{ n: 0, s: 'x' }, {}, {}] });
  });

  it('answers binary as it is', async () => {
    const result = await client.exec({ query: 'SELECT toUInt16(65281) FORMAT RowBinary' });
    const chunks: Buffer[] = [];
    for await (const chunk of result.stream) chunks.push(chunk);
    expect(Buffer.concat(chunks)).toEqual(Buffer.from([1, 255]));
    expect(result.response_headers['x-clickhouse-format']).toBe('RowBinary');
  });

  it('compresses when asked', async () => {
    const { url, username, password } = store.engine;
    const compressed = createClient({
      url,
      username,
      password,
      compression: { response: true, request: true },
    });
    const result = await compressed.query({
      query: 'SELECT number FROM numbers(100000)',
      format: 'JSONEachRow',
    });
    expect(result.response_headers['content-encoding']).toBe('gzip');
    expect(await result.json()).toHaveLength(100_000);
    await compressed.command({ query: 'CREATE TABLE packed (a String) ENGINE = Memory' });
    await compressed.insert({ table: 'packed', values: [{ a: 'x' }], format: 'JSONEachRow' });
    const rows = await compressed.query({ query: 'SELECT * FROM packed', format: 'JSONEachRow' });
    expect(await rows.json()).toEqual([{ a: 'x' }]);
    await compressed.close();
  });

  it('streams with backpressure and ends the query when the reader leaves', async () => {
    const result = await client.query({
      query:
        'SELECT number, randomPrintableASCII(100) AS s FROM numbers(1000000000) SETTINGS max_block_size = 10000',
      format: 'JSONEachRow',
      query_id: 'long-stream',
      clickhouse_settings: { wait_end_of_query: 0 },
    });
    let rows = 0;
    for await (const batch of result.stream()) {
      rows += batch.length;
      if (rows > 50_000) break;
    }
    expect(rows).toBeGreaterThan(50_000);
    await until(async () => !(await running('long-stream')));
  });

  it('says an error that comes in the middle of a stream', async () => {
    const result = await client.query({
      query:
        'SELECT throwIf(number = 50000) AS t FROM numbers(100000) SETTINGS max_block_size = 1000, max_threads = 1',
      format: 'JSONEachRow',
      clickhouse_settings: { wait_end_of_query: 0 },
    });
    const read = async () => {
      for await (const _ of result.stream());
    };
    await expect(read()).rejects.toThrow(/non-zero/);
  });
});

async function running(id: string): Promise<boolean> {
  const result = await client.query({
    query: "SELECT count() AS n FROM system.processes WHERE Settings['log_comment'] = {id:String}",
    query_params: { id },
    format: 'JSONEachRow',
    clickhouse_settings: { readonly: '2' },
  });
  return Number((await result.json<{ n: string }>())[0]?.n) > 0;
}

describe('inserts', () => {
  beforeAll(() =>
    client.command({ query: 'CREATE TABLE things (a UInt64, b String) ENGINE = MergeTree ORDER BY a' }),
  );
  const count = async () => {
    const result = await client.query({ query: 'SELECT count() AS n FROM things', format: 'JSONEachRow' });
    return Number((await result.json<{ n: string }>())[0]?.n);
  };

  it('takes rows as JSON, and says how many it wrote', async () => {
    const before = await count();
    const { summary } = await client.insert({
      table: 'things',
      values: [
        { a: 1, b: "it's" },
        { a: 2, b: '活动\n' },
      ],
      format: 'JSONEachRow',
    });
    expect(summary?.written_rows).toBe('2');
    expect(await count()).toBe(before + 2);
  });

  it('takes binary', async () => {
    const { stream } = await client.exec({
      query: 'INSERT INTO things FORMAT RowBinary',
      values: Readable.from([Buffer.from([9, 0, 0, 0, 0, 0, 0, 0, 3, 0xff, 0x0a, 0x00])]),
    });
    stream.resume();
    const result = await client.query({
      query: 'SELECT hex(b) AS b FROM things WHERE a = 9',
      format: 'JSONEachRow',
    });
    expect(await result.json()).toEqual([{ b: 'FF0A00' }]);
  });

  it('takes no rows as no rows', async () => {
    const before = await count();
    await client.insert({ table: 'things', values: [], format: 'JSONEachRow' });
    await client.insert({
      table: 'things',
      values: Readable.from([], { objectMode: true }),
      format: 'JSONEachRow',
    });
    expect(await count()).toBe(before);
  });

  it('says how many rows an INSERT … SELECT wrote', async () => {
    const { summary } = await client.command({
      query: "INSERT INTO things SELECT number, 'n' FROM numbers(1234)",
    });
    expect(summary?.written_rows).toBe('1234');
  });

  it('takes VALUES', async () => {
    const before = await count();
    await client.command({ query: "INSERT INTO things VALUES (77, 'SELECT'), (78, 'FORMAT x')" });
    expect(await count()).toBe(before + 2);
  });

  it('refuses rows that do not fit', async () => {
    const before = await count();
    const insert = client.insert({ table: 'things', values: [{ a: 'no number' }], format: 'JSONEachRow' });
    await expect(insert).rejects.toBeInstanceOf(ClickHouseError);
    expect(await count()).toBe(before);
  });
});

describe('errors and limits', () => {
  it.each([
    ['SELEC 1', '62', 'SYNTAX_ERROR'],
    ['SELECT nothing FROM system.one', '47', 'UNKNOWN_IDENTIFIER'],
    ['SELECT * FROM no_such_table', '60', 'UNKNOWN_TABLE'],
    ['SELECT throwIf(1)', '395', 'FUNCTION_THROW_IF_VALUE_IS_NON_ZERO'],
  ])('%s', async (query, code, type) => {
    await expect(client.query({ query })).rejects.toMatchObject({ code, type });
  });

  it.each([
    [
      'time',
      { max_execution_time: 1 },
      'SELECT sleepEachRow(0.05) FROM numbers(100) SETTINGS max_block_size = 1',
      '159',
    ],
    ['memory', { max_memory_usage: '20000000' }, 'SELECT groupArray(number) FROM numbers(10000000)', '241'],
    ['rows', { max_rows_to_read: '10' }, 'SELECT count() FROM numbers(1000) WHERE number % 2', '158'],
    ['settings', { no_such_setting: '1' }, 'SELECT 1', '115'],
    ['readonly', { readonly: '1' }, 'CREATE TABLE x (a Int8) ENGINE = Memory', '164'],
    ['readonly, lifted', { readonly: '2' }, 'SELECT 1 SETTINGS readonly = 0', '164'],
  ])('%s', async (_, settings, query, code) => {
    await expect(client.query({ query, clickhouse_settings: settings })).rejects.toMatchObject({ code });
  });

  it('answers from the default database after a request for another', async () => {
    const current = (database: string) =>
      client.query({
        query: 'SELECT currentDatabase() AS database',
        http_headers: { 'x-clickhouse-database': database },
        format: 'JSONEachRow',
      });
    for (const database of ['system', 'default', 'system'])
      expect(await (await current(database)).json()).toEqual([{ database }]);
  });

  it('forgets settings after their request', async () => {
    await client.command({ query: 'SET max_threads = 1' });
    const result = await client.query({
      query: "SELECT getSetting('max_threads') AS n",
      format: 'JSONEachRow',
      clickhouse_settings: { max_threads: 7 },
    });
    expect(await result.json()).toEqual([{ n: 7 }]);
    const after = await client.query({
      query: "SELECT value FROM system.settings WHERE name = 'max_threads' AND changed",
      format: 'JSONEachRow',
    });
    expect(await after.json()).toEqual([]);
  });

  it('refuses a wrong password', async () => {
    const stranger = createClient({
      url: store.engine.url,
      username: 'tidewarden',
      password: 'guess',
      log: { level: ClickHouseLogLevel.OFF },
    });
    await expect(stranger.query({ query: 'SELECT 1' })).rejects.toMatchObject({ code: '516' });
    await stranger.close();
  });

  it.each([
    ['without', '100000000000', {}],
    ['with', '{n:UInt64}', { n: 100_000_000_000 }],
  ])('ends a query %s parameters that nobody waits for', async (_, count, parameters) => {
    const abort = new AbortController();
    const query = client.query({
      query: `SELECT count() FROM numbers(${count}) WHERE NOT ignore(sipHash64(number))`,
      query_params: parameters,
      query_id: 'abandoned',
      abort_signal: abort.signal,
      clickhouse_settings: { readonly: '2' },
    });
    query.catch(() => {});
    await until(() => running('abandoned'));
    abort.abort();
    await expect(query).rejects.toThrow(/abort/);
    await until(async () => !(await running('abandoned')));
  });

  it('answers 300 queries at a time', async () => {
    const { url, username, password } = store.engine;
    const wide = createClient({ url, username, password, max_open_connections: 100 });
    const sums = await Promise.all(
      Array.from({ length: 300 }, async (_, n) => {
        const result = await wide.query({
          query: 'SELECT sum(number) AS s FROM numbers({n:UInt32})',
          query_params: { n },
          format: 'JSONEachRow',
          clickhouse_settings: { readonly: '2' },
        });
        return Number((await result.json<{ s: string }>())[0]?.s);
      }),
    );
    expect(sums).toEqual(Array.from({ length: 300 }, (_, n) => Math.abs(n * (n - 1)) / 2));
    await wide.close();
  });

  it('loads while people’s queries take all their sessions', async () => {
    const abort = new AbortController();
    const slow = Array.from({ length: 20 }, () =>
      client.query({
        query: 'SELECT count() FROM numbers(100000000000) WHERE NOT ignore(sipHash64(number))',
        abort_signal: abort.signal,
        clickhouse_settings: { readonly: '2' },
      }),
    );
    for (const each of slow) each.catch(() => {});
    await store.clickhouse.command({
      sql: "INSERT INTO things SELECT 5, 'loaded'",
      what: 'test',
      load: true,
    });
    abort.abort();
    await Promise.allSettled(slow);
  });
});

describe('supervision', () => {
  it('comes back on the same port with its data after a kill', async () => {
    await client.command({
      query: "INSERT INTO things SELECT 4242, 'before'",
    });
    const before = store.engine.pid();
    const back = new Promise<void>((resolve) => {
      const stop = store.engine.onRestart(() => {
        stop();
        resolve();
      });
    });
    process.kill(before ?? 0, 'SIGKILL');
    await back;
    expect(store.engine.pid()).not.toBe(before);
    const rows = await store.clickhouse.rows({ sql: 'SELECT b FROM things WHERE a = 4242', what: 'test' });
    expect(rows).toEqual([{ b: 'before' }]);
    expect(await store.registry.getSingleMetricAsString('tidewarden_storage_engine_restarts_total')).toMatch(
      / 1$/m,
    );
  });

  it('fails as retryable while the engine is down', async () => {
    const query = store.clickhouse.rows({ sql: 'SELECT sleep(2)', what: 'test' });
    await until(
      async () =>
        (
          await store.clickhouse.rows({
            sql: "SELECT count() AS n FROM system.processes WHERE query LIKE '%sleep(2)%'",
            what: 'test',
          })
        )[0]?.n === '2',
    );
    process.kill(store.engine.pid() ?? 0, 'SIGKILL');
    await expect(query).rejects.toMatchObject({ failure: 'unavailable', retryable: true });
    await until(() => store.clickhouse.ping());
  });

  it('does not hold the secret on its command line or in its environment', () => {
    const pid = store.engine.pid();
    for (const file of ['cmdline', 'environ'])
      expect(readFileSync(`/proc/${pid}/${file}`, 'latin1')).not.toContain(store.engine.password);
  });
});
