import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { encodeMetrics, type MetricInput } from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const T0 = BigInt(T0_MS) * 1_000_000n;
const TIMES = [T0_MS, T0_MS + 1000] as const;

let store: LoadingStore;

beforeAll(async () => {
  store = await openLoadingStore();
});
afterEach(() => store.empty());
afterAll(() => store.close());

const RESOURCE = {
  'service.name': 'order',
  'service.namespace': 'shop',
  'service.instance.id': 'i1',
  'host.name': 'h1',
};
const metricsRecord = (metrics: readonly MetricInput[], rowCount: number, resource = RESOURCE) => ({
  bytes: encodeMetrics(resource, metrics),
  items: rowCount,
  rows: rowCount,
});

const SERIES = `SELECT name, labels, toUnixTimestamp64Milli(ts) - ${T0_MS} AS ms, value, stale, toUnixTimestamp64Milli(start) AS start
  FROM samples INNER JOIN (SELECT name, id, any(labels) AS labels FROM series GROUP BY name, id) AS s USING (id)
  WHERE name != 'target_info' ORDER BY name, toString(labels), ts`;

async function series(): Promise<readonly string[]> {
  const lines = (await store.rows(SERIES)).map((row) => {
    const labels = Object.entries(row.labels as Record<string, string>)
      .filter(([name]) => name !== 'job' && name !== 'instance')
      .map(([name, value]) => `${name}="${value}"`)
      .join(',');
    return `${row.name}{${labels}} ${row.stale === true ? 'stale' : row.value} @${row.ms}`;
  });
  return lines.sort();
}

describe('metrics', () => {
  async function loadMetrics(metrics: readonly MetricInput[], rowCount: number): Promise<readonly string[]> {
    store.segments.add('metrics', [metricsRecord(metrics, rowCount)], TIMES);
    await store.start();
    await store.loaded();
    expect(await store.mismatches()).toBe(0);
    return series();
  }

  it('counters: a sum and its labels', async () => {
    const points = [
      {
        timeNano: T0,
        startNano: T0 - 1_000_000_000n,
        value: 5n,
        int: true,
        attributes: { 'city.code': '440300', 'offer.id': 7 },
      },
      { timeNano: T0, value: 2.5, attributes: { ok: true, empty: '', ratio: 0.5 } },
    ];
    expect(await loadMetrics([{ name: 'order.placed', unit: '{order}', sum: { points } }], 2)).toEqual([
      'order_placed_total{city_code="440300",offer_id="7"} 5 @0',
      'order_placed_total{ok="true",ratio="0.5"} 2.5 @0',
    ]);
    const [first] = await store.rows(SERIES);
    expect(first?.start).toBe(String(T0_MS - 1000));
    expect(first?.labels).toMatchObject({ job: 'shop/order', instance: 'i1' });
  });

  it.each<[string, string | undefined, 'gauge' | 'sum' | 'updown', string]>([
    ['order.units', '{unit}', 'sum', 'order_units_total'],
    ['offer.unit_price.min', 'CNY', 'gauge', 'offer_unit_price_min_CNY'],
    ['order.revenue', 'CNY', 'sum', 'order_revenue_CNY_total'],
    ['limiter.limit', '{request}/s', 'gauge', 'limiter_limit_per_second'],
    ['gate.density', '{person}/m2', 'gauge', 'gate_density_per_m2'],
    ['gate.lanes.open', '{lane}', 'gauge', 'gate_lanes_open'],
    ['dispatch.oldest_unassigned', 's', 'gauge', 'dispatch_oldest_unassigned_seconds'],
    ['venue.forecast.density', undefined, 'gauge', 'venue_forecast_density'],
    ['process.cpu.utilization', '1', 'gauge', 'process_cpu_utilization_ratio'],
    ['http.server.request.body.size', 'By', 'sum', 'http_server_request_body_size_bytes_total'],
    ['system.network.io', 'By/s', 'gauge', 'system_network_io_bytes_per_second'],
    ['queue.seconds', 's', 'gauge', 'queue_seconds'],
    ['requests.total', undefined, 'sum', 'requests_total'],
    ['active', '{connection}', 'updown', 'active'],
    ['2xx.share', '%', 'gauge', '_2xx_share_percent'],
    ['weird--name..x', 'KiBy', 'gauge', 'weird_name_x_kibibytes'],
  ])('names: %s in %s, a %s, is %s', async (name, unit, kind, expected) => {
    const points = [{ timeNano: T0, value: 1 }];
    const metric = kind === 'gauge' ? { gauge: points } : { sum: { points, monotonic: kind === 'sum' } };
    const named = { name, ...(unit === undefined ? {} : { unit }), ...metric };
    expect(await loadMetrics([named], 1)).toEqual([`${expected}{} 1 @0`]);
  });

  it('labels: characters, digits, collisions, and whose campaign', async () => {
    const points = [
      {
        timeNano: T0,
        value: 1,
        attributes: { 'a.b': 'x', a_b: 'y', '9lives': 'z', _own: 'o', 'campaign.id': 'point' },
      },
    ];
    const metrics = [
      { name: 'm', gauge: points },
      { name: 'n', gauge: [{ timeNano: T0, value: 1 }] },
    ];
    store.segments.add(
      'metrics',
      [metricsRecord(metrics, 2, { ...RESOURCE, 'campaign.id': 'resource' } as typeof RESOURCE)],
      TIMES,
    );
    await store.start();
    await store.loaded();
    expect(await series()).toEqual([
      'm{a_b="x;y",campaign_id="point",key_9lives="z",key_own="o"} 1 @0',
      'n{campaign_id="resource"} 1 @0',
    ]);
  });

  it('histograms: cumulative buckets, count and sum', async () => {
    const points = [
      { timeNano: T0, count: 6n, sum: 1.5, counts: [1n, 2n, 3n], bounds: [0.005, 1] },
      { timeNano: T0, count: 2n, counts: [], bounds: [], attributes: { none: 'buckets' } },
    ];
    expect(
      await loadMetrics([{ name: 'checkout.duration', unit: 's', histogram: { points } }], 5 + 2),
    ).toEqual(
      [
        'checkout_duration_seconds_bucket{le="+Inf"} 6 @0',
        'checkout_duration_seconds_bucket{le="0.005"} 1 @0',
        'checkout_duration_seconds_bucket{le="1"} 3 @0',
        'checkout_duration_seconds_bucket{le="+Inf",none="buckets"} 2 @0',
        'checkout_duration_seconds_count{} 6 @0',
        'checkout_duration_seconds_count{none="buckets"} 2 @0',
        'checkout_duration_seconds_sum{} 1.5 @0',
      ].sort(),
    );
  });

  it('summaries: quantiles, count and sum', async () => {
    const summary = [
      {
        timeNano: T0,
        count: 3n,
        sum: 10,
        quantiles: [
          { quantile: 0.5, value: 1 },
          { quantile: 0.99, value: 2 },
        ],
      },
    ];
    expect(await loadMetrics([{ name: 's', unit: 'ms', summary }], 4)).toEqual([
      's_milliseconds_count{} 3 @0',
      's_milliseconds_sum{} 10 @0',
      's_milliseconds{quantile="0.5"} 1 @0',
      's_milliseconds{quantile="0.99"} 2 @0',
    ]);
  });

  it('exponential histograms: become native ones', async () => {
    const points = [
      {
        timeNano: T0,
        count: 4n,
        sum: 10,
        scale: 3,
        zeroCount: 1n,
        zeroThreshold: 0.001,
        positive: { offset: -2, counts: [1n, 2n] },
        negative: { offset: 5, counts: [] },
      },
    ];
    await loadMetrics([{ name: 'order.basket', unit: 'CNY', exponential: { points } }], 1);
    expect(await store.rows('SELECT * EXCEPT (id, ts, start) FROM native_histograms')).toEqual([
      {
        stale: false,
        schema: 3,
        hint: 'unknown',
        count: 4,
        sum: 10,
        zero_threshold: 0.001,
        zero_count: 1,
        positive_offsets: [-1],
        positive_lengths: [2],
        positive_counts: [1, 2],
        negative_offsets: [],
        negative_lengths: [],
        negative_counts: [],
        custom_values: [],
      },
    ]);
    expect(
      await store.rows('SELECT name, native FROM series WHERE id IN (SELECT id FROM native_histograms)'),
    ).toEqual([{ name: 'order_basket_CNY', native: true }]);
  });

  it('values: exact integers, halves, minus zero, the infinities, not-a-number and no recorded value', async () => {
    const value = (each: number | bigint, int = false) => ({
      timeNano: T0,
      value: each,
      int,
      attributes: { v: String(each) + (int ? 'i' : '') },
    });
    const gauge = [
      value(9007199254740992n, true),
      value(9007199254740993n, true),
      value(-5n, true),
      value(0.1),
      value(1e300),
      value(Number.NEGATIVE_INFINITY),
      value(Number.NaN),
      { timeNano: T0, value: -0, attributes: { v: '-0' } },
      { timeNano: T0, flags: 1, attributes: { v: 'stale' } },
    ];
    await loadMetrics([{ name: 'g', gauge }], gauge.length);
    const bits =
      await store.rows(`SELECT labels['v'] AS v, int, hex(reinterpretAsUInt64(value)) AS bits FROM samples INNER JOIN series USING (id)
      WHERE name = 'g' ORDER BY v`);
    const hex = (number: number) =>
      Buffer.from(new Float64Array([number]).buffer)
        .reverse()
        .toString('hex')
        .toUpperCase();
    const byLabel = new Map(bits.map((row) => [row.v, row]));
    for (const each of gauge) {
      const label = each.attributes.v;
      const expected = 'flags' in each ? '7FF0000000000002' : hex(Number(each.value));
      if (label === 'NaN') expect(byLabel.get('NaN')?.bits).toMatch(/^7FF[89]/);
      else expect([label, byLabel.get(label)?.bits]).toEqual([label, expected]);
    }
    expect(byLabel.get('-5i')?.int).toBe('-5');
    expect(byLabel.get('0.1')?.int).toBe('0');
  });

  it('deltas become cumulative, from one load to the next', async () => {
    const at = (seconds: number) => T0 + BigInt(seconds) * 1_000_000_000n;
    const sum = (values: readonly (readonly [number, number])[]) => ({
      name: 'd',
      sum: { temporality: 1, points: values.map(([seconds, value]) => ({ timeNano: at(seconds), value })) },
    });
    await loadMetrics(
      [
        sum([
          [0, 1],
          [1, 2],
        ]),
      ],
      2,
    );
    const histogram = {
      temporality: 1,
      points: [{ timeNano: at(3), count: 2n, sum: 4, counts: [1n, 1n], bounds: [1] }],
    };
    await loadMetrics([sum([[2, 4]]), { name: 'h', histogram }], 5);
    const later = {
      temporality: 1,
      points: [{ timeNano: at(5), count: 1n, sum: 1, counts: [1n, 0n], bounds: [1] }],
    };
    expect(await loadMetrics([{ name: 'h', histogram: later }], 4)).toEqual([
      'd_total{} 1 @0',
      'd_total{} 3 @1000',
      'd_total{} 7 @2000',
      'h_bucket{le="+Inf"} 2 @3000',
      'h_bucket{le="+Inf"} 3 @5000',
      'h_bucket{le="1"} 1 @3000',
      'h_bucket{le="1"} 2 @5000',
      'h_count{} 2 @3000',
      'h_count{} 3 @5000',
      'h_sum{} 4 @3000',
      'h_sum{} 5 @5000',
    ]);
  });

  it('deltas that come late, or twice, are counted once, from when the first began', async () => {
    const at = (seconds: number) => T0 + BigInt(seconds) * 1_000_000_000n;
    const delta = (...values: readonly (readonly [number, number])[]) => [
      {
        name: 'd',
        sum: {
          temporality: 1,
          points: values.map(([seconds, value]) => ({
            startNano: at(seconds - 10),
            timeNano: at(seconds),
            value,
          })),
        },
      },
    ];
    await loadMetrics(delta([10, 1]), 1);
    await loadMetrics(delta([40, 4], [50, 5]), 2);
    await loadMetrics(delta([30, 300], [20, 20]), 2);
    await loadMetrics(delta([40, 4], [60, 6]), 2);
    const found = await store.rows(`SELECT toUnixTimestamp64Milli(ts) - ${T0_MS} AS ms, max(value) AS total,
        uniqExact(start) AS starts, toUnixTimestamp64Milli(any(start)) - ${T0_MS} AS began
      FROM samples INNER JOIN series USING (id) WHERE name = 'd_total' GROUP BY ts ORDER BY ts`);
    expect(
      found.map(({ ms, total, starts, began }) => [Number(ms), total, Number(starts), Number(began)]),
    ).toEqual([1, 21, 321, 325, 330, 336].map((total, i) => [(i + 1) * 10_000, total, 1, 0]));
  });

  it('says of each family its type, unit and help, and of each resource what it is', async () => {
    const points = [{ timeNano: T0, value: 1 }];
    await loadMetrics(
      [
        { name: 'order.placed', unit: '{order}', description: 'Orders', sum: { points } },
        { name: 'queue.age', unit: 's', gauge: points },
      ],
      2,
    );
    expect(await store.rows('SELECT * EXCEPT written FROM metric_meta ORDER BY name')).toEqual([
      { name: 'order_placed_total', type: 'counter', unit: '', help: 'Orders' },
      { name: 'queue_age_seconds', type: 'gauge', unit: 'seconds', help: '' },
      { name: 'target_info', type: 'gauge', unit: '', help: 'Target metadata' },
    ]);
    expect(
      await store.rows(
        "SELECT labels, value FROM series INNER JOIN samples USING (id) WHERE name = 'target_info'",
      ),
    ).toEqual([{ labels: { host_name: 'h1', instance: 'i1', job: 'shop/order' }, value: 1 }]);
  });

  it('keeps exemplars with the bucket they fall into', async () => {
    const exemplars = [
      { timeNano: T0, value: 0.5, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { q: 1 } },
    ];
    const points = [{ timeNano: T0, count: 1n, sum: 0.5, counts: [0n, 1n, 0n], bounds: [0.1, 1], exemplars }];
    await loadMetrics([{ name: 'c', unit: 's', histogram: { points } }], 5);
    expect(
      await store.rows(`SELECT s.labels['le'] AS le, e.value AS value, lower(hex(trace_id)) AS trace, e.labels AS labels
        FROM exemplars AS e INNER JOIN series AS s USING (id)`),
    ).toEqual([{ le: '1', value: 0.5, trace: 'ab'.repeat(16), labels: { q: '1' } }]);
  });

  it('takes points that are years apart', async () => {
    const day = 86_400_000;
    const gauge = Array.from({ length: 300 }, (_, index) => ({
      timeNano: T0 - BigInt(index * day) * 1_000_000n,
      value: index,
    }));
    store.segments.add('metrics', [metricsRecord([{ name: 'old', gauge }], 300)], [T0_MS - 299 * day, T0_MS]);
    await store.start();
    await store.loaded();
    expect(
      await store.rows(
        "SELECT count() AS n, uniqExact(toDate(ts)) AS days FROM samples WHERE id IN (SELECT id FROM series WHERE name = 'old')",
      ),
    ).toEqual([{ n: '300', days: '300' }]);
    expect(await store.mismatches()).toBe(0);
  });
});
