import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisValues, valueDomain } from './domain.ts';
import type { ChartSeries } from './types.ts';

describe('valueDomain', () => {
  it.each<[string, number[], readonly [number, number]]>([
    ['no values', [], [0, 1]],
    ['only zeros', [0, 0], [0, 1]],
    ['one value', [5], [0, 5]],
    ['negative values', [-3, -7], [-7, 0]],
    ['both signs', [-3, 7], [-4, 8]],
    ['a small number', [0.0003], [0, 0.0003]],
  ])('is round and not empty for %s', (_, values, wanted) => {
    const [low, high] = valueDomain(values);
    expect(low).toBeCloseTo(wanted[0], 6);
    expect(high).toBeCloseTo(wanted[1], 6);
  });

  it('may leave zero out, and keeps fixed ends', () => {
    expect(valueDomain([100, 101], { zero: false })[0]).toBeGreaterThan(90);
    expect(valueDomain([3], { min: 0, max: 100 })).toEqual([0, 100]);
  });

  it('is finite, rising and holds every finite value, whatever they are', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, noDefaultInfinity: true })), (values) => {
        const [low, high] = valueDomain(values);
        expect(Number.isFinite(low) && Number.isFinite(high)).toBe(true);
        expect(low).toBeLessThan(high);
        for (const value of values)
          if (Math.abs(value) < 1e300) {
            expect(value).toBeGreaterThanOrEqual(low);
            expect(value).toBeLessThanOrEqual(high);
          }
      }),
    );
  });
});

describe('axisValues', () => {
  const series: ChartSeries[] = [
    {
      name: 'a',
      labels: {},
      points: [
        [0, 1],
        [10, Number.POSITIVE_INFINITY],
        [20, Number.NaN],
        [30, null],
        [99, 50],
      ],
    },
  ];
  it('takes finite values within the range', () => {
    expect(axisValues(series, 0, 50, [])).toEqual([1, 1]);
  });
  it('makes room for a threshold within reach and not for one far away', () => {
    const at = (value: number) => ({ value, label: 'x', state: 'page' as const });
    expect(axisValues(series, 0, 50, [at(3)])).toContain(3);
    expect(axisValues(series, 0, 50, [at(300)])).not.toContain(300);
  });
});
