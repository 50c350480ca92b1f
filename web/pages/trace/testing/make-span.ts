import type { Span } from '../../../../model/api/trace.ts';

const FIRST_NANO = 1_800_000_000_000_000_000n;

/** A span of the service `order`, named like its id unless told otherwise; `at` and `long` in nanoseconds. */
export function makeSpan(
  spanId: string,
  parentSpanId: string | null,
  at: number,
  long: number,
  part: Partial<Span> = {},
): Span {
  return {
    spanId,
    parentSpanId,
    service: 'order',
    name: spanId,
    kind: 'internal',
    status: 'unset',
    statusMessage: '',
    startUnixNano: String(FIRST_NANO + BigInt(at)),
    durationNano: String(long),
    attributes: {},
    resource: {},
    scope: '',
    scopeVersion: '',
    scopeAttributes: {},
    traceState: '',
    events: [],
    links: [],
    ...part,
  };
}
