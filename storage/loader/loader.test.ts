import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { applyRetention } from '../clickhouse/migrate.ts';
import { TestSegments } from '../testing/segments.ts';
import { machineClock, openTestStore, type TestStore, until } from '../testing/store.ts';
import { type Loader, startLoader } from './loader.ts';
import {
  encodeLogs,
  encodeMetrics,
  encodeTraces,
  type MetricInput,
  type SpanInput,
} from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const T0 = BigInt(T0_MS) * 1_000_000n;
const TIMES = [T0_MS, T0_MS + 1000] as const;

let store: TestStore;
let segments: TestSegments;
let loader: Loader | null = null;
let registry: Registry;

beforeEach(async () => {
  store = await openTestStore();
  // The tests' telemetry is of a fixed day, whatever day it is.
  await applyRetention(store.clickhouse, {
    spansDays: 20_000,
    keptTracesDays: 20_000,
    logsDays: 20_000,
    samplesDays: 20_000,
    rolledUpDays: 20_000,
  });
  segments = new TestSegments(join(store.directory, 'wal'));
});
afterEach(async () => {
  await loader?.stop();
  loader = null;
  await store.close();
});

async function load(): Promise<void> {
  await loader?.stop();
  registry = new Registry();
  loader = await startLoader({
    segments,
    clickhouse: store.clickhouse,
    embedded: true,
    seriesPerMetric: 50_000,
    deadLetterDirectory: join(store.directory, 'dead-letter'),
    clock: machineClock,
    logger: store.logger,
    registry,
  });
}
const loaded = () => until(() => segments.held() === 0, 30);
const rows = (sql: string) => store.clickhouse.rows({ sql, what: 'test' });
const count = async (table: string) => Number((await rows(`SELECT count() AS n FROM ${table}`))[0]?.n);

const span = (index: number, more: Partial<SpanInput> = {}): SpanInput => ({
  traceId: index.toString(16).padStart(32, '0'),
  spanId: (index + 1).toString(16).padStart(16, '0'),
  name: 'POST /orders',
  kind: 2,
  startNano: T0 + BigInt(index),
  endNano: T0 + BigInt(index) + 5_000_000n,
  ...more,
});
const spansRecord = (spans: readonly SpanInput[], resource = { 'service.name': 'order' }) => ({
  bytes: encodeTraces(resource, spans),
  items: spans.length,
  rows: spans.length,
});
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
  const lines = (await rows(SERIES)).map((row) => {
    const labels = Object.entries(row.labels as Record<string, string>)
      .filter(([name]) => name !== 'job' && name !== 'instance')
      .map(([name, value]) => `${name}="${value}"`)
      .join(',');
    return `${row.name}{${labels}} ${row.stale === true ? 'stale' : row.value} @${row.ms}`;
  });
  return lines.sort();
}

describe('metrics', () => {
  const mismatches = () => registry.getSingleMetricAsString('tidewarden_storage_load_row_mismatches_total');
  async function loadMetrics(metrics: readonly MetricInput[], rowCount: number): Promise<readonly string[]> {
    segments.add('metrics', [metricsRecord(metrics, rowCount)], TIMES);
    if (loader === null) await load();
    await loaded();
    expect(await mismatches()).not.toMatch(/ [1-9]/);
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
    const [first] = await rows(SERIES);
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
    segments.add(
      'metrics',
      [metricsRecord(metrics, 2, { ...RESOURCE, 'campaign.id': 'resource' } as typeof RESOURCE)],
      TIMES,
    );
    await load();
    await loaded();
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
    expect(await rows('SELECT * EXCEPT (id, ts, start) FROM native_histograms')).toEqual([
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
      await rows('SELECT name, native FROM series WHERE id IN (SELECT id FROM native_histograms)'),
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
      await rows(`SELECT labels['v'] AS v, int, hex(reinterpretAsUInt64(value)) AS bits FROM samples INNER JOIN series USING (id)
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
    const found = await rows(`SELECT toUnixTimestamp64Milli(ts) - ${T0_MS} AS ms, max(value) AS total,
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
    expect(await rows('SELECT * EXCEPT written FROM metric_meta ORDER BY name')).toEqual([
      { name: 'order_placed_total', type: 'counter', unit: '', help: 'Orders' },
      { name: 'queue_age_seconds', type: 'gauge', unit: 'seconds', help: '' },
      { name: 'target_info', type: 'gauge', unit: '', help: 'Target metadata' },
    ]);
    expect(
      await rows("SELECT labels, value FROM series INNER JOIN samples USING (id) WHERE name = 'target_info'"),
    ).toEqual([{ labels: { host_name: 'h1', instance: 'i1', job: 'shop/order' }, value: 1 }]);
  });

  it('keeps exemplars with the bucket they fall into', async () => {
    const exemplars = [
      { timeNano: T0, value: 0.5, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes: { q: 1 } },
    ];
    const points = [{ timeNano: T0, count: 1n, sum: 0.5, counts: [0n, 1n, 0n], bounds: [0.1, 1], exemplars }];
    await loadMetrics([{ name: 'c', unit: 's', histogram: { points } }], 5);
    expect(
      await rows(`SELECT s.labels['le'] AS le, e.value AS value, lower(hex(trace_id)) AS trace, e.labels AS labels
        FROM exemplars AS e INNER JOIN series AS s USING (id)`),
    ).toEqual([{ le: '1', value: 0.5, trace: 'ab'.repeat(16), labels: { q: '1' } }]);
  });

  it('takes points that are years apart', async () => {
    const day = 86_400_000;
    const gauge = Array.from({ length: 300 }, (_, index) => ({
      timeNano: T0 - BigInt(index * day) * 1_000_000n,
      value: index,
    }));
    segments.add('metrics', [metricsRecord([{ name: 'old', gauge }], 300)], [T0_MS - 299 * day, T0_MS]);
    await load();
    await loaded();
    expect(
      await rows(
        "SELECT count() AS n, uniqExact(toDate(ts)) AS days FROM samples WHERE id IN (SELECT id FROM series WHERE name = 'old')",
      ),
    ).toEqual([{ n: '300', days: '300' }]);
    expect(await mismatches()).not.toMatch(/ [1-9]/);
  });
});

describe('traces', () => {
  it('keeps every part of a span', async () => {
    const attributes = {
      'http.request.method': 'POST',
      status: 200,
      ratio: { double: 1 },
      ok: false,
      zero: 0,
      empty: '',
      nothing: null,
      list: ['a"b\\c', 1, { double: 1.5 }, true, null],
      map: { map: { k: 'v', n: 1 } },
      raw: new Uint8Array([1, 2, 255]),
      'campaign.id': 'c1',
    } as const;
    const full = span(1, {
      traceState: 'a=b',
      parentSpanId: '00000000000000aa',
      attributes,
      status: { code: 2, message: 'boom' },
      events: [{ timeNano: T0, name: 'retry', attributes: { attempt: 2 } }],
      links: [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }],
    });
    segments.add('traces', [spansRecord([full])], TIMES);
    await load();
    await loaded();
    const [row] = await rows(
      'SELECT *, lower(hex(trace_id)) AS trace, lower(hex(parent_span_id)) AS parent, lower(hex(links.trace_id[1])) AS link FROM spans',
    );
    expect(row).toMatchObject({
      time: '2026-11-22 04:00:00.000000001',
      trace: '1'.padStart(32, '0'),
      parent: '00000000000000aa',
      trace_state: 'a=b',
      service: 'order',
      name: 'POST /orders',
      kind: 'server',
      status: 'error',
      status_message: 'boom',
      duration: '5000000',
      campaign_id: 'c1',
      scope: 'tidewarden.test',
      scope_version: '1.2.3',
      attributes: {
        'http.request.method': 'POST',
        status: '200',
        ratio: '1',
        ok: 'false',
        zero: '0',
        empty: '',
        nothing: '',
        list: '["a\\"b\\\\c",1,1.5,true,null]',
        map: '{"k":"v","n":1}',
        raw: 'AQL/',
        'campaign.id': 'c1',
      },
      'events.name': ['retry'],
      'events.attributes': [{ attempt: '2' }],
      'events.kinds': ['i:attempt'],
      link: 'ab'.repeat(16),
    });
    expect(String(row?.attribute_kinds).split('\u0001').sort()).toEqual([
      'b:ok',
      'd:ratio',
      'i:status',
      'i:zero',
      'j:list',
      'j:map',
      'n:nothing',
      'y:raw',
    ]);
  });

  it('keeps lists and maps within lists and maps', async () => {
    const deep = {
      a: [1, [2, [3, { map: { z: '}}"' } }]]],
      b: { map: { a: [], b: { map: {} }, c: { map: { d: '"}', e: false } } } },
    } as const;
    segments.add('traces', [spansRecord([span(1, { attributes: deep })])], TIMES);
    await load();
    await loaded();
    const [row] = await rows("SELECT attributes['a'] AS a, attributes['b'] AS b FROM spans");
    expect(JSON.parse(String(row?.a))).toEqual([1, [2, [3, { z: '}}"' }]]]);
    expect(JSON.parse(String(row?.b))).toEqual({ a: [], b: {}, c: { d: '"}', e: false } });
  });

  it('makes one row of a trace whose spans come in different loads', async () => {
    const trace = 'ff'.repeat(16);
    await load();
    segments.add(
      'traces',
      [
        spansRecord([span(5, { traceId: trace, parentSpanId: '00000000000000aa', status: { code: 2 } })], {
          'service.name': 'dispatch',
        }),
      ],
      TIMES,
    );
    await loaded();
    segments.add(
      'traces',
      [spansRecord([span(2, { traceId: trace, name: 'root', endNano: T0 + 900_000_000n })])],
      TIMES,
    );
    await loaded();
    const [row] =
      await rows(`SELECT sum(spans) AS spans, sum(errors) AS errors, max(root_name) AS root, sum(roots) AS roots,
      arraySort(groupUniqArrayArray(services)) AS services, toUnixTimestamp64Nano(max(end)) - toUnixTimestamp64Nano(min(start)) AS duration FROM traces GROUP BY trace_id`);
    expect(row).toEqual({
      spans: '2',
      errors: '1',
      root: 'root',
      roots: '1',
      services: ['dispatch', 'order'],
      duration: '899999998',
    });
  });

  it('shows spans to tools that know the otel_traces schema', async () => {
    segments.add('traces', [spansRecord([span(1)])], TIMES);
    await load();
    await loaded();
    const [row] = await rows('SELECT * FROM otel_traces');
    expect(row).toMatchObject({
      TraceId: '1'.padStart(32, '0'),
      ParentSpanId: '',
      SpanKind: 'Server',
      StatusCode: 'Unset',
      ServiceName: 'order',
      Duration: '5000000',
    });
  });
});

it('logs: body, severity, trace', async () => {
  const logs = [
    {
      timeNano: T0,
      observedNano: T0 + 1n,
      severity: 17,
      severityText: 'ERROR',
      body: 'boom',
      traceId: 'ab'.repeat(16),
      spanId: 'cd'.repeat(8),
      attributes: { n: 1 },
    },
    { timeNano: 0n, observedNano: T0 + 5n, body: { map: { k: [1, 2] } }, eventName: 'e' },
  ];
  segments.add(
    'logs',
    [{ bytes: encodeLogs({ 'service.name': 'order', 'campaign.id': 'c1' }, logs), items: 2, rows: 2 }],
    TIMES,
  );
  await load();
  await loaded();
  expect(
    await rows(
      'SELECT time, service, severity, severity_text, event_name, body, body_kind, campaign_id, attributes FROM logs ORDER BY time',
    ),
  ).toEqual([
    {
      time: '2026-11-22 04:00:00.000000000',
      service: 'order',
      severity: 17,
      severity_text: 'ERROR',
      event_name: '',
      body: 'boom',
      body_kind: 's',
      campaign_id: 'c1',
      attributes: { n: '1' },
    },
    {
      time: '2026-11-22 04:00:00.000000005',
      service: 'order',
      severity: 0,
      severity_text: '',
      event_name: 'e',
      body: '{"k":[1,2]}',
      body_kind: 'j',
      campaign_id: 'c1',
      attributes: {},
    },
  ]);
});

it('takes spans of a wrong clock, and of more days than one insert may have', async () => {
  const day = 86_400_000_000_000n;
  const old = span(1, { startNano: 631_152_000_000_000_000n, endNano: 631_152_001_000_000_000n });
  const many = Array.from({ length: 150 }, (_, index) =>
    span(10 + index, { startNano: T0 - BigInt(index) * day }),
  );
  segments.add('traces', [spansRecord([old, span(2)])], [631_152_000_000, T0_MS]);
  await load();
  await loaded();
  segments.add('traces', [spansRecord(many)], [T0_MS - 150 * 86_400_000, T0_MS]);
  await loaded();
  expect(await rows('SELECT count() AS n, uniqExact(toDate(time)) AS days FROM spans')).toEqual([
    { n: '152', days: '151' },
  ]);
  expect(await rows('SELECT sum(spans) AS n FROM traces')).toEqual([{ n: '152' }]);
});

describe('exactly once', () => {
  it('takes a segment that comes again for what it is', async () => {
    const records = [spansRecord([span(1), span(2)])];
    const segment = segments.add('traces', records, TIMES);
    const bytes = readFileSync(segment.path);
    await load();
    await loaded();
    segments.addAgain(segment, bytes);
    await loaded();
    expect(await count('spans')).toBe(2);
    for (const fed of [
      'spans) AS n FROM traces',
      'spans) AS n FROM span_arrivals',
      'calls) AS n FROM span_totals',
    ])
      expect(await rows(`SELECT sum(${fed}`), fed).toEqual([{ n: '2' }]);
  });

  it('loads many small segments together', async () => {
    for (let index = 0; index < 50; index++) segments.add('traces', [spansRecord([span(index)])], TIMES);
    await load();
    await loaded();
    expect(await count('spans')).toBe(50);
    const batches = await registry.getSingleMetric('tidewarden_storage_load_batches_total')?.get();
    expect(batches?.values.find((each) => each.labels.signal === 'traces')?.value).toBeLessThan(5);
  });

  it('puts a poisoned record aside and loads the rest', async () => {
    const good = (index: number) => spansRecord([span(index)]);
    const poison = { bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f]), items: 3, rows: 3 };
    segments.add('traces', [good(1)], TIMES);
    const bad = segments.add('traces', [good(2), good(3), poison, good(4), good(5)], TIMES);
    segments.add('traces', [good(6)], TIMES);
    await load();
    await loaded();
    expect(await count('spans')).toBe(6);
    const aside = readdirSync(join(store.directory, 'dead-letter')).sort();
    expect(aside).toEqual([`${bad.id}-2.json`, `${bad.id}-2.pb`]);
    const report = JSON.parse(
      readFileSync(join(store.directory, 'dead-letter', aside[0] ?? ''), 'utf8'),
    ) as Record<string, unknown>;
    expect(report).toMatchObject({ signal: 'traces', segment: bad.id, record: 2, items: 3 });
    expect(String(report.reason)).toMatch(/rotobuf/);
    expect(await registry.getSingleMetricAsString('tidewarden_storage_load_dead_letters_total')).toMatch(
      /traces"\} 1$/m,
    );
    expect(existsSync(join(store.directory, 'loads', 'traces.json'))).toBe(false);
  });

  it('survives kill -9 of the engine in the middle of loads, 20 times', { timeout: 600_000 }, async () => {
    await load();
    let spans = 0;
    let points = 0;
    const add = (): void => {
      segments.add('traces', [spansRecord(Array.from({ length: 200 }, () => span(spans++)))], TIMES);
      const gauge = Array.from({ length: 100 }, () => ({
        timeNano: T0 + BigInt(points) * 1_000_000n,
        value: points++,
      }));
      const timeNano = T0 + BigInt(points) * 1_000_000n;
      const sum = { temporality: 1, points: [{ timeNano, value: 1 }] };
      const exponential = {
        temporality: 1,
        points: [{ timeNano, count: 1n, sum: 1, scale: 0, zeroCount: 1n }],
      };
      segments.add(
        'metrics',
        [
          metricsRecord(
            [
              { name: 'g', gauge },
              { name: 'd', sum },
              { name: 'h', exponential },
            ],
            102,
          ),
        ],
        [T0_MS, T0_MS + points],
      );
    };
    let deltas = 0;
    for (let kill = 0; kill < 20; kill++) {
      const back = new Promise<void>((resolve) => {
        const forget = store.engine.onRestart(() => {
          forget();
          resolve();
        });
      });
      for (let each = 0; each < 4; each++, deltas++) add();
      // Somewhere within the loads; where exactly, the machine's load decides.
      await new Promise((resolve) => setTimeout(resolve, (kill * 37) % 450));
      process.kill(store.engine.pid() ?? 0, 'SIGKILL');
      if (kill % 5 === 4) {
        await loader?.stop();
        segments.restart();
        await load();
      }
      await back;
    }
    await until(() => segments.held() === 0, 60);
    expect(await rows('SELECT count() AS n, uniqExact(trace_id) AS traces FROM spans')).toEqual([
      { n: String(spans), traces: String(spans) },
    ]);
    for (const fed of [
      'spans) AS n FROM traces',
      'spans) AS n FROM span_arrivals',
      'calls) AS n FROM span_totals',
    ])
      expect(await rows(`SELECT sum(${fed}`), fed).toEqual([{ n: String(spans) }]);
    const of = (name: string) => `FROM samples WHERE id IN (SELECT id FROM series WHERE name = '${name}')`;
    expect(await rows(`SELECT count() AS n, sum(value) AS s ${of('g')}`)).toEqual([
      { n: String(points), s: (points * (points - 1)) / 2 },
    ]);
    expect(await rows(`SELECT count() AS n, max(value) AS last ${of('d_total')}`)).toEqual([
      { n: String(deltas), last: deltas },
    ]);
    expect(
      await rows('SELECT count() AS n, max(count) AS last, max(sum) AS sum FROM native_histograms'),
    ).toEqual([{ n: String(deltas), last: deltas, sum: deltas }]);
  });
});
