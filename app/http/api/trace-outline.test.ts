import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { foundInTrace, spansOfId } from '../../../model/api/trace.ts';
import { readOutline, type TraceOutline } from '../../../model/api/trace-outline.ts';
import { plainSpans } from '../../../model/testing/outline-columns.ts';
import { hex, sketchTrace } from '../../../traceql/testing/shop.ts';
import { problemHandler } from '../problem.ts';
import { mountRoutes } from '../route.ts';
import { ask, close, open, port } from '../testing/http-client.ts';
import { openShop, SHOP_START_MS, type Shop } from '../testing/shop.ts';
import { traceOutlineRoutes } from './trace-outline.ts';

const START_MS = SHOP_START_MS + 4_000;
const START_NANOS = BigInt(START_MS) * 1_000_000n;
const ID = hex(7, 32);
const [PAY, CALL, LOST] = [hex(0x71, 16), hex(0x72, 16), hex(0x73, 16)];
let shop: Shop;

beforeAll(async () => {
  const trace = sketchTrace(7, START_MS, [
    {
      ...{
        id: 0x71,
        name: 'POST /checkout',
        kind: 'client',
        status: 'error',
        statusMessage: 'No rider (3 km)',
      },
      durationNanos: 30e6,
      attributes: { 'order.id': 'A-17', price: 0.01, tags: ['vip', 'night'], paid: true, note: '取消' },
      resource: { 'service.name': 'shop', 'cloud.region': 'Guangdong', 'host.name': 'h-1' },
      events: [{ atNanos: START_NANOS + 7n, name: 'exception', attributes: { 'exception.type': 'Timeout' } }],
    },
    // A server that shares its client's id, as Zipkin has it.
    { id: 0x71, name: 'receive', kind: 'server', atMs: 1, resource: { 'host.id': 'x', 'host.name': 'h-2' } },
    {
      ...{ id: 0x72, parent: 0x71, name: 'call', atMs: 2, attributes: { 'campaign.id': 'tea' } },
      links: [{ traceId: hex(1, 32), spanId: hex(0x11, 16), attributes: {} }],
      scopeAttributes: { library: 'HTTP' },
    },
    { id: 0x73, parent: 0x99, name: 'lost', atMs: 3 },
    // It was sent twice.
    { id: 0x73, parent: 0x99, name: 'lost', atMs: 3 },
  ]);
  shop = await openShop([trace]);
  const app = express()
    .set('query parser', 'simple')
    .use(mountRoutes(traceOutlineRoutes(shop.ask)));
  await open(app.use(problemHandler(pino({ level: 'silent' }))));
}, 60_000);
afterAll(async () => {
  await close();
  await shop?.store.close();
});

const json = async (path: string): Promise<unknown> => {
  const { status, text } = await ask(`/api/traces/${path}`);
  expect(status, text).toBe(200);
  return JSON.parse(text);
};

async function outlineOf(id: string): Promise<TraceOutline> {
  const response = await fetch(`http://127.0.0.1:${port()}/api/traces/${id}/outline`);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('application/octet-stream');
  return readOutline(await response.arrayBuffer());
}

describe('GET /api/traces/:id/outline', () => {
  it('gives every span once, in its place and time, without attributes', async () => {
    const outline = await outlineOf(ID.toUpperCase());
    expect(outline).toMatchObject({ traceId: ID, cut: false, startUnixNano: String(START_NANOS) });
    const plain = { status: 'unset', clock: 'service order', campaignId: null, events: [], links: 0 };
    expect(plainSpans(outline)).toEqual([
      {
        ...{
          ...plain,
          spanId: PAY,
          parentSpanId: null,
          service: 'shop',
          name: 'POST /checkout',
          kind: 'client',
        },
        ...{ status: 'error', clock: 'h-1', startNano: 0, durationNano: 30e6 },
        events: [{ atNano: 7, name: 'exception' }],
      },
      {
        ...{ ...plain, spanId: PAY, parentSpanId: null, service: 'order', name: 'receive', kind: 'server' },
        ...{ clock: 'x', startNano: 1e6, durationNano: 1e6 },
      },
      {
        ...{ ...plain, spanId: CALL, parentSpanId: PAY, service: 'order', name: 'call', kind: 'internal' },
        ...{ campaignId: 'tea', links: 1, startNano: 2e6, durationNano: 1e6 },
      },
      {
        ...{ ...plain, spanId: LOST, parentSpanId: hex(0x99, 16), service: 'order', name: 'lost' },
        ...{ kind: 'internal', startNano: 3e6, durationNano: 1e6 },
      },
    ]);
  });

  it.each([hex(0xdead, 32), 'x', "' OR 1 --"])('has no trace %s', async (id) => {
    expect((await ask(`/api/traces/${encodeURIComponent(id)}/outline`)).status).toBe(404);
  });
});

describe('GET /api/traces/:id/spans/:spanId', () => {
  it('gives all that the spans of an id say of themselves', async () => {
    const { spans } = spansOfId.parse(await json(`${ID}/spans/${PAY}`));
    expect(spans.map(({ kind, name }) => [kind, name])).toEqual([
      ['client', 'POST /checkout'],
      ['server', 'receive'],
    ]);
    expect(spans[0]).toMatchObject({
      statusMessage: 'No rider (3 km)',
      attributes: { price: 0.01, tags: ['vip', 'night'], paid: true },
      events: [{ name: 'exception', attributes: { 'exception.type': 'Timeout' } }],
    });
  });

  it.each([`${ID}/spans/${hex(0x99, 16)}`, `${hex(1, 32)}/spans/${PAY}`, `${ID}/spans/x`])(
    'has nothing at %s',
    async (path) => {
      expect((await ask(`/api/traces/${path}`)).status).toBe(404);
    },
  );
});

describe('GET /api/traces/:id/find', () => {
  const found = async (text: string): Promise<readonly string[]> => {
    const { spans } = foundInTrace.parse(await json(`${ID}/find?${new URLSearchParams({ text })}`));
    return spans.map(({ spanId, kind }) => `${spanId.slice(-2)} ${kind}`).sort();
  };
  const [PAY_OUT, PAY_IN, CALL_IT, LOST_IT] = ['71 client', '71 server', '72 internal', '73 internal'];

  it.each([
    'checkout',
    'CHECKOUT order.id',
    'guangdong',
    'rider (3',
    '"No rider"',
    'vip',
    '取消',
    'timeout',
    'order.id=A-17',
    'order.id=a-17',
    'price=0.01',
    'paid=true',
    'status=error',
    'service=SHOP',
    'name="POST /checkout"',
    'exception.type=Timeout',
    'status!=unset paid!=false',
  ])('finds the span by %s', async (text) => {
    expect(await found(text)).toEqual([PAY_OUT]);
  });

  it.each([
    [PAY, [PAY_OUT, PAY_IN]],
    [`id=${PAY} kind!=client`, [PAY_IN]],
    ['library=http', [CALL_IT]],
    ['cloud.region!=Guangdong', [PAY_IN, CALL_IT, LOST_IT]],
    ['lost', [LOST_IT]],
    ['refund', []],
    ['order.id=A-1', []],
    ['"rider No"', []],
    ['checkout refund', []],
    [`x' OR 1 --`, []],
    ['  ', []],
  ])('finds by %s %j', async (text, spans) => {
    expect(await found(text)).toEqual(spans);
  });

  it('refuses more text than anybody types', async () => {
    expect((await ask(`/api/traces/${ID}/find?text=${'x'.repeat(2_000)}`)).status).toBe(400);
  });
});
