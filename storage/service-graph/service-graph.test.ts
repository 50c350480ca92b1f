import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type ServiceGraph, serviceGraph } from '../../model/api/service.ts';
import { encodeTraces, type SpanInput } from '../loader/testing/otlp-encode.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { fillEdges } from './fill.ts';
import { readServiceGraph } from './read.ts';

const MINUTE = 60_000;
const T0_MS = Math.floor(1_795_320_000_000 / MINUTE) * MINUTE;
const KINDS = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;

interface Call extends Pick<SpanInput, 'attributes'> {
  readonly service: string;
  readonly kind: keyof typeof KINDS;
  /** Of the span, unique in its trace. */
  readonly id: number;
  readonly parent?: number;
  readonly trace?: number;
  /** Milliseconds after T0. */
  readonly atMs?: number;
  readonly ms?: number;
  readonly failed?: boolean;
}

let store: LoadingStore;

beforeAll(async () => {
  store = await openLoadingStore();
});
beforeEach(() => store.start());
afterEach(() => store.empty());
afterAll(() => store.close());

const hex = (value: number, digits: number): string => value.toString(16).padStart(digits, '0');

/** One load of these spans. */
async function arrive(...calls: readonly Call[]): Promise<void> {
  const records = calls.map((call) => {
    const start = BigInt(T0_MS + (call.atMs ?? 0)) * 1_000_000n;
    const span: SpanInput = {
      traceId: hex(call.trace ?? 1, 32),
      spanId: hex(call.id, 16),
      ...(call.parent !== undefined && { parentSpanId: hex(call.parent, 16) }),
      name: 'call',
      kind: KINDS[call.kind],
      startNano: start,
      endNano: start + BigInt(call.ms ?? 10) * 1_000_000n,
      ...(call.attributes && { attributes: call.attributes }),
      ...(call.failed === true && { status: { code: 2 } }),
    };
    return { bytes: encodeTraces({ 'service.name': call.service }, [span]), items: 1, rows: 1 };
  });
  store.segments.add('traces', records, [T0_MS, T0_MS + 2 * MINUTE]);
  await store.loaded();
}

const fill = () => fillEdges(store.clickhouse, T0_MS + 10 * MINUTE, { quietMs: 0 });
const read = (more: { campaignId?: string; startMs?: number; endMs?: number } = {}): Promise<ServiceGraph> =>
  readServiceGraph(store.clickhouse, { startMs: T0_MS, endMs: T0_MS + 5 * MINUTE, ...more });

const lines = (graph: ServiceGraph): string[] =>
  serviceGraph
    .parse(graph)
    .edges.map(({ from, to, kind, requests, errors }) => `${from} > ${to} ${kind} ${requests}/${errors}`)
    .sort();
const nodes = (graph: ServiceGraph): string[] =>
  graph.nodes.map(({ id, kind, requests, errors }) => `${id} ${kind} ${requests}/${errors}`);

/** The graph computed from the spans, and then from the table, which must be the same. */
async function graph(more: Parameters<typeof read>[0] = {}): Promise<ServiceGraph> {
  const live = await read(more);
  expect(live.partial).toBe(false);
  await fill();
  expect(await fill(), 'minutes left open').toBe(0);
  expect(await read(more)).toEqual(live);
  return live;
}

const client = { service: 'order', kind: 'client', id: 1 } as const;
const server = { service: 'payment', kind: 'server', id: 2, parent: 1 } as const;

describe('who calls whom', () => {
  it('a client and its server, in whichever order and load they come', async () => {
    await arrive({ ...server, ms: 20 });
    expect(lines(await read())).toEqual([]);
    await arrive({ ...client, ms: 30 });
    const found = await graph();
    expect(lines(found)).toEqual(['order > payment service 1/0']);
    expect(nodes(found)).toEqual(['order service 0/0', 'payment service 1/0']);
    expect(found.edges[0]?.p50Ms).toBeCloseTo(20, 0);
    expect(found.edges[0]?.ratePerS).toBeCloseTo(1 / 300);
  });

  it('a server without a caller counts in its node', async () => {
    await arrive({ ...server, failed: true });
    const found = await graph();
    expect(lines(found)).toEqual([]);
    expect(nodes(found)).toEqual(['payment service 1/1']);
  });

  it('a caller that is no client, and a server within one service', async () => {
    await arrive(
      { service: 'order', kind: 'internal', id: 1 },
      { ...server, id: 2, parent: 1 },
      { service: 'payment', kind: 'server', id: 3, parent: 2 },
    );
    expect(lines(await graph())).toEqual(['order > payment service 1/0']);
  });

  it('databases by namespace, in old and new words', async () => {
    await arrive(
      { ...client, id: 1, attributes: { 'db.system.name': 'postgresql', 'db.namespace': 'orders' } },
      { ...client, id: 2, attributes: { 'db.system': 'mysql', 'db.name': 'stock' }, failed: true },
      { ...client, id: 3, attributes: { 'db.system': 'redis', 'server.address': 'cache-1' } },
      { ...client, id: 4, attributes: { 'db.system': 'redis' } },
    );
    expect(lines(await graph())).toEqual([
      'order > mysql/stock database 1/1',
      'order > postgresql/orders database 1/0',
      'order > redis database 1/0',
      'order > redis/cache-1 database 1/0',
    ]);
  });

  it('queues stand between, also when the two sides are in different traces', async () => {
    const queue = { 'messaging.system': 'kafka', 'messaging.destination.name': 'orders' };
    await arrive(
      { service: 'order', kind: 'producer', id: 1, attributes: queue },
      { service: 'dispatch', kind: 'consumer', id: 2, parent: 1, attributes: queue },
      { service: 'mail', kind: 'consumer', id: 3, trace: 2, attributes: queue },
      {
        service: 'audit',
        kind: 'client',
        id: 4,
        trace: 3,
        attributes: { ...queue, 'messaging.operation.type': 'receive' },
      },
      { service: 'bare', kind: 'consumer', id: 5, parent: 1 },
    );
    const found = await graph();
    expect(lines(found)).toEqual([
      'kafka/orders > audit queue 1/0',
      'kafka/orders > bare queue 1/0',
      'kafka/orders > dispatch queue 1/0',
      'kafka/orders > mail queue 1/0',
      'order > kafka/orders queue 1/0',
    ]);
    expect(nodes(found)).toContain('kafka/orders queue 1/0');
  });

  it('peers without spans; one that has spans elsewhere is a service', async () => {
    await arrive(
      { ...client, id: 1, attributes: { 'peer.service': 'bank' }, failed: true },
      { ...client, id: 2, attributes: { 'server.address': 'api.maps.example', 'server.port': 443 } },
      { ...client, id: 3, attributes: { 'peer.service': 'payment' } },
      { ...client, id: 4 },
      { ...server, id: 5, trace: 2 },
    );
    const found = await graph();
    expect(lines(found)).toEqual([
      'order > api.maps.example peer 1/0',
      'order > bank peer 1/1',
      'order > payment service 1/0',
    ]);
    expect(nodes(found)).toContain('payment service 2/0');
  });

  it('splits by campaign, the server’s before the client’s', async () => {
    const of = (id: string) => ({ 'campaign.id': id });
    await arrive({ ...client, attributes: of('summer') }, server);
    await arrive(
      { ...client, trace: 2, attributes: of('summer') },
      { ...server, trace: 2, attributes: of('winter') },
    );
    await arrive({ ...client, trace: 3 }, { ...server, trace: 3 });
    expect(lines(await graph())).toEqual(['order > payment service 3/0']);
    expect(lines(await read({ campaignId: 'summer' }))).toEqual(['order > payment service 1/0']);
    expect(lines(await read({ campaignId: 'winter' }))).toEqual(['order > payment service 1/0']);
    expect(lines(await read({ campaignId: 'none' }))).toEqual([]);
  });

  it('an error of either side fails the call', async () => {
    await arrive({ ...client, failed: true }, server);
    await arrive({ ...client, trace: 2 }, { ...server, trace: 2, failed: true });
    expect(lines(await graph())).toEqual(['order > payment service 2/2']);
  });

  it('a span that is its own parent, and a cycle, end', async () => {
    await arrive(
      { ...server, id: 1, parent: 1 },
      { ...client, id: 2, parent: 3 },
      { ...server, id: 3, parent: 2 },
    );
    expect(lines(await graph())).toEqual(['order > payment service 1/0']);
  });
});

describe('in time', () => {
  it('spans that come late, or twice, change their minute and count once', async () => {
    await arrive({ ...client, attributes: { 'peer.service': 'bank' } });
    await fill();
    expect(lines(await read())).toEqual(['order > bank peer 1/0']);
    await arrive(server, server);
    expect(lines(await graph())).toEqual(['order > payment service 1/0']);
    await arrive(server, client);
    expect(lines(await graph())).toEqual(['order > payment service 1/0']);
  });

  it('a call whose sides lie in two minutes is in that of its caller, however they are filled', async () => {
    await arrive({ ...client, atMs: MINUTE - 1, attributes: { 'peer.service': 'bank' } });
    await fill();
    await arrive({ ...server, atMs: MINUTE + 1 });
    await graph();
    const first = { endMs: T0_MS + MINUTE };
    expect(lines(await read(first))).toEqual(['order > payment service 1/0']);
    expect(lines(await read({ startMs: T0_MS + MINUTE }))).toEqual([]);
  });

  it('a fill that was cut off before its run was named counts nothing', async () => {
    await arrive(client, server);
    await fill();
    // The edges of a newer run are there, the run is not.
    await store.clickhouse.command({
      sql: 'INSERT INTO service_edges SELECT * REPLACE (run + 1 AS run, requests + 7 AS requests) FROM service_edges',
      what: 'test',
    });
    expect(lines(await read())).toEqual(['order > payment service 1/0']);
  });

  it('waits with a minute while its spans come', async () => {
    await arrive(client, server);
    expect(await fillEdges(store.clickhouse, T0_MS, { quietMs: 3_600_000 })).toBe(0);
    // It has waited long enough.
    expect(await fillEdges(store.clickhouse, T0_MS + 10 * MINUTE, { quietMs: 3_600_000 })).toBe(1);
  });
});
