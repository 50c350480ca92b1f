import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineClock } from '../../../storage/testing/store.ts';
import { hex, sketchTrace } from '../../../traceql/testing/shop.ts';
import { ask, close, open } from '../testing/http-client.ts';
import { openShop, SHOP_START_MS, type Shop } from '../testing/shop.ts';
import { jaegerApi } from './api.ts';

let shop: Shop;

/** The clock of dispatch is a minute behind. */
const skewed = sketchTrace(7, SHOP_START_MS + 6_000, [
  { id: 0x71, name: 'call', kind: 'client', durationNanos: 100e6, resource: { 'host.name': 'a' } },
  {
    id: 0x72,
    parent: 0x71,
    atMs: -60_000,
    name: 'answer',
    kind: 'server',
    durationNanos: 20e6,
    resource: { 'service.name': 'dispatch', 'host.name': 'b' },
    events: [{ atNanos: BigInt(SHOP_START_MS - 53_990) * 1_000_000n, name: '', attributes: { long: 2 } }],
  },
]);

beforeAll(async () => {
  shop = await openShop([skewed]);
  const router = jaegerApi({
    askTraces: shop.ask,
    clickhouse: shop.store.clickhouse,
    clock: machineClock,
    logger: pino({ level: 'silent' }),
  });
  await open(express().set('query parser', 'simple').use('/jaeger/api', router));
}, 60_000);
afterAll(async () => {
  await close();
  await shop?.store.close();
});

const get = async (path: string) => {
  const { status, text } = await ask(`/jaeger/api/${path}`);
  expect(status, text).toBe(200);
  const answer = JSON.parse(text);
  expect(Object.keys(answer)).toEqual(['data', 'total', 'limit', 'offset', 'errors']);
  return answer;
};
const query = (given: Record<string, string>): string => String(new URLSearchParams(given));

it('lists services and what they do', async () => {
  expect(await get('services')).toEqual({
    data: ['dispatch', 'order', 'payment'],
    ...{ total: 3, limit: 0, offset: 0, errors: null },
  });
  expect((await get('services/payment/operations')).data).toEqual(['charge']);
  expect((await get('services/no%2Fbody/operations')).data).toEqual([]);
  expect((await get('operations?service=dispatch')).data).toContainEqual({
    name: 'recall',
    spanKind: 'server',
  });
  expect((await get('operations?service=dispatch&spanKind=consumer')).data).toEqual([
    { name: 'consume', spanKind: 'consumer' },
  ]);
  expect((await ask('/jaeger/api/operations')).status).toBe(400);
});

describe('a trace by its id', () => {
  it('is Jaeger’s JSON', async () => {
    const { data, errors } = await get(`traces/${hex(2, 32)}`);
    expect(errors).toBeNull();
    const [{ traceID, spans, processes, warnings }] = data;
    expect({ traceID, warnings }).toEqual({ traceID: hex(2, 16), warnings: null });
    expect(processes).toEqual({
      p1: { serviceName: 'order', tags: [] },
      p2: { serviceName: 'dispatch', tags: [] },
    });
    expect(spans[0]).toEqual({
      traceID: hex(2, 16),
      spanID: hex(0x21, 16),
      operationName: 'POST /orders/{id}/cancel',
      references: [{ refType: 'FOLLOWS_FROM', traceID: hex(1, 16), spanID: hex(0x11, 16) }],
      startTime: (SHOP_START_MS + 1_000) * 1_000,
      duration: 2_500_000,
      tags: expect.arrayContaining([
        { key: 'http.status_code', type: 'int64', value: 504 },
        { key: 'paid', type: 'bool', value: false },
        { key: 'tags', type: 'string', value: '["c"]' },
        { key: 'span.kind', type: 'string', value: 'server' },
        { key: 'otel.status_code', type: 'string', value: 'ERROR' },
        { key: 'error', type: 'bool', value: true },
        { key: 'otel.scope.name', type: 'string', value: 'tidewarden.test' },
      ]),
      logs: [],
      processID: 'p1',
      warnings: null,
    });
    expect(spans[1]).toMatchObject({
      references: [{ refType: 'CHILD_OF', traceID: hex(2, 16), spanID: hex(0x21, 16) }],
      logs: [
        {
          timestamp: (SHOP_START_MS + 2_000) * 1_000,
          fields: [
            { key: 'event', type: 'string', value: 'exception' },
            { key: 'exception.type', type: 'string', value: 'Timeout' },
          ],
        },
        { timestamp: (SHOP_START_MS + 2_100) * 1_000 },
      ],
    });
    const [one] = (await get('traces/1')).data;
    const amounts = one.spans.flatMap(({ tags }: { tags: { key: string }[] }) =>
      tags.filter(({ key }) => key === 'amount'),
    );
    expect(amounts).toEqual([
      { key: 'amount', type: 'float64', value: 26.5 },
      { key: 'amount', type: 'int64', value: 26 },
    ]);
    const payment = Object.values(one.processes).find(
      (process) => (process as { serviceName: string }).serviceName === 'payment',
    );
    expect(payment).toMatchObject({
      tags: expect.arrayContaining([{ key: 'replicas', type: 'int64', value: 3 }]),
    });
  });

  it('moves spans of a host whose clock is off, and says so', async () => {
    const answerOf = async (path: string) =>
      (await get(path)).data[0].spans.find(
        ({ operationName }: { operationName: string }) => operationName === 'answer',
      );
    const moved = await answerOf('traces/7');
    expect(moved.startTime).toBe((SHOP_START_MS + 6_040) * 1_000);
    expect(moved.logs[0].timestamp).toBe((SHOP_START_MS + 6_050) * 1_000);
    expect(moved.warnings).toEqual(["This span's timestamps were adjusted by 1m0.04s"]);
    expect(await answerOf('traces/7?raw=true')).toMatchObject({
      startTime: (SHOP_START_MS - 54_000) * 1_000,
      warnings: null,
    });
  });

  it.each([
    [`traces/${'f'.repeat(32)}`, 404, 'trace not found'],
    ['traces/xyz', 400, 'cannot parse traceID param: "xyz" is no hexadecimal number of at most 32 digits'],
    [`traces/${'1'.repeat(33)}`, 400, 'at most 32 digits'],
    ['nothing', 404, 'there is no /nothing here'],
  ])('refuses %s', async (path, status, message) => {
    const answer = await ask(`/jaeger/api/${path}`);
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      ...{ data: null, total: 0, limit: 0, offset: 0 },
      errors: [{ code: status, msg: expect.stringContaining(message) }],
    });
  });
});

describe('search', () => {
  const found = async (given: Record<string, string>) =>
    ((await get(`traces?${query(given)}`)).data as { traceID: string }[]).map(({ traceID }) =>
      Number(`0x${traceID}`),
    );

  it.each<[Record<string, string>, number[]]>([
    [{ service: 'order' }, [7, 4, 3, 2, 1]],
    [{ service: 'order', limit: '2' }, [7, 4]],
    [{ service: 'order', operation: 'health' }, [4]],
    [{ service: 'order', minDuration: '100ms', maxDuration: '1s' }, [7, 1]],
    [{ service: 'order', tags: '{"http.status_code":"504"}' }, [2]],
    [{ service: 'order', tags: '{"error":"true"}' }, [2]],
    [{ service: 'payment', tags: '{"error":"false"}' }, []],
    [{ service: 'order', tag: 'paid:true' }, [1]],
    [{ service: 'order', tag: 'span.kind:producer' }, [3]],
    [{ service: 'order', tag: 'region:south' }, [1]],
    [{ service: `" || true || "` }, []],
    [
      {
        service: 'order',
        start: String((SHOP_START_MS + 1_000) * 1_000),
        end: String((SHOP_START_MS + 3_000) * 1_000),
        lookback: 'custom',
      },
      [3, 2],
    ],
    [{ traceID: '1' }, [1]],
  ])('with %j', async (given, expected) => {
    expect(await found(given)).toEqual(expected);
  });

  it('says which of the traces asked for are not there', async () => {
    const { data, errors } = await get(`traces?traceID=1&traceID=${'f'.repeat(32)}`);
    expect(data).toHaveLength(1);
    expect(errors).toEqual([{ msg: 'trace not found', traceID: 'f'.repeat(32) }]);
  });

  it.each<[Record<string, string>, string]>([
    [{}, "parameter 'service' is required"],
    [{ service: 'order', start: 'x' }, "unable to parse param 'start'"],
    [{ service: 'order', limit: '-1' }, "unable to parse param 'limit'"],
    [{ service: 'order', minDuration: 'soon' }, "unable to parse param 'minDuration'"],
    [{ service: 'order', minDuration: '2s', maxDuration: '1s' }, "'maxDuration' should be greater"],
    [{ service: 'order', tags: '{' }, "malformed 'tags' parameter"],
    [{ service: 'order', tags: '{"a":1}' }, "malformed 'tags' parameter"],
    [{ service: 'order', tag: 'a' }, "malformed 'tag' parameter"],
    [{ traceID: 'x' }, 'cannot parse traceID param'],
  ])('refuses %j', async (given, message) => {
    const { status, text } = await ask(`/jaeger/api/traces?${query(given)}`);
    expect(status).toBe(400);
    expect(JSON.parse(text).errors[0].msg).toContain(message);
  });
});

it('knows who calls whom', async () => {
  const { data, errors } = await get(`dependencies?endTs=${Date.now()}&lookback=3600000`);
  expect(errors).toBeNull();
  expect(data).toEqual(
    expect.arrayContaining([
      { parent: 'order', child: 'payment', callCount: 1 },
      { parent: 'order', child: 'dispatch', callCount: 2 },
    ]),
  );
  expect((await get('dependencies?service=payment&lookback=3600000')).data).toEqual([
    { parent: 'order', child: 'payment', callCount: 1 },
  ]);
  expect((await ask('/jaeger/api/dependencies?endTs=x')).status).toBe(400);
});
