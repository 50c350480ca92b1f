import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problem } from '../../../model/api/problem.ts';
import { type TraceSearchResult, traceDetail, traceSearchResult } from '../../../model/api/trace.ts';
import { machineClock } from '../../../storage/testing/store.ts';
import { hex, sketchTrace } from '../../../traceql/testing/shop.ts';
import { problemHandler } from '../problem.ts';
import { mountRoutes } from '../route.ts';
import { ask, close, open } from '../testing/http-client.ts';
import { openShop, SHOP_START_MS, type Shop } from '../testing/shop.ts';
import { traceRoutes } from './traces.ts';

const START_MS = SHOP_START_MS;
let shop: Shop;

beforeAll(async () => {
  const campaign = sketchTrace(5, START_MS + 4_000, [
    { id: 0x51, name: 'tea', attributes: { 'campaign.id': 'free-tea' }, durationNanos: 30e6 },
    { id: 0x51, name: 'tea', attributes: { 'campaign.id': 'free-tea' }, durationNanos: 30e6 },
  ]);
  shop = await openShop([campaign]);
  const routes = traceRoutes(shop.ask, () => machineClock.now());
  const app = express().set('query parser', 'simple').use(mountRoutes(routes));
  await open(app.use(problemHandler(pino({ level: 'silent' }))));
}, 60_000);
afterAll(async () => {
  await close();
  await shop?.store.close();
});

const search = async (query: Record<string, string>): Promise<TraceSearchResult> => {
  const { status, text } = await ask(`/api/traces?${new URLSearchParams(query)}`);
  expect(status, text).toBe(200);
  return traceSearchResult.parse(JSON.parse(text));
};
const numbers = async (query: Record<string, string>) =>
  (await search(query)).traces.map(({ traceId }) => Number.parseInt(traceId, 16));

const refusal = async (path: string) => {
  const { status, text } = await ask(path);
  return { status, ...problem.parse(JSON.parse(text)).error };
};

describe('GET /api/traces', () => {
  it('finds by TraceQL, and shows what was asked for', async () => {
    const { traces, partial, reason } = await search({
      q: '{ status = error } | by(resource.service.name) | select(span.amount, duration)',
      spss: '1',
    });
    expect({ partial, reason }).toEqual({ partial: false, reason: null });
    expect(traces[1]).toEqual({
      traceId: hex(1, 32),
      startMs: START_MS,
      startUnixNano: `${START_MS}000000`,
      durationMs: 120,
      rootService: 'order',
      rootName: 'POST /orders',
      spans: 4,
      errors: 1,
      services: ['order', 'payment'],
      campaignId: null,
      complete: true,
      spansets: [
        {
          matched: 1,
          attributes: { 'by(resource.service.name)': 'payment' },
          spans: [
            {
              spanId: hex(0x13, 16),
              service: 'payment',
              name: 'charge',
              startUnixNano: `${START_MS + 10}000000`,
              durationNano: '40000000',
              attributes: {
                status: 'error',
                'resource.service.name': 'payment',
                'span.amount': 26,
                duration: 40e6,
              },
            },
          ],
        },
      ],
    });
    expect(traces[0]?.spansets[0]).toMatchObject({ matched: 2, spans: [{ spanId: hex(0x21, 16) }] });
  });

  it.each([
    ['service', { service: 'payment' }, [1]],
    ['name', { name: 'recall' }, [2]],
    ['campaign', { campaign: 'free-tea' }, [5]],
    ['status', { status: 'error' }, [2, 1]],
    ['duration of the trace', { minDurationMs: '20', maxDurationMs: '150' }, [5, 1]],
    ['fields together', { service: 'order', status: 'error', minDurationMs: '20' }, [2]],
    ['quotes', { name: `" || true || "` }, []],
    ['nothing', {}, [5, 4, 3, 2, 1]],
    ['limit', { limit: '2' }, [5, 4]],
    ['range', { start: String(START_MS + 1_000), end: String(START_MS + 3_000) }, [3, 2]],
    ['an empty query beside fields', { q: ' ', service: 'payment' }, [1]],
  ])('finds by %s', async (_, query, expected) => {
    expect(await numbers(query)).toEqual(expected);
  });

  it('knows the campaign, and whether a root came', async () => {
    const { traces } = await search({});
    expect(traces.map(({ campaignId, complete, spans }) => [campaignId, complete, spans])).toEqual([
      ['free-tea', true, 1],
      [null, true, 1],
      [null, false, 3],
      [null, true, 4],
      [null, true, 4],
    ]);
  });

  it.each([
    ['{ status = }', { code: 'bad_data', position: { start: 11, end: 12 } }],
    ['{ span.amount + 1 }', { code: 'bad_data' }],
    ['{ } | rate()', { code: 'bad_request' }],
    ['{ parent.amount = 1 }', { code: 'unsupported' }],
  ])('says where the query %s is wrong', async (q, wrong) => {
    expect(await refusal(`/api/traces?${new URLSearchParams({ q })}`)).toMatchObject({
      status: 400,
      at: 'query.q',
      ...wrong,
    });
  });

  it.each([
    ['q=%7B%7D&service=order', 'query.q'],
    ['limit=0', 'query.limit'],
    ['limit=5000', 'query.limit'],
    ['start=x', 'query.start'],
    [`q=${'{'.repeat(3_000)}`, 'query.q'],
  ])('refuses %.30s', async (query, at) => {
    expect(await refusal(`/api/traces?${query}`)).toMatchObject({ status: 400, at });
  });
});

describe('GET /api/traces/:id', () => {
  it('gives every span with its types, scopes, events and links', async () => {
    const { text } = await ask(`/api/traces/${hex(2, 32)}`);
    const trace = traceDetail.parse(JSON.parse(text));
    expect(trace).toMatchObject({ traceId: hex(2, 32), cut: false });
    expect(trace.spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId])).toEqual([
      [hex(0x21, 16), null],
      [hex(0x22, 16), hex(0x21, 16)],
      [hex(0x23, 16), hex(0x22, 16)],
      [hex(0x24, 16), hex(0x21, 16)],
    ]);
    expect(trace.spans[0]).toMatchObject({
      kind: 'server',
      status: 'error',
      durationNano: '2500000000',
      attributes: { 'http.status_code': 504, paid: false, tags: ['c'], note: null },
      scope: 'tidewarden.test',
      scopeVersion: '1.2.3',
      scopeAttributes: { library: 'http', generation: 2 },
      links: [{ traceId: hex(1, 32), spanId: hex(0x11, 16), attributes: { why: 'order' } }],
    });
    expect(trace.spans[1]).toMatchObject({
      attributes: { 'http.status_code': '504', details: { deep: 1 } },
      events: [{ name: 'exception', attributes: { 'exception.type': 'Timeout' } }, { name: 'retry' }],
    });
  });

  it('shows a span that came twice once', async () => {
    const { text } = await ask(`/api/traces/${hex(5, 32)}`);
    expect(traceDetail.parse(JSON.parse(text)).spans).toHaveLength(1);
  });

  it.each(['f'.repeat(32), 'x', "' OR 1 --", '%00', '..%2f..', 'a'.repeat(5_000)])(
    'has no trace %.20s',
    async (id) => {
      const { status } = await refusal(`/api/traces/${encodeURIComponent(id).replaceAll('%25', '%')}`);
      expect([400, 404]).toContain(status);
    },
  );
});
