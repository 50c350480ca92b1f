import { describe, expect, it } from 'vitest';
import type { StoredSpan } from '../../../storage/traces.ts';
import { clockSkews } from './clock-skew.ts';

const EMPTY = { texts: {}, kinds: '' };
function span(
  spanId: string,
  parentSpanId: string | null,
  startNanos: bigint,
  durationNanos: bigint,
  service: string,
): StoredSpan {
  return {
    ...{ spanId, parentSpanId, startNanos, durationNanos, service },
    ...{ traceState: '', name: spanId, kind: 'server', status: 'unset', statusMessage: '' },
    ...{ attributes: EMPTY, resource: EMPTY, scope: { name: '', version: '', attributes: EMPTY } },
    ...{ events: [], links: [] },
  };
}

const moved = (...spans: readonly StoredSpan[]) =>
  Object.fromEntries([...clockSkews(spans)].map(([{ spanId }, skew]) => [spanId, Number(skew)]));

describe('clock skew', () => {
  const root = span('root', null, 1_000n, 100n, 'order');

  it.each([
    ['fits', span('a', 'root', 1_010n, 50n, 'payment'), {}],
    ['begins before its caller', span('a', 'root', 900n, 50n, 'payment'), { a: 125 }],
    ['ends after its caller', span('a', 'root', 1_090n, 20n, 'payment'), { a: -50 }],
    ['outlives its caller', span('a', 'root', 1_010n, 500n, 'payment'), {}],
    ['outlives its caller and begins before it', span('a', 'root', 900n, 500n, 'payment'), { a: 100 }],
    ['is on the same host', span('a', 'root', 900n, 50n, 'order'), {}],
    ['consumes', { ...span('a', 'root', 2_000n, 50n, 'payment'), kind: 'consumer' } as StoredSpan, {}],
    ['has a parent that is not here', span('a', 'gone', 900n, 50n, 'payment'), {}],
    ['is its own parent', span('a', 'a', 900n, 50n, 'payment'), {}],
  ] as const)('of a span that %s', (_, child, expected) => {
    expect(moved(root, child)).toEqual(expected);
  });

  it('moves what follows on the same host along, and measures the next host against that', () => {
    expect(
      moved(
        root,
        span('a', 'root', 900n, 50n, 'payment'),
        span('b', 'a', 910n, 30n, 'payment'),
        span('c', 'b', 1_040n, 20n, 'bank'),
        span('d', 'b', 800n, 20n, 'bank'),
      ),
    ).toEqual({ a: 125, b: 125, d: 240 });
  });

  it('ends with parents that go round in a circle, and takes a trace of any depth', () => {
    expect(moved(span('a', 'b', 1n, 1n, 'x'), span('b', 'a', 1n, 1n, 'y'))).toEqual({});
    const chain = Array.from({ length: 100_000 }, (_, i) =>
      span(String(i), i === 0 ? null : String(i - 1), 1_000n + BigInt(i), 200_000n, 'x'),
    );
    expect(clockSkews(chain).size).toBe(0);
  });
});
