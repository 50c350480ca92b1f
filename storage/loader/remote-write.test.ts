import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labelsOf, type SeriesInput, STALE, writeRequest } from '../../collector/testing/remote-write.ts';
import { checkBody } from '../../collector/wire/check.ts';
import { createPromql } from '../../promql/engine.ts';
import { createClickHouseQueryable } from '../queryable/clickhouse-queryable.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { machineClock } from '../testing/store.ts';
import { encodeMetrics } from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const TIMES = [T0_MS, T0_MS + 60_000] as const;

let store: LoadingStore;

beforeAll(async () => {
  store = await openLoadingStore();
  await store.start();
});
afterAll(() => store.close());

/** Loads a request as the collector would have let it through. */
async function load(body: Buffer): Promise<void> {
  const checked = checkBody('remote_write', body);
  if (!checked.ok) throw new Error(checked.message);
  expect(checked.rejected).toBe(0);
  store.segments.add('remote_write', [{ bytes: body, items: checked.items, rows: checked.rows }], TIMES);
  await store.loaded();
  expect(await store.mismatches()).toBe(0);
  const dead = store.deadLetterDirectory;
  const reasons = readdirSync(dead).filter((name) => name.endsWith('.json'));
  expect(reasons.map((name) => readFileSync(join(dead, name), 'utf8'))).toEqual([]);
}

const rows = (sql: string) => store.rows(sql);
const samplesOf = async (name: string) =>
  (
    await rows(`SELECT labels, toUnixTimestamp64Milli(ts) - ${T0_MS} AS ms, value, stale, toUnixTimestamp64Milli(start) AS start
      FROM samples INNER JOIN (SELECT name, id, any(labels) AS labels FROM series WHERE name = '${name}' GROUP BY name, id) AS s USING (id)
      ORDER BY toString(labels), ts`)
  ).map(({ labels, ms, value, stale, start }) => [
    labels,
    Number(ms),
    stale === true ? 'stale' : value,
    Number(start) === 0 ? null : Number(start) - T0_MS,
  ]);
const gauge = (
  name: string,
  labels: Record<string, string>,
  more: Partial<SeriesInput> = {},
): SeriesInput => ({
  labels: labelsOf(name, labels),
  samples: [{ ms: T0_MS, value: 1 }],
  ...more,
});

describe('remote writes', () => {
  it('become samples of their series', async () => {
    await load(
      writeRequest([
        gauge(
          'up',
          { job: 'shop', instance: 'a' },
          {
            samples: [
              { ms: T0_MS, value: 1 },
              { ms: T0_MS + 15_000, value: 0 },
            ],
          },
        ),
        gauge('up', { job: 'shop', instance: 'b' }, { samples: [{ ms: T0_MS, value: STALE }] }),
        gauge('ratio', { 地区: '广州' }, { samples: [{ ms: T0_MS, value: -0.25, startMs: T0_MS - 5_000 }] }),
      ]),
    );
    expect(await samplesOf('up')).toEqual([
      [{ instance: 'a', job: 'shop' }, 0, 1, null],
      [{ instance: 'a', job: 'shop' }, 15_000, 0, null],
      [{ instance: 'b', job: 'shop' }, 0, 'stale', null],
    ]);
    expect(await samplesOf('ratio')).toEqual([[{ 地区: '广州' }, 0, -0.25, -5_000]]);
  });

  it('keep no empty labels and sort the others', async () => {
    const labels = [
      ['__name__', 'unsorted'],
      ['zone', 'z'],
      ['empty', ''],
      ['app', 'a'],
    ] as const;
    await load(
      writeRequest([
        { labels, samples: [{ ms: T0_MS, value: 1 }] },
        gauge('unsorted', { app: 'a', zone: 'z' }, { samples: [{ ms: T0_MS + 1, value: 2 }] }),
      ]),
    );
    expect(await samplesOf('unsorted')).toEqual([
      [{ app: 'a', zone: 'z' }, 0, 1, null],
      [{ app: 'a', zone: 'z' }, 1, 2, null],
    ]);
    const series = await rows(
      `SELECT uniqExact(id) AS n, any(mapKeys(labels)) AS keys FROM series WHERE name = 'unsorted'`,
    );
    expect(series).toMatchObject([{ n: expect.anything(), keys: ['app', 'zone'] }]);
    expect(Number(series[0]?.n)).toBe(1);
  });

  it('go on with the very series that OTLP has begun', async () => {
    const point = {
      timeNano: BigInt(T0_MS) * 1_000_000n,
      value: 7n,
      int: true,
      attributes: { 'campaign.id': 'tea' },
    };
    store.segments.add(
      'metrics',
      [
        {
          bytes: encodeMetrics({ 'service.name': 'order', 'service.instance.id': 'i1' }, [
            { name: 'order.open', gauge: [point] },
          ]),
          items: 1,
          rows: 1,
        },
      ],
      TIMES,
    );
    await store.loaded();
    await load(
      writeRequest([
        gauge(
          'order_open',
          { campaign_id: 'tea', job: 'order', instance: 'i1' },
          { samples: [{ ms: T0_MS + 1_000, value: 8 }] },
        ),
      ]),
    );
    expect((await samplesOf('order_open')).map(([, ms, value]) => [ms, value])).toEqual([
      [0, 7],
      [1_000, 8],
    ]);
    const [series] = await rows(`SELECT uniqExact(id) AS n FROM series WHERE name = 'order_open'`);
    expect(Number(series?.n)).toBe(1);
  });

  it('bring exemplars', async () => {
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    await load(
      writeRequest([
        gauge(
          'rpc_seconds_bucket',
          { le: '0.5' },
          {
            exemplars: [
              {
                labels: [
                  ['trace_id', traceId],
                  ['user', 'u1'],
                ],
                value: 0.25,
                ms: T0_MS + 5,
              },
              { labels: [['trace_id', 'not hex']], value: 0.5 },
            ],
          },
        ),
      ]),
    );
    const found = await rows(
      'SELECT toUnixTimestamp64Milli(ts) AS ms, value, lower(hex(trace_id)) AS trace, labels FROM exemplars ORDER BY value',
    );
    expect(found.map(({ ms, value, trace, labels }) => [Number(ms) - T0_MS, value, trace, labels])).toEqual([
      [5, 0.25, traceId, { user: 'u1' }],
      [0, 0.5, '0'.repeat(32), { trace_id: 'not hex' }],
    ]);
  });

  it('say what metrics are', async () => {
    await load(
      writeRequest(
        [],
        [
          { type: 1, family: 'taps_total', help: 'Taps', unit: '' },
          { type: 3, family: 'rpc_seconds', help: '', unit: 'seconds' },
          { type: 99, family: 'odd' },
        ],
      ),
    );
    expect(
      await rows(
        "SELECT name, type, unit, help FROM metric_meta FINAL WHERE name IN ('taps_total', 'rpc_seconds', 'odd', 'up') ORDER BY name",
      ),
    ).toEqual([
      { name: 'odd', type: 'unknown', unit: '', help: '' },
      { name: 'rpc_seconds', type: 'histogram', unit: 'seconds', help: '' },
      { name: 'taps_total', type: 'counter', unit: '', help: 'Taps' },
    ]);
  });

  it('keep native histograms whole', async () => {
    const histogram = { ms: T0_MS, count: 12, sum: 18.4, schema: 1, zeroThreshold: 1e-128, zeroCount: 2 };
    await load(
      writeRequest([
        {
          labels: labelsOf('rpc_seconds', { job: 'integer' }),
          histograms: [
            {
              ...histogram,
              positive: {
                spans: [
                  { offset: -1, length: 2 },
                  { offset: 3, length: 1 },
                ],
                counts: [1, 4, 2],
              },
              negative: { spans: [{ offset: 0, length: 1 }], counts: [3] },
              resetHint: 1,
              startMs: T0_MS - 9,
            },
            { ms: T0_MS + 15_000, count: 0, sum: STALE, schema: 0 },
          ],
        },
        {
          labels: labelsOf('rpc_seconds', { job: 'float' }),
          histograms: [
            {
              ...histogram,
              float: true,
              count: 2.5,
              zeroCount: 0.5,
              positive: { spans: [{ offset: 4, length: 2 }], counts: [1.5, 0.5] },
              resetHint: 3,
            },
          ],
        },
        {
          labels: labelsOf('rpc_seconds', { job: 'custom' }),
          histograms: [
            {
              ms: T0_MS,
              count: 6,
              sum: 9,
              schema: -53,
              positive: {
                spans: [
                  { offset: 0, length: 1 },
                  { offset: 1, length: 1 },
                ],
                counts: [4, 2],
              },
              customValues: [0.5, 2],
              resetHint: 2,
            },
          ],
        },
      ]),
    );
    const found =
      await rows(`SELECT s.labels['job'] AS job, toUnixTimestamp64Milli(ts) - ${T0_MS} AS ms, toUnixTimestamp64Milli(start) AS start, stale, schema, hint,
        count, if(stale, 0, sum) AS total, zero_count, positive_offsets, positive_lengths, positive_counts, negative_counts, custom_values, native
      FROM native_histograms INNER JOIN (SELECT id, any(labels) AS labels, max(native) AS native FROM series GROUP BY id) AS s USING (id) ORDER BY job, ts`);
    const brief = found.map((row) => [
      row.job,
      Number(row.ms),
      row.stale,
      row.schema,
      row.hint,
      row.count,
      row.total,
      row.zero_count,
      row.positive_offsets,
      row.positive_lengths,
      row.positive_counts,
      row.negative_counts,
      row.custom_values,
      row.native,
    ]);
    expect(brief).toEqual([
      ['custom', 0, false, -53, 'not_reset', 6, 9, 0, [0, 1], [1, 1], [4, 2], [], [0.5, 2], true],
      ['float', 0, false, 1, 'gauge', 2.5, 18.4, 0.5, [4], [2], [1.5, 0.5], [], [], true],
      ['integer', 0, false, 1, 'reset', 12, 18.4, 2, [-1, 3], [2, 1], [1, 4, 2], [3], [], true],
      ['integer', 15_000, true, 0, 'unknown', 0, 0, 0, [], [], [], [], [], true],
    ]);
    expect(found.map((row) => Number(row.start))).toEqual([0, 0, T0_MS - 9, 0]);
  });

  it('answer queries with their histograms, of series too that held floats before', async () => {
    const labels = labelsOf('queue_seconds', { job: 'shop' });
    const queryable = createClickHouseQueryable({ ...store, clock: machineClock, indexMaxAgeMs: 0 });
    const ask = async (query: string, afterMs: number) => {
      const answers = [true, false].map((pushdown) =>
        createPromql({ queryable, clock: machineClock, pushdown }).instant(query, T0_MS + afterMs),
      );
      return (await Promise.all(answers)).map((answer) =>
        answer.ok && answer.value.type === 'vector'
          ? answer.value.samples.map(({ point }) => point.value)
          : answer,
      );
    };
    await load(writeRequest([{ labels, samples: [{ ms: T0_MS, value: 7 }] }]));
    expect(await ask('queue_seconds', 0)).toEqual([[7], [7]]);
    const histogram = { sum: 12, schema: 0, startMs: T0_MS };
    const positive = (...counts: number[]) => ({ spans: [{ offset: 1, length: 2 }], counts });
    await load(
      writeRequest([
        {
          labels,
          histograms: [
            { ...histogram, ms: T0_MS + 15_000, count: 6, positive: positive(2, 4) },
            { ...histogram, ms: T0_MS + 30_000, count: 9, positive: positive(2, 7) },
          ],
        },
      ]),
    );
    expect(await rows("SELECT max(native) AS native FROM series WHERE name = 'queue_seconds'")).toEqual([
      { native: true },
    ]);
    expect(await ask('queue_seconds', 0)).toEqual([[7], [7]]);
    expect(await ask('histogram_count(queue_seconds)', 15_000)).toEqual([[6], [6]]);
    expect(await ask('histogram_quantile(1, queue_seconds)', 30_000)).toEqual([[4], [4]]);
    expect(await ask('histogram_count(delta(queue_seconds[16s]))', 30_000)).toEqual([[3.2], [3.2]]);
  });

  it('put the series of a classic histogram into one family, for the limit', async () => {
    await load(
      writeRequest([
        gauge('drain_seconds_bucket', { le: '0.5', gate: 'a' }),
        gauge('drain_seconds_bucket', { le: '+Inf', gate: 'a' }),
        gauge('drain_seconds_count', { gate: 'a' }),
        gauge('drain_seconds_sum', { gate: 'a' }),
      ]),
    );
    const found = await rows(
      `SELECT name, any(family) AS family, any(labels) AS labels FROM series WHERE name LIKE 'drain%' GROUP BY name, id ORDER BY name, toString(labels)`,
    );
    expect(found).toEqual([
      { name: 'drain_seconds_bucket', family: 'drain_seconds', labels: { gate: 'a', le: '+Inf' } },
      { name: 'drain_seconds_bucket', family: 'drain_seconds', labels: { gate: 'a', le: '0.5' } },
      { name: 'drain_seconds_count', family: 'drain_seconds', labels: { gate: 'a' } },
      { name: 'drain_seconds_sum', family: 'drain_seconds', labels: { gate: 'a' } },
    ]);
  });
});
