import { expect, it } from 'vitest';
import { heatmapCells } from './heatmap-cells.ts';

it('makes cells of buckets, adds groups up and leaves out what is empty', () => {
  const series = (bucket: number, service: string, values: readonly (number | null)[]) => ({
    labels: [
      { key: 'resource.service.name', value: service },
      { key: '__bucket', value: bucket },
    ],
    samples: values.map((value, index) => ({ timestampMs: index * 1_000, value })),
    exemplars: [],
  });
  expect(
    heatmapCells([
      series(0.25, 'order', [2, 0, null]),
      series(0.25, 'gate', [1, 4, 0]),
      series(0, 'gate', [7, 0, 0]),
    ]),
  ).toEqual([
    { timeMs: 0, above: 0.125, upTo: 0.25, count: 3 },
    { timeMs: 1_000, above: 0.125, upTo: 0.25, count: 4 },
  ]);
});
