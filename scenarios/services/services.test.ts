import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { contractViolations } from '../testing/contract.ts';
import { eventually, startTestDemo, type TestDemo } from '../testing/demo.ts';
import type { SinkSpan } from '../testing/otlp-sink.ts';
import { addDays, localTime } from './calendar.ts';

let demo: TestDemo;
beforeAll(async () => {
  demo = await startTestDemo({ traffic: false });
});
afterAll(() => demo.stop());

const BAGGAGE = { baggage: 'campaign.id=one-cent-tickets' };
const TOMORROW = addDays(localTime(Date.now(), 'Asia/Shanghai').day, 1);
let orders = 0;
const anOrder = (change: Record<string, unknown> = {}) => {
  orders += 1;
  return {
    offerId: 'two-park-ticket',
    units: 2,
    venueId: 'harbour-park',
    validityDay: TOMORROW,
    cityCode: '440100',
    channel: 'app',
    tier: 'vip',
    userId: 'u1',
    deviceId: 'd1',
    payerId: 'p1',
    fulfilment: 'mobile',
    idempotencyKey: `order-${orders}`,
    ...change,
  };
};

/** Places orders until one is confirmed: a payment may be declined or time out, as in life. */
async function confirmed(change: Record<string, unknown> = {}) {
  return eventually('an order is confirmed', async () => {
    const reply = await demo.send('order', '/orders', anOrder(change), BAGGAGE);
    if (reply.status !== 201) return undefined;
    return reply.body as { orderId: string; ticketIds: string[]; priceCny: number };
  });
}

const traceOf = (orderId: string) => {
  const root = demo.sink.spans.find(
    (span) => span.name === 'POST /orders' && span.attributes['order.id'] === orderId,
  );
  return demo.sink.spans.filter((span) => span.traceId === root?.traceId);
};
const named = (spans: readonly SinkSpan[], name: string) => spans.find((span) => span.name === name);

describe('an order with a printed pass', () => {
  let spans: SinkSpan[];
  beforeAll(async () => {
    const { orderId } = await confirmed({ fulfilment: 'courier' });
    const rider = '/riders/rider-1';
    await demo.send('dispatch', `${rider}/next`, { cityCode: '440100' });
    await demo.send('dispatch', `${rider}/pickup`, {});
    await demo.send('dispatch', `${rider}/deliver`, {});
    spans = await eventually('the whole trace', () => {
      const found = traceOf(orderId);
      return named(found, 'POST /orders/{id}/delivered') && named(found, 'rider.deliver') ? found : undefined;
    });
  });

  test('is one trace from the request to the hand-over, over both services', () => {
    const steps = [
      ['order', 'POST /orders'],
      ['order', 'price.quote'],
      ['dispatch', 'range.check'],
      ['order', 'limiter.admit'],
      ['order', 'stock.reserve'],
      ['order', 'payment.charge'],
      ['order', 'order.confirm'],
      ['dispatch', 'POST /dispatches'],
      ['dispatch', 'dispatch.assign'],
      ['dispatch', 'rider.pickup'],
      ['dispatch', 'rider.deliver'],
    ];
    for (const [service, name] of steps)
      expect(spans).toContainEqual(expect.objectContaining({ service, name }));
    const parentOf = (name: string) =>
      spans.find((span) => span.spanId === named(spans, name)?.parentSpanId)?.name;
    expect(parentOf('order.confirm')).toBe('POST /orders');
    expect(parentOf('dispatch.assign')).toBe('POST /dispatches');
    expect(parentOf('rider.pickup')).toBe('dispatch.assign');
    expect(parentOf('rider.deliver')).toBe('rider.pickup');
  });

  test('has one root and no span without its parent', () => {
    const ids = new Set(spans.map((span) => span.spanId));
    expect(spans.filter((span) => span.parentSpanId === '').map((span) => span.name)).toEqual([
      'POST /orders',
    ]);
    for (const span of spans) if (span.parentSpanId !== '') expect(ids).toContain(span.parentSpanId);
  });

  test('carries the campaign and the kind of traffic on every span', () => {
    for (const span of spans)
      expect(span.attributes).toMatchObject({ 'campaign.id': 'one-cent-tickets', 'traffic.kind': 'live' });
  });

  test('names the services as a resource should', () => {
    for (const { service, resource } of spans)
      expect(resource).toMatchObject({
        'service.name': service,
        'service.instance.id': `${service}-1`,
        'service.version': expect.stringMatching(/^\d+\.\d+\.\d+$/),
        'deployment.environment.name': 'demo',
      });
  });

  test('has its log in the same trace', async () => {
    const record = await eventually('the log record', () =>
      demo.sink.logs.find(({ body, traceId }) => body === 'order confirmed' && traceId === spans[0]?.traceId),
    );
    expect(record.attributes['campaign.id']).toBe('one-cent-tickets');
    expect(record.spanId).toBe(named(spans, 'order.confirm')?.spanId);
  });
});

test('a request without baggage is of the campaign whose offer it buys', async () => {
  await eventually('an order is confirmed', async () => {
    const reply = await demo.send('order', '/orders', anOrder({ userId: 'no-baggage' }));
    return reply.status === 201;
  });
  const span = await eventually('its span', () =>
    demo.sink.spans.find(({ attributes }) => attributes['user.id'] === 'no-baggage'),
  );
  expect(span.attributes['campaign.id']).toBe('one-cent-tickets');
});

test('a repeated order is the same order, and counted as a duplicate', async () => {
  const order = await eventually('an order is confirmed', async () => {
    const wanted = anOrder();
    const reply = await demo.send('order', '/orders', wanted, BAGGAGE);
    return reply.status === 201 ? { wanted, body: reply.body } : undefined;
  });
  const again = await demo.send('order', '/orders', order.wanted, BAGGAGE);
  expect(again).toEqual({ status: 201, body: order.body });
  await eventually(
    'the duplicate is counted',
    () => demo.sink.total('order', 'order.duplicates', { cause: 'retry' }) === 1,
  );
});

test('test traffic is traced and counts nowhere', async () => {
  const scan = (ticketId: string, baggage: string) =>
    demo.send('gate', '/gates/north/scans', { ticketId, laneId: 'north-2' }, { baggage });
  await scan('a-test-ticket', 'campaign.id=one-cent-tickets,traffic.kind=test');
  await scan('a-forged-ticket', 'campaign.id=one-cent-tickets');
  const span = await eventually('its span', () =>
    demo.sink.spans.find(
      ({ name, attributes }) => name === 'ticket.redeem' && attributes['ticket.id'] === 'a-test-ticket',
    ),
  );
  expect(span.attributes).toMatchObject({ 'traffic.kind': 'test', outcome: 'rejected' });
  // The live scan came second: when it is counted, the test scan would be as well.
  const scans = await eventually('a scan', () =>
    demo.sink.total('gate', 'gate.scans', { 'lane.id': 'north-2' }),
  );
  expect(scans).toBe(1);
});

test('business refusals are outcomes, not errors', async () => {
  const reply = await demo.send(
    'order',
    '/orders',
    anOrder({ offerId: 'unheard-of', userId: 'refused' }),
    BAGGAGE,
  );
  expect(reply).toMatchObject({ status: 404, body: { outcome: 'unknown_offer' } });
  const span = await eventually('its span', () =>
    demo.sink.spans.find(({ attributes }) => attributes['user.id'] === 'refused'),
  );
  expect(span.attributes.outcome).toBe('unknown_offer');
  expect(span.status.code).toBe(0);
  expect(span.attributes).not.toHaveProperty('error.type');
});

test('a malformed order is refused with what is wrong', async () => {
  const reply = await demo.send('order', '/orders', anOrder({ units: -1 }), BAGGAGE);
  expect(reply.status).toBe(400);
  expect(JSON.stringify(reply.body)).toContain('units');
});

test('a cancelled ticket is refunded once and does not open the gate', async () => {
  const { orderId, ticketIds } = await confirmed({ units: 1 });
  const cancel = () => demo.send('order', `/orders/${orderId}/cancel`, { tier: 'vip' }, BAGGAGE);
  expect(await cancel()).toMatchObject({ status: 200, body: { outcome: 'done' } });
  expect(await cancel()).toMatchObject({
    status: 409,
    body: { outcome: 'refused', reason: 'already_cancelled' },
  });
  const scan = await demo.send(
    'gate',
    '/gates/south/scans',
    { ticketId: ticketIds[0], laneId: 'south-1' },
    BAGGAGE,
  );
  expect(scan.body).toEqual({ outcome: 'rejected' });
  await eventually('the refund is counted', () => demo.sink.total('order', 'ticket.refunded') === 1);
  expect(demo.sink.total('order', 'order.cancel.requests', { outcome: 'done' })).toBe(1);
});

test('a visitor joins the queue, is let in, and is counted inside', async () => {
  const { ticketIds } = await confirmed({ units: 1 });
  await demo.send('gate', '/gates/north/arrivals', { people: 3 }, BAGGAGE);
  const scan = { ticketId: ticketIds[0], laneId: 'north-1' };
  expect((await demo.send('gate', '/gates/north/scans', scan, BAGGAGE)).body).toEqual({
    outcome: 'accepted',
  });
  expect((await demo.send('gate', '/gates/north/scans', scan, BAGGAGE)).body).toEqual({
    outcome: 'rejected',
  });
  await demo.send('gate', '/exits', { people: 1 }, BAGGAGE);
  await eventually('arrivals', () => demo.sink.total('gate', 'gate.arrivals', { 'gate.id': 'north' }) === 3);
  await eventually('one has gone out', () => demo.sink.total('gate', 'venue.exits') === 1);
  expect(demo.sink.total('gate', 'ticket.redeemed')).toBe(1);
  expect(demo.sink.total('gate', 'gate.queue.length', { 'gate.id': 'north' })).toBeCloseTo(1);
});

test('a support session is one span with an event a turn', async () => {
  const opened = await demo.send(
    'support',
    '/sessions',
    { tier: 'new', topic: 'is_the_price_real' },
    BAGGAGE,
  );
  const { sessionId } = opened.body as { sessionId: string };
  const say = (wantsHuman: boolean) =>
    demo.send('support', `/sessions/${sessionId}/turns`, { intent: 'is_the_price_real', wantsHuman });
  for (const wantsHuman of [false, false, true]) await say(wantsHuman);
  await eventually('a person joins', async () => {
    const { body } = await demo.send('support', `/sessions/${sessionId}/poll`, {});
    return (body as { state: string }).state === 'human';
  });
  await demo.send('support', `/sessions/${sessionId}/end`, { outcome: 'abandoned' });
  const span = await eventually('its span', () =>
    demo.sink.spans.find(({ attributes }) => attributes['session.id'] === sessionId),
  );
  expect(span.name).toBe('support.session');
  expect(span.events.map(({ name }) => name)).toEqual([
    'turn',
    'turn',
    'turn',
    'human.requested',
    'human.joined',
  ]);
  await eventually('the loop is counted', () => demo.sink.total('support', 'support.bot.loops') === 1);
});

test('every metric is one of the contract, with its kind, unit and attributes', async () => {
  const must = [
    'order order.units',
    'order order.basket',
    'order checkout.duration',
    'order refund.amount',
    'dispatch delivery.duration',
    'gate gate.density',
    'support support.queue.length',
  ];
  await eventually('all services have exported', () => must.every((key) => demo.sink.metrics.has(key)));
  expect(contractViolations(demo.sink.metrics.values())).toEqual([]);
});
