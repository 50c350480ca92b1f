import { describe, expect, it } from 'vitest';
import { parseHistory, searchHistory, withDuration, without, withRun, withStar } from './history.ts';

const ran = (...exprs: readonly string[]) =>
  exprs.reduce((past, expr, index) => withRun(past, expr, 1_000 * index), parseHistory(null));
const exprs = (past: readonly { readonly expr: string }[]) => past.map(({ expr }) => expr);

describe('the history of queries', () => {
  it('has the newest first, each query once, with when and how often', () => {
    const past = ran('up', 'down', 'up');
    expect(past).toEqual([
      { expr: 'up', atMs: 2_000, tookMs: null, runs: 2, starred: false },
      { expr: 'down', atMs: 1_000, tookMs: null, runs: 1, starred: false },
    ]);
  });

  it('notes how long the answer took, and only of what was run', () => {
    const past = withDuration(withDuration(ran('up'), 'up', 84), 'never', 3);
    expect(past.map(({ expr, tookMs }) => [expr, tookMs])).toEqual([['up', 84]]);
  });

  it('never pushes a starred query out', () => {
    const starred = withStar(ran('keep me'), 'keep me', true);
    const many = Array.from({ length: 300 }, (_, index) => `q${index}`).reduce(
      (past, expr) => withRun(past, expr, 9),
      starred,
    );
    expect(many).toHaveLength(201);
    expect(many.at(-1)?.expr).toBe('keep me');
    expect(many[0]?.expr).toBe('q299');
  });

  it('is searched by words in any order, and by star', () => {
    const past = withStar(
      ran('rate(order_placed_total[5m])', 'order_total', 'gate_queue'),
      'order_total',
      true,
    );
    expect(exprs(searchHistory(past, 'TOTAL order', false))).toEqual([
      'order_total',
      'rate(order_placed_total[5m])',
    ]);
    expect(exprs(searchHistory(past, '', true))).toEqual(['order_total']);
    expect(exprs(without(past, 'order_total'))).toEqual(['gate_queue', 'rate(order_placed_total[5m])']);
  });

  it('survives what an older version or a stranger left in the browser', () => {
    expect(exprs(parseHistory('["up","down"]'))).toEqual(['up', 'down']);
    expect(parseHistory('{"no":1}')).toEqual([]);
    expect(parseHistory('not json')).toEqual([]);
    const past = withStar(ran('up'), 'up', true);
    expect(parseHistory(JSON.stringify(past))).toEqual(past);
  });
});
