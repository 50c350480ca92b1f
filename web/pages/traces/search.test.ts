import { expect, it } from 'vitest';
import { formatBox, parseBox, tracesSearch } from './search.ts';

it('writes a selection into the URL and reads it back, nothing of it lost', () => {
  const box = {
    fromMs: 1_764_000_000_000,
    toMs: 1_764_000_060_000,
    minMs: 0.25,
    maxMs: 1_234.568,
    of: 'trace',
  } as const;
  expect(parseBox(formatBox(box))).toEqual(box);
  const between = parseBox(formatBox({ ...box, minMs: 0.12345, maxMs: 9.87654 }));
  expect(between).toMatchObject({ minMs: 0.123, maxMs: 9.877 });
});

it('opens a mistyped link with the defaults', () => {
  expect(tracesSearch.parse({ q: '{ }', box: '1_2', sort: 'colour', graph: 'heatmap' })).toEqual({
    q: '{ }',
    graph: 'heatmap',
  });
  expect(parseBox('nonsense')).toBeNull();
});
