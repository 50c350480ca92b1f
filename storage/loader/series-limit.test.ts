import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import type { Loader } from './loader.ts';
import { encodeMetrics, type MetricInput } from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const T0 = BigInt(T0_MS) * 1_000_000n;
const ALLOWED = 20;
const RESOURCE = { 'service.name': 'order', 'service.instance.id': 'i1', 'host.name': 'h1' };

let store: LoadingStore;
let loader: Loader;

beforeAll(async () => {
  store = await openLoadingStore();
});
beforeEach(async () => {
  loader = await store.start({ seriesPerMetric: ALLOWED });
});
afterEach(() => store.empty());
afterAll(() => store.close());

const rows = (sql: string) => store.rows(sql);
const numberOf = async (sql: string) => Number((await rows(sql))[0]?.n);

/** One gauge point for each session from `from` up to, not including, `to`. */
function sessions(name: string, campaign: string, from: number, to: number, atMs = 0): MetricInput {
  const points = Array.from({ length: to - from }, (_, index) => ({
    timeNano: T0 + BigInt(atMs) * 1_000_000n,
    value: 1,
    attributes: { 'campaign.id': campaign, 'session.id': `s${from + index}` },
  }));
  return { name, gauge: points };
}

function add(metrics: readonly MetricInput[], rowCount: number) {
  const bytes = encodeMetrics(RESOURCE, metrics);
  const segment = store.segments.add(
    'metrics',
    [{ bytes, items: rowCount, rows: rowCount }],
    [T0_MS, T0_MS + 60_000],
  );
  return { segment, bytes };
}

async function load(metrics: readonly MetricInput[], rowCount: number) {
  const added = add(metrics, rowCount);
  await store.loaded();
  expect(await store.mismatches()).toBe(0);
  return added;
}

const seriesOf = (name: string, campaign: string) =>
  numberOf(`SELECT uniqExact(id) AS n FROM series WHERE name = '${name}' AND campaign = '${campaign}'`);
const samplesOf = (name: string, campaign: string) =>
  numberOf(`SELECT count() AS n FROM samples
    WHERE id IN (SELECT id FROM series WHERE name = '${name}' AND campaign = '${campaign}')`);

describe('a metric whose label values explode', () => {
  it('is cut at its limit; its old series, other campaigns and other metrics go on', async () => {
    await load([sessions('carts', 'sale', 0, 10), sessions('queue', 'sale', 0, 3)], 13);
    await load(
      [
        sessions('carts', 'sale', 0, 10, 15_000),
        sessions('carts', 'sale', 100, 400, 15_000),
        sessions('carts', 'tour', 0, 15, 15_000),
        sessions('queue', 'sale', 0, 8, 15_000),
      ],
      10 + 300 + 15 + 8,
    );
    expect(await seriesOf('carts', 'sale')).toBe(ALLOWED);
    expect(await samplesOf('carts', 'sale')).toBe(10 + ALLOWED);
    expect(await samplesOf('carts', 'tour')).toBe(15);
    expect(await samplesOf('queue', 'sale')).toBe(3 + 8);
    // Nothing was written of what has no series.
    expect(await numberOf('SELECT count() AS n FROM samples WHERE id NOT IN (SELECT id FROM series)')).toBe(
      0,
    );
    expect(
      // The number of series is an estimate, so that it takes little room.
      await rows(`SELECT metric, campaign, max(allowed) AS allowed, round(uniqCombinedMerge(12)(series), -1) AS series,
          sum(samples) AS samples FROM series_refusals GROUP BY metric, campaign`),
    ).toEqual([{ metric: 'carts', campaign: 'sale', allowed: '20', series: '290', samples: '290' }]);
    const refused = await store
      .loads()
      .getSingleMetricAsString('tidewarden_storage_load_refused_samples_total');
    expect(refused).toContain('{metric="carts",campaign_id="sale"} 290');
    expect(loader.refused().find(({ name }) => name.endsWith('refused_series'))?.points).toEqual([
      { attributes: { metric: 'carts', 'campaign.id': 'sale' }, value: 290 },
    ]);
  });

  it('refuses the same when a load is repeated, and counts it once', async () => {
    await load([sessions('carts', 'sale', 0, 15)], 15);
    const { segment, bytes } = await load([sessions('carts', 'sale', 100, 140)], 40);
    const state = async () => [
      await rows('SELECT DISTINCT id FROM series ORDER BY id'),
      await numberOf('SELECT count() AS n FROM samples'),
      await numberOf('SELECT sum(samples) AS n FROM series_refusals'),
    ];
    const before = await state();
    expect(before.slice(1)).toEqual([ALLOWED + 2, 35]);
    store.segments.addAgain(segment, bytes);
    await store.loaded();
    expect(await state()).toEqual(before);
  });

  it('takes a histogram whole or not at all, with its exemplars', async () => {
    const point = (index: number) => ({
      timeNano: T0,
      count: 3n,
      sum: 1.5,
      counts: [1n, 1n, 1n],
      bounds: [0.1, 1],
      attributes: { session: `s${index}` },
      exemplars: [{ timeNano: T0, value: 0.5, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
    });
    const points = Array.from({ length: 7 }, (_, index) => point(index));
    await load([{ name: 'wait', unit: 's', histogram: { points } }], 7 * 5);
    const bySuffix = await rows(
      "SELECT name, count() AS n FROM series WHERE name LIKE 'wait%' GROUP BY name ORDER BY name",
    );
    expect(bySuffix).toEqual([
      { name: 'wait_seconds_bucket', n: '12' },
      { name: 'wait_seconds_count', n: '4' },
      { name: 'wait_seconds_sum', n: '4' },
    ]);
    expect(await numberOf('SELECT count() AS n FROM exemplars')).toBe(4);
    expect(
      await numberOf(
        "SELECT count() AS n FROM samples WHERE id IN (SELECT id FROM series WHERE family = 'wait_seconds')",
      ),
    ).toBe(20);
  });

  it('gives its place back when series are no longer heard of', async () => {
    await load([sessions('carts', 'sale', 0, ALLOWED)], ALLOWED);
    // As if that had been hours ago.
    await store.clickhouse.command({
      sql: 'ALTER TABLE series UPDATE last = last - INTERVAL 1 YEAR, written = written - INTERVAL 1 DAY WHERE 1',
      settings: { mutations_sync: 1 },
      what: 'test',
    });
    await load([sessions('carts', 'sale', 100, 105)], 5);
    expect(await seriesOf('carts', 'sale')).toBe(ALLOWED + 5);
  });

  it('limits resources too: target_info is a metric like any other', async () => {
    for (let instance = 0; instance < ALLOWED + 5; instance++) {
      const bytes = encodeMetrics({ ...RESOURCE, 'service.instance.id': `i${instance}` }, [
        sessions(`m${instance}`, 'sale', 0, 1),
      ]);
      store.segments.add('metrics', [{ bytes, items: 1, rows: 1 }], [T0_MS, T0_MS]);
    }
    await store.loaded();
    expect(await seriesOf('target_info', '')).toBe(ALLOWED);
    expect(await numberOf("SELECT count() AS n FROM series WHERE name != 'target_info'")).toBe(ALLOWED + 5);
    expect(await store.mismatches()).toBe(0);
  });
});
