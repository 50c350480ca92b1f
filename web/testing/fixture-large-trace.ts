import type { Span } from '../../model/api/trace.ts';

const SERVICES = [
  'gateway',
  'order',
  'price',
  'dispatch',
  'rider',
  'support',
  'venue',
  'gate',
  'mail',
  'audit',
];

/** Not all zeros, which is no id. */
const idOf = (index: number): string => (index + 1).toString(16).padStart(16, '0');

/** A trace of many spans: each has up to ten children, 11 attributes, and one in 500 failed. */
export function largeTrace(count: number, startMs: number): readonly Span[] {
  const startNano = BigInt(Math.round(startMs)) * 1_000_000n;
  const places: { readonly at: number; readonly long: number }[] = [];
  return Array.from({ length: count }, (_, index): Span => {
    const parent = index === 0 ? null : Math.floor((index - 1) / 10);
    const above = parent === null ? null : places[parent]!;
    const long = above === null ? 60e9 : Math.max(1_000, Math.floor(above.long / 11));
    const at = above === null ? 0 : above.at + ((index - 1) % 10) * Math.floor(above.long / 10.5);
    places.push({ at, long });
    const service = SERVICES[(index * 7) % SERVICES.length]!;
    return {
      spanId: idOf(index),
      parentSpanId: parent === null ? null : idOf(parent),
      service,
      name: `step ${index % 97}`,
      kind: 'internal',
      status: index % 500 === 499 ? 'error' : 'unset',
      statusMessage: index % 500 === 499 ? 'refused' : '',
      startUnixNano: String(startNano + BigInt(at)),
      durationNano: String(long),
      attributes: Object.fromEntries(
        Array.from({ length: 9 }, (_, key) => [
          `attribute.${(index + key * 11) % 97}`,
          `value ${(index * 31 + key) % 1_000}`,
        ]),
      ),
      resource: { 'service.name': service, 'host.name': `${service}-1` },
      scope: 'bench',
      scopeVersion: '1',
      scopeAttributes: {},
      traceState: '',
      events:
        index % 50 === 0
          ? [{ atUnixNano: String(startNano + BigInt(at)), name: 'retry', attributes: {} }]
          : [],
      links: [],
    };
  });
}
