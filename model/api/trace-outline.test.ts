import { describe, expect, it } from 'vitest';
import { ColumnBytesError } from '../column-bytes.ts';
import { columnsOf, plainSpans } from '../testing/outline-columns.ts';
import { type OutlineColumns, type OutlinedSpan, outlineBytes, readOutline } from './trace-outline.ts';

const id = (letter: string): string => letter.repeat(16);

const span = (
  spanId: string,
  parentSpanId: string | null,
  part: Partial<OutlinedSpan> = {},
): OutlinedSpan => ({
  ...{ spanId, parentSpanId, service: 'order', name: 'pay', kind: 'server', status: 'unset' },
  ...{ clock: 'host-1', campaignId: null, startNano: 0, durationNano: 5, events: [], links: 0, ...part },
});

const spans = [
  span(id('a'), null, { campaignId: 'tea', links: 3 }),
  span(id('b'), id('a'), { status: 'error', startNano: -7, events: [{ atNano: 2, name: 'retry' }] }),
  span(id('b'), id('a'), { kind: 'client' }),
  span(id('c'), id('9'), { service: '', clock: 'service order' }),
  span(id('d'), id('9'), {
    durationNano: -3,
    events: [
      { atNano: 4, name: 'retry' },
      { atNano: 4, name: '' },
    ],
  }),
  span(id('e'), id('b'), { durationNano: 2 ** 52 }),
];
const said = { traceId: 'a'.repeat(32), cut: false, startUnixNano: '1800000000000000001' };
const columns = columnsOf(said, spans);
const arrived = (sent: OutlineColumns) => readOutline(outlineBytes(sent).buffer);

describe('an outline in columns', () => {
  it('is the same when it has arrived', () => {
    const outline = arrived(columns);
    expect(outline).toMatchObject(said);
    expect(plainSpans(outline)).toEqual(spans);
    expect(arrived(columnsOf(said, []))).toMatchObject({ ...said, size: 0 });
  });

  it('says who is whose parent, and who has another’s id', () => {
    const { parents, namesakes } = arrived(columns);
    expect([...(parents as Int32Array)]).toEqual([-1, 0, 0, 6, 6, 1]);
    expect(namesakes).toEqual(new Map([[2, 1]]));
  });

  it('says each text once, and of a span only what it says of itself', () => {
    expect(new Set(columns.texts).size).toBe(columns.texts.length);
    const many = Array.from({ length: 1_000 }, (_, index) =>
      span((index + 1).toString(16).padStart(16, '0'), null, { name: `step ${index % 200}` }),
    );
    expect(outlineBytes(columnsOf(said, many)).byteLength).toBeLessThan(40 * many.length);
  });

  it.each<[string, object]>([
    ['parents', { parents: Uint8Array.of(1) }],
    ['parents', { parents: columns.parents.map(() => 7) }],
    ['spanIds', { spanIds: new Uint8Array(8) }],
    ['names', { names: columns.names.map(() => 99) }],
    ['services', { services: new Uint32Array() }],
    ['kinds', { kinds: columns.kinds.map(() => 6) }],
    ['statuses', { statuses: columns.statuses.map(() => 3) }],
    ['startNanos', { startNanos: columns.startNanos.map(() => 0.5) }],
    ['durationNanos', { durationNanos: Float64Array.of(1) }],
    ['eventSpans', { eventSpans: columns.eventSpans.map(() => 6) }],
    ['eventSpans', { eventSpans: columns.eventSpans.toReversed() }],
    ['eventNanos', { eventNanos: new Float64Array() }],
    ['linkSpans', { linkSpans: Uint32Array.of(99) }],
    ['linkCounts', { linkCounts: new Uint32Array() }],
    ['namesakesOf', { namesakesOf: new Uint32Array() }],
  ])('is refused where %s are not what they should be', (name, part) => {
    expect(() => arrived({ ...columns, ...part })).toThrow(`«${name}»`);
    const { [name as keyof OutlineColumns]: _, ...without } = columns;
    expect(() => arrived(without as OutlineColumns)).toThrow(ColumnBytesError);
  });

  it('is refused where it does not say what it is of', () => {
    expect(() => arrived({ ...columns, cut: 'no' } as never)).toThrow(ColumnBytesError);
  });
});
