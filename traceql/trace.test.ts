import { describe, expect, it } from 'vitest';
import { relate } from './evaluate/structure.ts';
import { sketchTrace } from './testing/shop.ts';
import type { Trace } from './trace.ts';

const START_MS = 1_764_000_000_000;

/** root ┬ a ─ b
 *       └ c ┬ d
 *           └ e */
const tree = (): Trace =>
  sketchTrace(1, START_MS, [
    { id: 1, name: 'root' },
    { id: 2, parent: 1, atMs: 1, name: 'a' },
    { id: 3, parent: 2, atMs: 2, name: 'b' },
    { id: 4, parent: 1, atMs: 3, name: 'c' },
    { id: 5, parent: 4, atMs: 4, name: 'd' },
    { id: 6, parent: 4, atMs: 5, name: 'e' },
  ]);

const indexes = (trace: Trace, names: string): number[] =>
  names === '' ? [] : names.split(' ').map((name) => trace.spans.findIndex((span) => span.name === name));

describe('a trace', () => {
  it('numbers its spans so that a span’s numbers enclose those of its descendants', () => {
    const trace = tree();
    expect([...trace.nestedLeft]).toEqual([1, 2, 3, 6, 7, 9]);
    expect([...trace.nestedRight]).toEqual([12, 5, 4, 11, 8, 10]);
    expect([...trace.nestedParent]).toEqual([-1, 1, 2, 1, 6, 6]);
    expect([...trace.childCounts]).toEqual([2, 1, 0, 2, 0, 0]);
  });

  it('keeps one of a span that came twice, and both of a client and a server that share an id', () => {
    const trace = sketchTrace(1, START_MS, [
      { id: 1, kind: 'client' },
      { id: 1, kind: 'server', atMs: 1 },
      { id: 1, kind: 'client' },
    ]);
    expect(trace.spans.map(({ kind }) => kind)).toEqual(['client', 'server']);
  });

  it('cuts a circle of parents once, and hangs nothing of it on a root', () => {
    const trace = sketchTrace(1, START_MS, [
      { id: 1, parent: 3 },
      { id: 2, parent: 1 },
      { id: 3, parent: 2 },
    ]);
    expect([...trace.parents].filter((parent) => parent === -1)).toHaveLength(1);
    expect([...trace.nestedLeft]).toEqual([0, 0, 0]);
    expect(trace.root).toBeUndefined();
  });

  it('may be a hundred thousand spans deep', () => {
    const sketches = Array.from({ length: 100_000 }, (_, i) => ({ id: i + 1, ...(i > 0 && { parent: i }) }));
    const trace = sketchTrace(1, START_MS, sketches);
    const deepest = trace.spans.length - 1;
    expect(trace.nestedRight[0]).toBe(200_000);
    expect(relate('>>', trace, [0], [deepest])).toEqual([deepest]);
    expect(relate('<<', trace, [deepest], [0])).toEqual([0]);
  });
});

describe('the structural operators', () => {
  it.each([
    ['root', '>', 'a b c', 'a c'],
    ['root', '>>', 'b d', 'b d'],
    ['a', '>>', 'a b c', 'b'],
    ['b', '<', 'a root', 'a'],
    ['b e', '<<', 'root a c', 'root a c'],
    ['d', '~', 'd e b', 'e'],
    ['d e', '~', 'd e', 'd e'],
    ['a', '!>', 'b c d', 'c d'],
    ['a c', '!>>', 'root b d', 'root'],
    ['b', '!<', 'a c', 'c'],
    ['e', '!<<', 'root a', 'a'],
    ['d', '!~', 'd e b', 'd b'],
    ['', '!>', 'a b', 'a b'],
    ['', '>', 'a b', ''],
    ['root a', '&>', 'b c', 'root a b c'],
    ['root', '&>>', 'd', 'root d'],
    ['a e', '&<', 'root b', 'root a'],
    ['b', '&<<', 'root c', 'root b'],
    ['d', '&~', 'e b', 'd e'],
  ] as const)('%s %s %s is %s', (left, operator, right, wanted) => {
    const trace = tree();
    const found = relate(operator, trace, indexes(trace, left), indexes(trace, right));
    expect(found.map((index) => trace.spans[index]!.name).sort()).toEqual(
      wanted === '' ? [] : wanted.split(' ').sort(),
    );
  });

  it('take roots for siblings, and spans whose parent has not come for nobody’s', () => {
    const trace = sketchTrace(1, START_MS, [
      { id: 1, name: 'root' },
      { id: 2, atMs: 1, name: 'other' },
      { id: 3, parent: 99, atMs: 2, name: 'lost' },
      { id: 4, parent: 99, atMs: 3, name: 'gone' },
    ]);
    const all = [0, 1, 2, 3];
    expect(relate('~', trace, all, all)).toEqual([0, 1]);
    expect(relate('!~', trace, all, all)).toEqual([2, 3]);
    expect(relate('&~', trace, [0], [1, 2])).toEqual([0, 1]);
    expect(relate('~', trace, [0], [0])).toEqual([]);
  });
});
