import { describe, expect, it } from 'vitest';
import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';
import { makeSpan, treeOf } from './testing/make-span.ts';

const on = (host: string, part: Partial<OutlinedSpan> = {}): Partial<OutlinedSpan> => ({
  service: host,
  clock: host,
  ...part,
});
const clocks = (spans: readonly OutlinedSpan[]) =>
  treeOf(spans).clocks.map(({ service, offsetNano }) => [service, offsetNano]);
const starts = (spans: readonly OutlinedSpan[], adjustClocks = true) =>
  Object.fromEntries(treeOf(spans, { adjustClocks }).nodes.map(({ key, startNano }) => [key, startNano]));

describe('clocks that disagree', () => {
  const call = makeSpan('call', null, 1_000, 100, on('order'));

  it('are left alone where a child lies within its parent', () => {
    expect(clocks([call, makeSpan('serve', 'call', 1_001, 98, on('dispatch'))])).toEqual([]);
  });

  it('are adjusted so that the child lies in the middle of its parent', () => {
    const spans = [call, makeSpan('serve', 'call', 500, 80, on('dispatch'))];
    expect(clocks(spans)).toEqual([['dispatch', 510]]);
    expect(starts(spans)).toEqual({ call: 0, serve: 10 });
    expect(starts(spans, false)).toEqual({ call: 500, serve: 0 });
  });

  it('carry their offset to everything of the same clock and to those behind it', () => {
    const spans = [
      call,
      makeSpan('serve', 'call', 500, 80, on('dispatch')),
      makeSpan('work', 'serve', 520, 10, on('dispatch')),
      makeSpan('query', 'work', 1_031, 8, on('database')),
    ];
    expect(clocks(spans)).toEqual([['dispatch', 510]]);
    expect(starts(spans)).toEqual({ call: 0, serve: 10, work: 30, query: 31 });
  });

  it('have one offset, that all their calls allow', () => {
    const tight = makeSpan('second', 'root', 1_030, 10, on('order'));
    const spans = [
      makeSpan('root', null, 1_000, 100, on('order')),
      makeSpan('first', 'root', 1_005, 20, on('order')),
      tight,
      makeSpan('one', 'first', 906, 10, on('dispatch')),
      makeSpan('two', 'second', 931, 8, on('dispatch')),
    ];
    expect(clocks(spans)).toEqual([['dispatch', 100]]);
  });

  it('are adjusted by the median where calls contradict each other', () => {
    const spans = [
      makeSpan('root', null, 0, 1_000, on('order')),
      ...[0, 1, 2].map((index) => makeSpan(`c${index}`, 'root', index * 100, 10, on('order'))),
      makeSpan('s0', 'c0', 50, 10, on('dispatch')),
      makeSpan('s1', 'c1', 160, 10, on('dispatch')),
      makeSpan('s2', 'c2', 290, 10, on('dispatch')),
    ];
    expect(clocks(spans)).toEqual([['dispatch', -60]]);
  });

  it('only need a beginning after their parent’s when the work is asynchronous or longer than the call', () => {
    const after = makeSpan('consume', 'call', 5_000, 10, on('mail', { kind: 'consumer' }));
    const before = makeSpan('consume', 'call', 900, 10, on('mail', { kind: 'consumer' }));
    const longer = makeSpan('serve', 'call', 1_010, 5_000, on('mail'));
    expect(clocks([call, after])).toEqual([]);
    expect(clocks([call, before])).toEqual([['mail', 100]]);
    expect(clocks([call, longer])).toEqual([]);
  });

  it('of a circle and of lost parents stay as they are', () => {
    expect(clocks([makeSpan('x', 'gone', 0, 1, on('order')), makeSpan('y', 'y', 9, 1, on('mail'))])).toEqual(
      [],
    );
  });
});
