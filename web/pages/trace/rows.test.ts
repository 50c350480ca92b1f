import { describe, expect, it } from 'vitest';
import { ALL_OPEN, type Folds, keyOf, reveal, rowsOf } from './rows.ts';
import { makeSpan, treeOf } from './testing/make-span.ts';

const queries = (count: number, part = {}) =>
  Array.from({ length: count }, (_, index) =>
    makeSpan(`q${index}`, 'root', index * 10, index + 1, { name: 'SELECT', ...part }),
  );
const tree = treeOf([
  makeSpan('root', null, 0, 1_000),
  ...queries(20),
  makeSpan('below', 'q3', 31, 1),
  makeSpan('last', 'root', 900, 10, { service: 'gate' }),
  makeSpan('leaf', 'last', 901, 1),
]);

const drawn = (folds: Folds, of = tree): string[] =>
  rowsOf(of, folds).map(
    (row) =>
      `${'-'.repeat(row.depth)}${row.kind === 'span' ? row.node.key : `×${row.repeats.nodes.length}`}${row.open === false ? '…' : ''}`,
  );

describe('the rows of a trace', () => {
  it('show like siblings as one, with their figures', () => {
    expect(drawn(ALL_OPEN)).toEqual(['root', '-×20…', '-last', '--leaf']);
    const row = rowsOf(tree, ALL_OPEN)[1];
    expect(keyOf(row!)).toBe('*q0');
    expect(row).toMatchObject({
      repeats: { medianNano: 10, p95Nano: 19, mostNano: 20, totalNano: 210, startNano: 0, endNano: 210 },
    });
  });

  it('show each of them when asked, one group or all', () => {
    const opened = drawn({ ...ALL_OPEN, opened: new Set(['*q0']) });
    expect(opened.slice(0, 7)).toEqual(['root', '-×20', '--q0', '--q1', '--q2', '--q3', '---below']);
    expect(drawn({ ...ALL_OPEN, repeats: false })).toHaveLength(24);
  });

  it('never fold what failed, or has failed below it, into a group', () => {
    const bad = treeOf([
      makeSpan('root', null, 0, 1_000),
      ...queries(8),
      makeSpan('why', 'q4', 41, 1, { status: 'error' }),
    ]);
    expect(drawn(ALL_OPEN, bad)).toEqual(['root', '-×7…', '-q4', '--why']);
  });

  it('leave few alike, and those of another kind or service, as they are', () => {
    const few = treeOf([makeSpan('root', null, 0, 1_000), ...queries(4)]);
    expect(drawn(ALL_OPEN, few)).toHaveLength(5);
  });

  it('fold by depth, by service, and one by one', () => {
    expect(drawn({ ...ALL_OPEN, depth: 0 })).toEqual(['root…']);
    expect(drawn({ ...ALL_OPEN, depth: 1 })).toEqual(['root', '-×20…', '-last…']);
    expect(drawn({ ...ALL_OPEN, depth: 1, opened: new Set(['last']) })).toEqual([
      'root',
      '-×20…',
      '-last',
      '--leaf',
    ]);
    expect(drawn({ ...ALL_OPEN, services: new Set(['gate']) })).toEqual(['root', '-×20…', '-last…']);
    expect(drawn({ ...ALL_OPEN, shut: new Set(['root']) })).toEqual(['root…']);
  });

  it('open whatever hides a span that is to be seen', () => {
    const node = tree.nodes.find(({ key }) => key === 'below')!;
    for (const folds of [ALL_OPEN, { ...ALL_OPEN, depth: 0 }, { ...ALL_OPEN, shut: new Set(['root', 'q3']) }])
      expect(drawn(reveal(node, tree, folds))).toContain('---below');
  });
});
