import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { typedAttributes } from './attributes.ts';
import { serviceHealth } from './health.ts';
import { encodeLogs, encodeMetrics, encodeTraces, type SpanInput } from './loader/testing/otlp-encode.ts';
import { type LoadingStore, openLoadingStore } from './testing/loading-store.ts';
import { getTrace } from './traces.ts';

/** On a whole minute, so that the minutes of the traces are too. */
const NOW_MS = Math.floor(Date.now() / 60_000) * 60_000;
const nano = (ms: number): bigint => BigInt(Math.round(ms * 1000)) * 1000n;
const id = (index: number): string => index.toString(16).padStart(32, '0');
let store: LoadingStore;

/** Trace `n` started n minutes ago and took n x 10 ms; every third failed in dispatch. */
function traceOf(n: number): { order: SpanInput; dispatch: SpanInput } {
  const start = NOW_MS - n * 60_000;
  const span = (index: number, name: string, more: Partial<SpanInput>): SpanInput => ({
    traceId: id(n),
    spanId: (n * 16 + index).toString(16).padStart(16, '0'),
    name,
    kind: 2,
    startNano: nano(start + index),
    endNano: nano(start + n * 10),
    ...more,
  });
  return {
    order: span(1, 'POST /orders', {
      attributes: {
        'campaign.id': n % 2 ? 'odd' : 'even',
        'offer.id': `o${n % 5}`,
        quantity: n,
        paid: true,
        list: [1, 'a'],
      },
    }),
    dispatch: span(2, 'dispatch.assign', {
      parentSpanId: (n * 16 + 1).toString(16).padStart(16, '0'),
      status: { code: n % 3 === 0 ? 2 : 0, message: n % 3 === 0 ? 'no rider' : '' },
      events: [{ timeNano: nano(start + 3), name: 'retry', attributes: { attempt: 2 } }],
    }),
  };
}

beforeAll(async () => {
  store = await openLoadingStore();
  const { segments } = store;
  const traces = Array.from({ length: 120 }, (_, index) => traceOf(index + 1));
  const times = [NOW_MS - 7_200_000, NOW_MS] as const;
  const record = (bytes: Uint8Array, items: number) => ({ bytes, items, rows: items });
  const order = {
    'service.name': 'order',
    'service.namespace': 'shop',
    'service.instance.id': 'o-1',
    'host.name': 'h',
  };
  segments.add(
    'traces',
    [
      record(
        encodeTraces(
          order,
          traces.map((each) => each.order),
        ),
        120,
      ),
    ],
    times,
  );
  segments.add(
    'traces',
    [
      record(
        encodeTraces(
          { 'service.name': 'dispatch' },
          traces.map((each) => each.dispatch),
        ),
        120,
      ),
    ],
    times,
  );
  const gauge = [{ timeNano: nano(NOW_MS - 10_000), value: 1 }];
  segments.add('metrics', [record(encodeMetrics(order, [{ name: 'g', gauge }]), 1)], times);
  const logs = [
    {
      timeNano: nano(NOW_MS - 5_000),
      severity: 17,
      severityText: 'ERROR',
      body: 'Payment REFUSED',
      traceId: id(5),
      spanId: '0000000000000051',
      attributes: { code: 7 },
    },
    { timeNano: nano(NOW_MS - 4_000), severity: 9, severityText: 'INFO', body: { map: { paid: true } } },
  ];
  segments.add('logs', [record(encodeLogs(order, logs), 2)], times);
  await store.start();
  await store.loaded();
  await store.stop();
});
afterAll(() => store.close());

describe('getTrace', () => {
  it('gives every span, as it was stored', async () => {
    const trace = await getTrace(store.clickhouse, id(6).toUpperCase());
    expect(trace).toMatchObject({ traceId: id(6), cut: false });
    expect(trace!.spans.map((span) => [span.service, span.name, span.parentSpanId])).toEqual([
      ['order', 'POST /orders', null],
      ['dispatch', 'dispatch.assign', '0000000000000061'],
    ]);
    const { texts, kinds } = trace!.spans[0]!.attributes;
    expect(typedAttributes(texts, kinds)).toEqual({
      'campaign.id': 'even',
      'offer.id': 'o1',
      quantity: 6,
      paid: true,
      list: [1, 'a'],
    });
    expect(trace!.spans[1]).toMatchObject({
      status: 'error',
      statusMessage: 'no rider',
      events: [{ name: 'retry', attributes: { texts: { attempt: '2' } } }],
    });
    expect(trace!.spans[0]!.startNanos).toBe(nano(NOW_MS - 360_000 + 1));
  });

  it('gives null for what is not there or no id', async () => {
    expect(await getTrace(store.clickhouse, 'f'.repeat(32))).toBeNull();
    expect(await getTrace(store.clickhouse, "x' OR 1")).toBeNull();
  });
});

describe('serviceHealth', () => {
  it('says what arrives from whom', async () => {
    const health = await serviceHealth(store.clickhouse, NOW_MS);
    expect(health.map((each) => [each.service, each.state])).toEqual([
      ['dispatch', 'good'],
      ['order', 'good'],
    ]);
    expect(health[1]).toMatchObject({
      instances: 1,
      tracesMs: NOW_MS - 60_000 + 1,
      metricsMs: NOW_MS - 10_000,
      logsMs: NOW_MS - 4_000,
    });
    expect(health[0]?.errorRatio).toBeCloseTo(1 / 5);
    expect(health[0]?.spansPerSecond).toBeCloseTo(5 / 300);
  });

  it('says who fell silent', async () => {
    const health = await serviceHealth(store.clickhouse, NOW_MS + 7_200_000);
    expect(health.map((each) => [each.service, each.state, each.errorRatio])).toEqual([
      ['dispatch', 'silent', null],
      ['order', 'silent', null],
    ]);
  });
});
