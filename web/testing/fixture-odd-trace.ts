import type { Span } from '../../model/api/trace.ts';

export const ODD_TRACE_ID = 'dd'.repeat(16);

interface Sketch extends Partial<Span> {
  readonly id: string;
  readonly parent: string | null;
  readonly service: string;
  readonly name: string;
  /** Milliseconds from the trace's start, by the service's own clock, and how long. */
  readonly at: number;
  readonly long: number;
}

/** The id of one of its spans: the letters of what it is called here, at most eight. */
export const oddSpanId = (name: string): string => Buffer.from(name).toString('hex').padStart(16, '0');

const queries: readonly Sketch[] = Array.from({ length: 37 }, (_, index) => ({
  id: `q${index}`,
  parent: 'serve',
  service: 'dispatch',
  name: 'SELECT riders WHERE cell = ?',
  kind: 'client',
  at: 524 + index * 3,
  long: 2 + (index % 7) / 4,
}));

/** Everything that a trace should not be: clocks half a second off, lost parents, circles, copies, no and negative lengths, huge attributes. */
const SKETCHES: readonly Sketch[] = [
  {
    id: 'root',
    parent: null,
    service: 'order',
    name: 'POST /orders/{id}/cancel',
    kind: 'server',
    at: 0,
    long: 240,
    attributes: {
      'campaign.id': 'one-cent-tickets',
      'http.request.body': `{"note":"${'取消 '.repeat(30_000)}"}`,
      'user.note': '<img src=x onerror="window.__owned=1">',
    },
  },
  {
    id: 'call',
    parent: 'root',
    service: 'order',
    name: 'POST dispatch/release',
    kind: 'client',
    at: 10,
    long: 200,
  },
  // By a clock that is half a second ahead.
  {
    id: 'serve',
    parent: 'call',
    service: 'dispatch',
    name: 'POST /release',
    kind: 'server',
    at: 520,
    long: 190,
  },
  ...queries,
  {
    id: 'fail',
    parent: 'serve',
    service: 'dispatch',
    name: 'release rider',
    at: 650,
    long: 40,
    status: 'error',
    statusMessage: 'rider 4711 is not assigned to this order',
    attributes: Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`rider.history.${index}`, index * 7]),
    ),
  },
  { id: 'zero', parent: 'root', service: 'order', name: 'cache hit', at: 220, long: 0 },
  { id: 'back', parent: 'root', service: 'order', name: 'clock went back', at: 224, long: -3 },
  {
    id: 'mail',
    parent: 'root',
    service: 'support',
    name: 'send apology',
    kind: 'producer',
    at: 225,
    long: 4,
  },
  { id: 'read', parent: 'mail', service: 'mailer', name: 'apology', kind: 'consumer', at: 260, long: 120 },
  { id: 'lost', parent: 'never', service: 'gate', name: 'free lane', kind: 'consumer', at: 130, long: 30 },
  { id: 'ring1', parent: 'ring3', service: 'audit', name: 'write entry', at: 140, long: 9 },
  { id: 'ring2', parent: 'ring1', service: 'audit', name: 'sign entry', at: 141, long: 5 },
  { id: 'ring3', parent: 'ring2', service: 'audit', name: 'chain entry', at: 142, long: 2 },
  { id: 'zero', parent: 'root', service: 'order', name: 'cache miss', kind: 'client', at: 230, long: 2 },
];

/** The spans of the odd trace, which began at `startMs` (epoch). */
export function oddTrace(startMs: number): readonly Span[] {
  const startNano = BigInt(Math.round(startMs)) * 1_000_000n;
  const nano = (ms: number): bigint => BigInt(Math.round(ms * 1e6));
  const spans = SKETCHES.map(
    ({ id, parent, at, long, ...part }): Span => ({
      kind: 'internal',
      status: 'unset',
      statusMessage: '',
      attributes: { 'code.function.name': part.name },
      resource: { 'service.name': part.service, 'host.name': `${part.service}-7` },
      scope: '@tidewarden/demo',
      scopeVersion: '1.2.0',
      scopeAttributes: { 'library.language': 'nodejs' },
      traceState: '',
      links: [],
      events:
        part.status === 'error'
          ? [
              {
                atUnixNano: String(startNano + nano(at + long / 2)),
                name: 'exception',
                attributes: {
                  'exception.type': 'NotAssigned',
                  'exception.message': part.statusMessage ?? '',
                },
              },
            ]
          : [],
      ...part,
      spanId: oddSpanId(id),
      parentSpanId: parent === null ? null : oddSpanId(parent),
      startUnixNano: String(startNano + nano(at)),
      durationNano: String(nano(long)),
    }),
  );
  // One that was sent twice.
  return [...spans, spans[1]!];
}
