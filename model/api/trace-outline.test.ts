import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  columnsOf,
  type OutlinedSpan,
  outlineColumns,
  outlineOf,
  type TraceOutline,
} from './trace-outline.ts';

const span = (
  spanId: string,
  parentSpanId: string | null,
  part: Partial<OutlinedSpan> = {},
): OutlinedSpan => ({
  ...{
    spanId,
    parentSpanId,
    service: 'order',
    name: 'pay',
    kind: 'server',
    status: 'unset',
    clock: 'host-1',
  },
  ...{ campaignId: null, startNano: 0, durationNano: 5, events: [], links: 0, ...part },
});

const outline: TraceOutline = {
  traceId: 'a'.repeat(32),
  cut: false,
  startUnixNano: '1800000000000000001',
  spans: [
    span('a', null, { campaignId: 'tea', links: 3 }),
    span('b', 'a', { status: 'error', startNano: -7, events: [{ atNano: 2, name: 'retry' }] }),
    span('b', 'a', { kind: 'client' }),
    span('c', 'never', { service: '', clock: 'service order' }),
    span('d', 'never', {
      durationNano: -3,
      events: [
        { atNano: 4, name: 'retry' },
        { atNano: 4, name: '' },
      ],
    }),
    span('e', 'b', { durationNano: 2 ** 52 }),
  ],
};
const wire = columnsOf(outline);

describe('an outline in columns', () => {
  it('is the same when it has arrived', () => {
    const sent: unknown = JSON.parse(JSON.stringify(wire));
    expect(outlineOf(outlineColumns.parse(sent))).toEqual(outline);
    const empty = { ...outline, spans: [] };
    expect(outlineOf(outlineColumns.parse(columnsOf(empty)))).toEqual(empty);
  });

  it('says each text once, and ids of lost parents after those of spans', () => {
    expect(new Set(wire.texts).size).toBe(wire.texts.length);
    expect(wire.spanIds).toEqual(['a', 'b', 'b', 'c', 'd', 'e', 'never']);
    expect(wire.parents).toEqual([-1, 0, 0, 6, 6, 1]);
  });

  it.each<[string, object]>([
    ['texts', { texts: ['a', 1] }],
    ['startNanos', { startNanos: [0.5] }],
    ['durationNanos', { durationNanos: [1] }],
    ['names', { names: wire.names.map(() => 99) }],
    ['services', { services: [] }],
    ['parents', { parents: wire.parents.map(() => 7) }],
    ['spanIds', { spanIds: ['a'] }],
    ['kinds', { kinds: wire.names }],
    ['statuses', { statuses: wire.names }],
    ['events.spans', { events: { spans: [6], atNanos: [0], names: [0] } }],
    ['events', { events: { spans: [0, 1], atNanos: [0], names: [0] } }],
    ['links.spans', { links: { spans: [-1], counts: [1] } }],
    ['links', { links: { spans: [1], counts: [] } }],
  ])('is refused where %s are not what they should be', (path, part) => {
    const { error } = outlineColumns.safeParse({ ...wire, ...part });
    expect(error?.issues.map((issue) => issue.path.join('.'))).toContain(path);
  });

  it('is described to those who read the API', () => {
    const { properties } = z.toJSONSchema(outlineColumns, { unrepresentable: 'any' });
    expect(properties?.parents).toMatchObject({ type: 'array', items: { type: 'integer' } });
  });
});
