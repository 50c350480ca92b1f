import { describe, expect, it } from 'vitest';
import type { OutlinedSpan } from '../../../model/api/trace-outline.ts';
import { makeSpan, treeOf } from './testing/make-span.ts';

const drawn = (spans: readonly OutlinedSpan[]): string[] =>
  treeOf(spans).nodes.map(
    ({ key, depth, troubles }) => `${'-'.repeat(depth)}${key}${troubles.map((one) => ` (${one})`).join('')}`,
  );

describe('a trace as a tree', () => {
  const spans = [
    makeSpan('b', 'a', 200, 100),
    makeSpan('a', null, 0, 1_000),
    makeSpan('c', 'a', 100, 50),
    makeSpan('d', 'b', 250, 10),
  ];

  it('puts children under parents in the order of their starts, to the nanosecond', () => {
    expect(drawn(spans)).toEqual(['a', '-c', '-b', '--d']);
    expect(drawn([makeSpan('a', null, 0, 9), makeSpan('y', 'a', 2, 1), makeSpan('x', 'a', 1, 1)])).toEqual([
      'a',
      '-x',
      '-y',
    ]);
  });

  it('knows where the descendants of a span end', () => {
    expect(treeOf(spans).nodes.map(({ index, endIndex }) => [index, endIndex])).toEqual([
      [0, 4],
      [1, 2],
      [2, 4],
      [3, 4],
    ]);
  });

  it('keeps spans whose parent was not received, and says so', () => {
    expect(drawn([...spans, makeSpan('e', 'gone', 50, 5)])).toEqual([
      'a',
      '-c',
      '-b',
      '--d',
      'e (parent-missing)',
    ]);
  });

  it('opens a circle of parents at its earliest span, and keeps what hangs on it', () => {
    const circle = [makeSpan('x', 'z', 3, 1), makeSpan('y', 'x', 1, 1), makeSpan('z', 'y', 2, 1)];
    expect(drawn([makeSpan('a', null, 0, 9), ...circle, makeSpan('tail', 'x', 4, 1)])).toEqual([
      'a',
      'y (cycle)',
      '-z',
      '--x',
      '---tail',
    ]);
    expect(drawn([makeSpan('self', 'self', 0, 1)])).toEqual(['self (cycle)']);
  });

  it('shows a span that came twice once, and two spans of one id both', () => {
    const twice = treeOf([...spans, ...spans]);
    expect(twice.nodes).toHaveLength(4);
    expect(twice.copies).toBe(4);
    expect(drawn([...spans, makeSpan('c', 'a', 500, 7)])).toEqual(['a', '-c', '-b', '--d', '-c~2 (same-id)']);
  });

  it('shows negative durations without length, zero ones as they are', () => {
    const { nodes, troubles } = treeOf([makeSpan('a', null, 0, 0), makeSpan('b', 'a', 0, -5)]);
    expect(nodes.map(({ durationNano }) => durationNano)).toEqual([0, 0]);
    expect(troubles['negative-duration']).toBe(1);
  });

  it('measures the whole, counts errors and marks what is above them', () => {
    const tree = treeOf([...spans, makeSpan('z', 'b', 900, 400, { status: 'error', service: 'gate' })]);
    expect(tree).toMatchObject({
      durationNano: 1_300,
      services: ['gate', 'order'],
      startMs: 1_800_000_000_000,
    });
    expect(tree.errors.map(({ key }) => key)).toEqual(['z']);
    expect(tree.nodes.filter(({ failed }) => failed).map(({ key }) => key)).toEqual(['a', 'b', 'z']);
  });

  it('takes the root without a parent for the beginning, else the longest that lost its parent', () => {
    expect(treeOf([makeSpan('o', 'gone', 0, 99), makeSpan('a', null, 5, 1)]).main?.key).toBe('a');
    expect(treeOf([makeSpan('o', 'gone', 0, 9), makeSpan('p', 'lost', 5, 99)]).main?.key).toBe('p');
    expect(treeOf([])).toMatchObject({ main: null, nodes: [], durationNano: 1 });
  });

  it('survives a chain of 100,000', () => {
    const chain = Array.from({ length: 100_000 }, (_, index) =>
      makeSpan(`s${index}`, index === 0 ? null : `s${index - 1}`, index, 1),
    );
    expect(treeOf(chain).nodes.at(-1)?.depth).toBe(99_999);
  });
});
