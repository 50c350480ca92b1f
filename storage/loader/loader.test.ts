import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { encodeLogs, encodeTraces, type SpanInput } from './testing/otlp-encode.ts';

const T0_MS = 1_795_320_000_000;
const T0 = BigInt(T0_MS) * 1_000_000n;
const TIMES = [T0_MS, T0_MS + 1000] as const;

let store: LoadingStore;

beforeAll(async () => {
  store = await openLoadingStore();
});
afterEach(() => store.empty());
afterAll(() => store.close());

const spansStored = async () => Number((await store.rows('SELECT count() AS n FROM spans'))[0]?.n);

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
    store.segments.add('traces', [spansRecord([full])], TIMES);
    await store.start();
    await store.loaded();
    const [row] = await store.rows(
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
    store.segments.add('traces', [spansRecord([span(1, { attributes: deep })])], TIMES);
    await store.start();
    await store.loaded();
    const [row] = await store.rows("SELECT attributes['a'] AS a, attributes['b'] AS b FROM spans");
    expect(JSON.parse(String(row?.a))).toEqual([1, [2, [3, { z: '}}"' }]]]);
    expect(JSON.parse(String(row?.b))).toEqual({ a: [], b: {}, c: { d: '"}', e: false } });
  });

  it('keeps lists and maps of scopes and links, where they hardly ever are', async () => {
    const attributes = { list: ['a', [1, { map: { k: true } }]] } as const;
    const links = [{ traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8), attributes }];
    const bytes = encodeTraces({ 'service.name': 'order' }, [span(1, { links })], attributes);
    store.segments.add('traces', [{ bytes, items: 1, rows: 1 }], TIMES);
    await store.start();
    await store.loaded();
    const [row] = await store.rows(
      "SELECT scope_attributes['list'] AS scope, scope_attribute_kinds AS kinds, links.attributes[1]['list'] AS link FROM spans",
    );
    expect(row).toMatchObject({ kinds: 'j:list' });
    for (const text of [row?.scope, row?.link])
      expect(JSON.parse(String(text))).toEqual(['a', [1, { k: true }]]);
  });

  it('makes one row of a trace whose spans come in different loads', async () => {
    const trace = 'ff'.repeat(16);
    await store.start();
    store.segments.add(
      'traces',
      [
        spansRecord([span(5, { traceId: trace, parentSpanId: '00000000000000aa', status: { code: 2 } })], {
          'service.name': 'dispatch',
        }),
      ],
      TIMES,
    );
    await store.loaded();
    store.segments.add(
      'traces',
      [spansRecord([span(2, { traceId: trace, name: 'root', endNano: T0 + 900_000_000n })])],
      TIMES,
    );
    await store.loaded();
    const [row] =
      await store.rows(`SELECT sum(spans) AS spans, sum(errors) AS errors, max(root_name) AS root, sum(roots) AS roots,
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
    store.segments.add('traces', [spansRecord([span(1)])], TIMES);
    await store.start();
    await store.loaded();
    const [row] = await store.rows('SELECT * FROM otel_traces');
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
  store.segments.add(
    'logs',
    [{ bytes: encodeLogs({ 'service.name': 'order', 'campaign.id': 'c1' }, logs), items: 2, rows: 2 }],
    TIMES,
  );
  await store.start();
  await store.loaded();
  expect(
    await store.rows(
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
  store.segments.add('traces', [spansRecord([old, span(2)])], [631_152_000_000, T0_MS]);
  await store.start();
  await store.loaded();
  store.segments.add('traces', [spansRecord(many)], [T0_MS - 150 * 86_400_000, T0_MS]);
  await store.loaded();
  expect(await store.rows('SELECT count() AS n, uniqExact(toDate(time)) AS days FROM spans')).toEqual([
    { n: '152', days: '151' },
  ]);
  expect(await store.rows('SELECT sum(spans) AS n FROM traces')).toEqual([{ n: '152' }]);
});

describe('exactly once', () => {
  it('takes a segment that comes again for what it is', async () => {
    const records = [spansRecord([span(1), span(2)])];
    const segment = store.segments.add('traces', records, TIMES);
    const bytes = readFileSync(segment.path);
    await store.start();
    await store.loaded();
    store.segments.addAgain(segment, bytes);
    await store.loaded();
    expect(await spansStored()).toBe(2);
    for (const fed of [
      'spans) AS n FROM traces',
      'spans) AS n FROM span_arrivals',
      'calls) AS n FROM span_totals',
    ])
      expect(await store.rows(`SELECT sum(${fed}`), fed).toEqual([{ n: '2' }]);
  });

  it('loads many small segments together', async () => {
    for (let index = 0; index < 50; index++)
      store.segments.add('traces', [spansRecord([span(index)])], TIMES);
    await store.start();
    await store.loaded();
    expect(await spansStored()).toBe(50);
    const batches = await store.loads().getSingleMetric('tidewarden_storage_load_batches_total')?.get();
    expect(batches?.values.find((each) => each.labels.signal === 'traces')?.value).toBeLessThan(5);
  });

  it('puts a poisoned record aside and loads the rest', async () => {
    const good = (index: number) => spansRecord([span(index)]);
    const poison = { bytes: Buffer.from([0x0a, 0xff, 0xff, 0xff, 0x7f]), items: 3, rows: 3 };
    store.segments.add('traces', [good(1)], TIMES);
    const bad = store.segments.add('traces', [good(2), good(3), poison, good(4), good(5)], TIMES);
    store.segments.add('traces', [good(6)], TIMES);
    await store.start();
    await store.loaded();
    expect(await spansStored()).toBe(6);
    const aside = readdirSync(store.deadLetterDirectory).sort();
    expect(aside).toEqual([`${bad.id}-2.json`, `${bad.id}-2.pb`]);
    const report = JSON.parse(
      readFileSync(join(store.directory, 'dead-letter', aside[0] ?? ''), 'utf8'),
    ) as Record<string, unknown>;
    expect(report).toMatchObject({ signal: 'traces', segment: bad.id, record: 2, items: 3 });
    expect(String(report.reason)).toMatch(/rotobuf/);
    expect(await store.loads().getSingleMetricAsString('tidewarden_storage_load_dead_letters_total')).toMatch(
      /traces"\} 1$/m,
    );
    expect(existsSync(join(store.directory, 'loads', 'traces.json'))).toBe(false);
  });
});
