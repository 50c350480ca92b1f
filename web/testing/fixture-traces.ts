import type { Span } from '../../model/api/trace.ts';

interface Sketch {
  readonly id: string;
  readonly parent: string | null;
  readonly service: string;
  readonly name: string;
  readonly kind: Span['kind'];
  /** Milliseconds from the trace's start, and how long. */
  readonly at: number;
  readonly long: number;
  readonly error?: string;
  readonly attributes?: Span['attributes'];
}

const CHECKOUT: readonly Sketch[] = [
  {
    id: '01',
    parent: null,
    service: 'order',
    name: 'POST /checkout',
    kind: 'server',
    at: 0,
    long: 184.2,
    attributes: {
      'campaign.id': 'one-cent-tickets',
      'http.response.status_code': 200,
      'user.note': '<img src=x onerror="window.__owned=1">',
    },
  },
  {
    id: '02',
    parent: '01',
    service: 'order',
    name: 'price',
    kind: 'internal',
    at: 2.1,
    long: 8.4,
    attributes: { 'offer.id': 'two-park-ticket', price: 0.01 },
  },
  {
    id: '03',
    parent: '01',
    service: 'order',
    name: 'limiter.check',
    kind: 'internal',
    at: 10.9,
    long: 0.4,
    attributes: { limited: false },
  },
  { id: '04', parent: '01', service: 'order', name: 'POST dispatch', kind: 'client', at: 14, long: 151 },
  { id: '05', parent: '04', service: 'dispatch', name: 'POST /assign', kind: 'server', at: 17.5, long: 143 },
  {
    id: '06',
    parent: '05',
    service: 'dispatch',
    name: 'find rider',
    kind: 'internal',
    at: 20,
    long: 96,
    error: 'no rider within 3 km, retried',
  },
  { id: '07', parent: '05', service: 'dispatch', name: 'find rider', kind: 'internal', at: 118, long: 38 },
  { id: '08', parent: '01', service: 'support', name: 'notify', kind: 'producer', at: 170, long: 6 },
  { id: '09', parent: 'ff', service: 'gate', name: 'reserve lane', kind: 'consumer', at: 176, long: 5 },
];

function toSpan(sketch: Sketch, startNano: bigint): Span {
  const nano = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
  const spanId = sketch.id.padStart(16, '0');
  return {
    spanId,
    parentSpanId: sketch.parent === null ? null : sketch.parent.padStart(16, '0'),
    service: sketch.service,
    name: sketch.name,
    kind: sketch.kind,
    status: sketch.error === undefined ? (sketch.parent === null ? 'ok' : 'unset') : 'error',
    statusMessage: sketch.error ?? '',
    startUnixNano: String(startNano + nano(sketch.at)),
    durationNano: String(nano(sketch.long)),
    attributes: sketch.attributes ?? { 'code.function.name': sketch.name },
    resource: { 'service.name': sketch.service, 'service.instance.id': `${sketch.service}-1` },
    scope: '@tidewarden/demo',
    scopeVersion: '1.0.0',
    scopeAttributes: {},
    traceState: '',
    events:
      sketch.error === undefined
        ? []
        : [
            {
              atUnixNano: String(startNano + nano(sketch.at + sketch.long)),
              name: 'exception',
              attributes: { 'exception.message': sketch.error },
            },
          ],
    links:
      sketch.kind === 'producer' ? [{ traceId: 'b'.repeat(32), spanId: '1'.repeat(16), attributes: {} }] : [],
  };
}

/** Traces by age: how many milliseconds ago each began, and what it is made of. */
export const TRACES: readonly { readonly traceId: string; readonly agoMs: number; readonly scale: number }[] =
  Array.from({ length: 24 }, (_, index) => ({
    traceId: (0xa11ce0 + index * 7919).toString(16).padStart(32, '0'),
    agoMs: 4_000 + index * 37_000,
    scale: 1 + ((index * 13) % 7) / 3,
  }));

/** The spans of one of them; every third trace has an error. */
export function spansOf(trace: (typeof TRACES)[number], nowMs: number, index: number): readonly Span[] {
  const startNano = BigInt(Math.round(nowMs - trace.agoMs)) * 1_000_000n;
  return CHECKOUT.filter(({ id }) => index % 3 === 0 || id !== '09').map((sketch) => {
    const { error, ...rest } = sketch;
    const scaled = { ...rest, at: sketch.at * trace.scale, long: sketch.long * trace.scale };
    const span = toSpan(error !== undefined && index % 3 === 0 ? { ...scaled, error } : scaled, startNano);
    // What fails came with a release.
    return {
      ...span,
      resource: { ...span.resource, 'service.version': index % 3 === 0 ? '1.5.0' : '1.4.2' },
    };
  });
}
