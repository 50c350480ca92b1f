/** The service graph as series: what Grafana's service graph asks Prometheus for. */
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import { createPromql } from '../../promql/engine.ts';
import type { Queryable } from '../../promql/queryable.ts';
import { encodeTraces, type SpanInput } from '../loader/testing/otlp-encode.ts';
import { createClickHouseQueryable } from '../queryable/clickhouse-queryable.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { machineClock, until } from '../testing/store.ts';
import { fillEdges } from './fill.ts';
import { moveBase, updateTotals } from './totals.ts';

const T0_MS = Math.floor(machineClock.now() / MINUTE_MS) * MINUTE_MS - 20 * MINUTE_MS;
const KINDS = { server: 2, client: 3, producer: 4, consumer: 5 } as const;
const PREFIX = 'traces_service_graph_request';

let store: LoadingStore;
let queryable: Queryable;

beforeAll(async () => {
  store = await openLoadingStore();
});
beforeEach(async () => {
  const { clickhouse, logger } = store;
  queryable = createClickHouseQueryable({
    clickhouse,
    clock: machineClock,
    logger,
    registry: new Registry(),
  });
  await store.start({ spanMetrics: { dimensions: [], operationsPerService: 10, forgetDays: 30 } });
});
afterEach(() => store.empty());
afterAll(() => store.close());

interface Call extends Pick<SpanInput, 'attributes'> {
  readonly service: string;
  readonly kind: keyof typeof KINDS;
  readonly id: number;
  readonly parent?: number;
  readonly ms?: number;
  readonly atMs?: number;
  readonly failed?: boolean;
}

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** Loads spans, all of one trace. */
async function arrive(...calls: readonly Call[]): Promise<void> {
  const records = calls.map(({ service, kind, id, parent, ms = 10, atMs = 0, failed, attributes }) => {
    const startNano = BigInt(T0_MS + atMs) * 1_000_000n;
    const span: SpanInput = {
      traceId: hex(1, 32),
      spanId: hex(id, 16),
      ...(parent !== undefined && { parentSpanId: hex(parent, 16) }),
      ...{ name: 'call', kind: KINDS[kind], startNano, endNano: startNano + BigInt(ms) * 1_000_000n },
      ...(attributes && { attributes }),
      ...(failed && { status: { code: 2 } }),
    };
    return { bytes: encodeTraces({ 'service.name': service }, [span]), items: 1, rows: 1 };
  });
  store.segments.add('traces', records, [T0_MS, T0_MS + HOUR_MS]);
  await store.loaded();
}

/** Computes what is open, and adds it up. */
async function count(): Promise<void> {
  await fillEdges(store.clickhouse, machineClock.now(), { quietMs: 0 });
  await updateTotals(store.clickhouse);
}

async function ask(query: string): Promise<readonly string[]> {
  const result = await createPromql({ queryable, clock: machineClock }).instant(query, machineClock.now());
  if (!result.ok || result.value.type !== 'vector') throw new Error(`${query} is no vector`);
  return result.value.samples
    .map(({ labels, point }) => {
      const shown = Object.entries(labels).filter(([name]) => name !== '__name__');
      return `${shown.map(([name, text]) => `${name}=${text}`).join(' ')}: ${point.value}`;
    })
    .sort();
}

/** The totals as the samples have them, once those have as many calls as the totals. */
async function published(query: string): Promise<readonly string[]> {
  const [row] = await store.rows(
    'SELECT sum(calls) AS calls FROM (SELECT max(requests) AS calls FROM service_graph_totals GROUP BY caller, callee, connection, campaign_id)',
  );
  const calls = Number(row?.calls);
  // The loader publishes with every load of spans.
  await arrive({ service: 'nobody', kind: 'producer', id: 0xfff });
  await until(async () => (await ask(`sum(${PREFIX}_total)`))[0] === `: ${calls}`, 60);
  return ask(query);
}

const order = { service: 'order', kind: 'client', id: 1, ms: 300 } as const;
const payment = { service: 'payment', kind: 'server', id: 2, parent: 1, ms: 150 } as const;

describe('the series of the service graph', { timeout: 180_000 }, () => {
  it('tell calls, failures and durations on both sides', async () => {
    await arrive(order, { ...payment, failed: true }, { service: 'order', kind: 'server', id: 3, ms: 20 });
    await count();
    expect(await published(`${PREFIX}_total`)).toEqual([
      'client=order server=payment: 1',
      'client=user connection_type=virtual_node server=order: 1',
    ]);
    expect(await ask(`${PREFIX}_failed_total`)).toEqual([
      'client=order server=payment: 1',
      'client=user connection_type=virtual_node server=order: 0',
    ]);
    const of = '{client="order"}';
    expect(await ask(`${PREFIX}_client_seconds_sum${of}`)).toEqual(['client=order server=payment: 0.3']);
    expect(await ask(`${PREFIX}_server_seconds_sum${of}`)).toEqual(['client=order server=payment: 0.15']);
    const buckets = (side: string) =>
      ask(`sum by (le) (${PREFIX}_${side}_seconds_bucket{client="order",le=~"0.1|0.2|0.4|[+]Inf"})`);
    expect(await buckets('client')).toEqual(['le=+Inf: 1', 'le=0.1: 0', 'le=0.2: 0', 'le=0.4: 1']);
    expect(await buckets('server')).toEqual(['le=+Inf: 1', 'le=0.1: 0', 'le=0.2: 1', 'le=0.4: 1']);
    const metadata = await queryable.metadata({});
    expect(metadata.get(`${PREFIX}_total`)?.[0]?.type).toBe('counter');
    expect(metadata.get(`${PREFIX}_server_seconds`)?.[0]).toMatchObject({
      type: 'histogram',
      unit: 'seconds',
    });
  });

  it('tell databases, queues and peers apart, and campaigns', async () => {
    const calls = (attributes: Call['attributes'] & object, id: number, kind: Call['kind'] = 'client') =>
      arrive({ ...order, id, kind, attributes });
    await calls({ 'db.system': 'mysql', 'db.name': 'stock', 'campaign.id': 'tea' }, 1);
    await calls({ 'peer.service': 'sms' }, 2);
    await calls({ 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' }, 3, 'producer');
    await count();
    expect(await published(`${PREFIX}_total`)).toEqual([
      'campaign_id=tea client=order connection_type=database server=mysql/stock: 1',
      'client=order connection_type=messaging_system server=kafka/orders: 1',
      'client=order connection_type=virtual_node server=sms: 1',
    ]);
  });

  it('count what comes late, and what came twice once, however often they are counted', async () => {
    await arrive(order, payment);
    await count();
    await count();
    await arrive(payment, { ...order, id: 11 }, { ...payment, id: 12, parent: 11 });
    await count();
    await count();
    expect(await published(`${PREFIX}_total{server="payment",client="order"}`)).toEqual([
      'client=order server=payment: 2',
    ]);
  });

  it('never shrink, also where a late span shows that a call was another one', async () => {
    await arrive({ ...order, attributes: { 'peer.service': 'pay.example' } });
    await count();
    await arrive(payment);
    await count();
    expect(await published(`${PREFIX}_total`)).toEqual([
      'client=order connection_type=virtual_node server=pay.example: 1',
      'client=order server=payment: 1',
    ]);
  });

  it('go on from the sums of minutes for which no span is waited any more', async () => {
    const laterMs = T0_MS + 9 * HOUR_MS;
    await arrive(order, payment);
    await count();
    await moveBase(store.clickhouse, laterMs);
    await moveBase(store.clickhouse, laterMs + HOUR_MS);
    await moveBase(store.clickhouse, laterMs);
    const bases = await store.rows(
      'SELECT count() AS n, sum(requests) AS calls FROM service_graph_bases WHERE (upto, written) = (SELECT max((upto, written)) FROM service_graph_bases)',
    );
    expect(bases).toEqual([{ n: '1', calls: '1' }]);
    await store.clickhouse.command({ sql: 'TRUNCATE TABLE service_edges', what: 'test' });
    await store.clickhouse.command({ sql: 'TRUNCATE TABLE service_graph_totals', what: 'test' });
    await updateTotals(store.clickhouse);
    expect(await published(`${PREFIX}_total{server="payment"}`)).toEqual(['client=order server=payment: 1']);
  });

  it('leave minutes that were never computed to be counted when they are', async () => {
    await arrive(order, payment);
    await moveBase(store.clickhouse, T0_MS + 9 * HOUR_MS);
    await count();
    expect(await published(`${PREFIX}_total{server="payment"}`)).toEqual(['client=order server=payment: 1']);
  });
});
