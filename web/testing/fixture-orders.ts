import type { Span } from '../../model/api/trace.ts';

/** Orders cancelled at a party's end: enough traces to search, and those of one city fail at one dependency. */
const CITIES = ['11', '31', '44', '51'] as const;
const CHANNELS = ['app', 'mini_program', 'web'] as const;
export const ORDER_TRACES = 160;

const idOf = (index: number): string => (0xc0ffee00 + index).toString(16).padStart(32, '0');

/** One of the traces, by its place; it began `index` thirds of a minute ago. */
export function orderTrace(index: number, nowMs: number): { traceId: string; spans: readonly Span[] } {
  const city = CITIES[index % CITIES.length] ?? '11';
  const broken = city === '44' && index % 12 !== 2;
  const longMs = 20 + ((index * 37) % 90) + (broken ? 1_400 + ((index * 53) % 700) : 0);
  const startNano = BigInt(Math.round(nowMs - 5_000 - index * 20_000)) * 1_000_000n;
  const nano = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
  const span = (
    spanId: string,
    parent: string | null,
    service: string,
    name: string,
    [at, long]: readonly [number, number],
    attributes: Span['attributes'] = {},
  ): Span => ({
    spanId: spanId.padStart(16, '0'),
    parentSpanId: parent === null ? null : parent.padStart(16, '0'),
    service,
    name,
    kind: parent === null ? 'server' : 'client',
    status: broken ? 'error' : 'unset',
    statusMessage: broken ? 'refund provider timed out' : '',
    startUnixNano: String(startNano + nano(at)),
    durationNano: String(nano(long)),
    attributes: {
      'campaign.id': 'one-cent-tickets',
      'order.id': `o-${7000 + index}`,
      'city.code': city,
      channel: CHANNELS[index % CHANNELS.length] ?? 'app',
      ...attributes,
    },
    resource: { 'service.name': service, 'service.version': broken ? '2.4.1' : '2.4.0' },
    scope: '@tidewarden/demo',
    scopeVersion: '',
    scopeAttributes: {},
    traceState: '',
    events: [],
    links: [],
  });
  return {
    traceId: idOf(index),
    spans: [
      span('a1', null, 'order', 'POST /orders/:id/cancel', [0, longMs]),
      span('a2', 'a1', 'payment', 'POST /refunds', [4, longMs - 8], {
        'http.response.status_code': broken ? 504 : 200,
      }),
    ],
  };
}

/** The trace of an id, or null where it is another's. */
export function orderTraceById(traceId: string, nowMs: number): readonly Span[] | null {
  const index = Number.parseInt(traceId, 16) - 0xc0ffee00;
  return index >= 0 && index < ORDER_TRACES ? orderTrace(index, nowMs).spans : null;
}
