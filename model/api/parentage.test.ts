import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parentage } from './parentage.ts';

const bytes = (ids: readonly bigint[]): Uint8Array => new Uint8Array(BigUint64Array.from(ids).buffer);
const NONE = 0n;

/** By looking at every other span. */
function slowly(ids: readonly bigint[], parentIds: readonly bigint[]) {
  const parents = parentIds.map((id) => (id === NONE ? 'none' : ids.includes(id) ? ids.indexOf(id) : 'lost'));
  const namesakes = [...ids.entries()].filter(([index, id]) => ids.indexOf(id) < index);
  return { parents, namesakes: new Map(namesakes.map(([index, id]) => [index, ids.indexOf(id)])) };
}

function found(ids: readonly bigint[], parentIds: readonly bigint[]) {
  const { spanIds, parents, namesakes, namesakesOf } = parentage(bytes(ids), bytes(parentIds));
  const all = new BigUint64Array(spanIds.buffer, 0, spanIds.length / 8);
  return {
    all: [...all],
    parents: Array.from(parents, (parent) =>
      parent === -1 ? 'none' : parent < ids.length ? parent : 'lost',
    ),
    // The id that is found is the one that was named.
    ids: Array.from(parents, (parent) => (parent === -1 ? NONE : all[parent])),
    namesakes: new Map(Array.from(namesakes, (index, at) => [index, namesakesOf[at]])),
  };
}

describe('who is whose parent', () => {
  it('is the first span with the id, none, or lost', () => {
    const ids = [5n, 1n << 63n, 5n, 7n];
    const result = found(ids, [NONE, 5n, 1n << 63n, 9n]);
    expect(result.parents).toEqual(['none', 0, 1, 'lost']);
    expect(result.namesakes).toEqual(new Map([[2, 0]]));
    expect(result.all).toEqual([...ids, 9n]);
  });

  it('is told of any spans, also of those that name themselves, share ids or differ in one bit', () => {
    const id = fc.oneof(
      fc.bigInt(0n, 6n),
      fc.nat(63).map((bit) => 1n << BigInt(bit)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(id, id), { maxLength: 30 }), (spans) => {
        const ids = spans.map(([own]) => own);
        const parentIds = spans.map(([, parent]) => parent);
        const result = found(ids, parentIds);
        expect(result).toMatchObject(slowly(ids, parentIds));
        expect(result.ids).toEqual(parentIds);
        expect(new Set(result.all.slice(ids.length)).size).toBe(result.all.length - ids.length);
      }),
    );
  });
});
