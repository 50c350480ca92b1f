import { describe, expect, it } from 'vitest';
import type { Span } from '../../../model/api/trace.ts';
import { buildTree, visibleRows } from './tree.ts';

function span(
  spanId: string,
  parentSpanId: string | null,
  startNano: number,
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
    startUnixNano: String(1_800_000_000_000_000_000n + BigInt(startNano)),
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

const names = (spans: readonly Span[], folded: readonly string[] = []): string[] =>
  visibleRows(buildTree(spans).roots, new Set(folded)).map(
    ({ span, depth, orphan }) => `${'-'.repeat(depth)}${span.spanId}${orphan ? '?' : ''}`,
  );

describe('a trace as a tree', () => {
  const spans = [
    span('b', 'a', 200, 100),
    span('a', null, 0, 1_000),
    span('c', 'a', 100, 50),
    span('d', 'b', 250, 10),
  ];

  it('puts children under parents in the order of their starts, to the nanosecond', () => {
    expect(names(spans)).toEqual(['a', '-c', '-b', '--d']);
    expect(names([span('a', null, 0, 9), span('y', 'a', 2, 1), span('x', 'a', 1, 1)])).toEqual([
      'a',
      '-x',
      '-y',
    ]);
  });

  it('leaves out what is folded', () => {
    expect(names(spans, ['b'])).toEqual(['a', '-c', '-b']);
  });

  it('keeps spans whose parent was not received, and says so', () => {
    expect(names([...spans, span('e', 'gone', 50, 5)])).toEqual(['a', '-c', '-b', '--d', 'e?']);
  });

  it('survives parents in a circle', () => {
    expect(names([span('a', null, 0, 9), span('x', 'y', 1, 1), span('y', 'x', 2, 1)])).toEqual([
      'a',
      'x?',
      '-y',
    ]);
  });

  it('measures the whole and counts errors', () => {
    const tree = buildTree([...spans, span('z', 'a', 900, 400, { status: 'error', service: 'gate' })]);
    expect(tree).toMatchObject({
      durationNano: 1_300,
      errors: 1,
      services: ['gate', 'order'],
      startMs: 1_800_000_000_000,
    });
  });
});
