import { type Attributes, assembleTrace, type Trace, type TraceSpan } from '../trace.ts';

/** What a span of a made-up shop is given; the rest follows. */
export type SpanSketch = Partial<Omit<TraceSpan, 'startNanos' | 'scope'>> & {
  readonly id: number;
  readonly parent?: number;
  /** After the trace's start. */
  readonly atMs?: number;
  readonly scopeAttributes?: Attributes;
};

export const hex = (id: number, digits: number): string => id.toString(16).padStart(digits, '0');

/** A trace of sketched spans that begins at an epoch time. */
export function sketchTrace(id: number, startMs: number, sketches: readonly SpanSketch[]): Trace {
  const spans = sketches.map((sketch): TraceSpan => {
    const { id: own, parent, atMs = 0, scopeAttributes = {}, ...given } = sketch;
    return {
      spanId: hex(own, 16),
      parentSpanId: parent === undefined ? null : hex(parent, 16),
      service: String(given.resource?.['service.name'] ?? 'order'),
      name: `span ${own}`,
      kind: 'internal',
      status: 'unset',
      statusMessage: '',
      campaignId: String(given.attributes?.['campaign.id'] ?? given.resource?.['campaign.id'] ?? ''),
      startNanos: BigInt(Math.round((startMs + atMs) * 1_000)) * 1_000n,
      durationNanos: 1_000_000,
      attributes: {},
      events: [],
      links: [],
      ...given,
      resource: { 'service.name': 'order', ...given.resource },
      scope: { name: 'tidewarden.test', version: '1.2.3', attributes: scopeAttributes },
    };
  });
  return assembleTrace(hex(id, 32), spans);
}

/**
 * A few traces of orders and cancellations with everything that a query can ask for: all kinds of values, lists, events, links, roots
 * that are missing, siblings, depth. Each begins a second after the one before.
 */
export function shopTraces(startMs: number): readonly Trace[] {
  return [
    sketchTrace(1, startMs, [
      {
        id: 0x11,
        name: 'POST /orders',
        kind: 'server',
        durationNanos: 120e6,
        attributes: { 'http.status_code': 200, 'order.id': 'o-1', paid: true, ratio: 0.5, tags: ['a', 'b'] },
        resource: { 'service.name': 'order', region: 'south' },
      },
      {
        id: 0x12,
        parent: 0x11,
        atMs: 5,
        name: 'payment.charge',
        kind: 'client',
        durationNanos: 60e6,
        attributes: { amount: 26.5, region: 'north' },
        resource: { 'service.name': 'order', region: 'south' },
        events: [{ atNanos: BigInt(startMs + 9) * 1_000_000n, name: 'retry', attributes: { attempt: 2 } }],
      },
      {
        id: 0x13,
        parent: 0x12,
        atMs: 10,
        name: 'charge',
        kind: 'server',
        status: 'error',
        statusMessage: 'card declined',
        durationNanos: 40e6,
        attributes: { 'error.type': 'declined', amount: 26 },
        resource: { 'service.name': 'payment', region: 'south', replicas: 3 },
      },
      { id: 0x14, parent: 0x11, atMs: 70, name: 'stock.reserve', kind: 'client', durationNanos: 2e6 },
    ]),
    sketchTrace(2, startMs + 1_000, [
      {
        id: 0x21,
        name: 'POST /orders/{id}/cancel',
        kind: 'server',
        status: 'error',
        durationNanos: 2_500e6,
        attributes: { 'http.status_code': 504, 'order.id': 'o-1', paid: false, tags: ['c'], note: null },
        links: [{ traceId: hex(1, 32), spanId: hex(0x11, 16), attributes: { why: 'order' } }],
        scopeAttributes: { library: 'http', generation: 2 },
      },
      {
        id: 0x22,
        parent: 0x21,
        atMs: 1,
        name: 'dispatch.recall',
        kind: 'client',
        status: 'error',
        durationNanos: 2_400e6,
        attributes: { 'http.status_code': '504', details: { deep: 1 } },
        events: [
          {
            atNanos: BigInt(startMs + 2_000) * 1_000_000n,
            name: 'exception',
            attributes: { 'exception.type': 'Timeout' },
          },
          { atNanos: BigInt(startMs + 2_100) * 1_000_000n, name: 'retry', attributes: {} },
        ],
      },
      {
        id: 0x23,
        parent: 0x22,
        atMs: 2,
        name: 'recall',
        kind: 'server',
        resource: { 'service.name': 'dispatch' },
      },
      { id: 0x24, parent: 0x21, atMs: 3, name: 'refund', kind: 'client' },
    ]),
    // Its root has not come; a chain of three.
    sketchTrace(3, startMs + 2_000, [
      { id: 0x31, parent: 0x99, name: 'consume', kind: 'consumer', resource: { 'service.name': 'dispatch' } },
      {
        id: 0x32,
        parent: 0x31,
        atMs: 1,
        name: 'assign',
        resource: { 'service.name': 'dispatch' },
        durationNanos: 7,
      },
      {
        id: 0x33,
        parent: 0x32,
        atMs: 2,
        name: 'push',
        kind: 'producer',
        durationNanos: 0,
        attributes: { amount: -3 },
      },
    ]),
    sketchTrace(4, startMs + 3_000, [{ id: 0x41, name: 'health', attributes: { tags: [] } }]),
  ];
}
