import { describe, expect, it } from 'vitest';
import { spread } from './direct-labels.tsx';
import { lonePoints, thin, withGaps } from './gaps.ts';
import { nextSelection } from './legend.tsx';
import { sortReadings, valueAt } from './readings.tsx';
import { stackSeries } from './stack.ts';
import { nearestIndex, statisticsOf, trendOf } from './statistics.ts';
import { snapTime, stepTime } from './time-plot-layer.tsx';
import type { ChartPoint, ChartSeries } from './types.ts';

const line = (...values: (number | null)[]): ChartPoint[] =>
  values.map((value, index) => [index * 10, value]);
const named = (name: string, points: readonly ChartPoint[]): ChartSeries => ({
  name,
  labels: { name },
  points,
});

describe('gaps', () => {
  it('breaks the line where the series was silent for more than its step', () => {
    const points = withGaps([
      [0, 1],
      [10, 2],
      [20, 3],
      [60, 4],
      [70, 5],
      [80, 6],
    ]);
    expect(points).toContainEqual([30, null]);
    expect(points).toHaveLength(7);
  });
  it('turns what cannot be drawn into gaps', () => {
    expect(withGaps(line(1, Number.NaN, Number.POSITIVE_INFINITY, 4)).map(([, value]) => value)).toEqual([
      1,
      null,
      null,
      4,
    ]);
  });
  it('finds points that no line would show', () => {
    expect(lonePoints(line(1, null, 3, 4, null, 6))).toEqual([
      [0, 1],
      [50, 6],
    ]);
    expect(lonePoints([[0, 7]])).toEqual([[0, 7]]);
  });
});

describe('thin', () => {
  const many: ChartPoint[] = Array.from({ length: 10_000 }, (_, index) => [
    index,
    index === 4_321 ? 1_000 : index === 7_777 ? -1_000 : index === 5_000 ? null : Math.sin(index),
  ]);
  const thinned = thin(many, 0, 10_000, 200);
  it('keeps far fewer points, in order', () => {
    expect(thinned.length).toBeLessThanOrEqual(200 * 5);
    expect(thinned.every((point, index) => index === 0 || point[0] > thinned[index - 1]![0])).toBe(true);
  });
  it('keeps every peak, trough and gap', () => {
    for (const timeMs of [0, 4_321, 5_000, 7_777, 9_999])
      expect(thinned.map((point) => point[0])).toContain(timeMs);
  });
  it('leaves few points alone', () => {
    expect(thin(line(1, 2, 3), 0, 20, 200)).toEqual(line(1, 2, 3));
  });
});

describe('stackSeries', () => {
  it('lifts each series onto those below; a missing value adds nothing', () => {
    const [a, b] = stackSeries([named('a', line(1, null, 3)), named('b', line(10, 20, 30))]);
    expect(a!.points.map(([, value]) => value)).toEqual([1, null, 3]);
    expect(b!.base.map(([, value]) => value)).toEqual([1, 0, 3]);
    expect(b!.points.map(([, value]) => value)).toEqual([11, 20, 33]);
  });
  it('stacks negative values downwards', () => {
    const [, b, c] = stackSeries([named('a', line(2)), named('b', line(-1)), named('c', line(-3))]);
    expect([b!.points[0]![1], c!.points[0]![1]]).toEqual([-1, -4]);
  });
});

describe('statistics', () => {
  it('counts only finite values inside the range', () => {
    expect(statisticsOf(line(100, 2, Number.NaN, 4, null, 200), 10, 40)).toEqual({
      last: 4,
      min: 2,
      max: 4,
      mean: 3,
    });
  });
  it('says that there is none rather than zero', () => {
    expect(statisticsOf(line(null, Number.NaN), 0, 100)).toEqual({
      last: null,
      min: null,
      max: null,
      mean: null,
    });
  });
  it('has a mean that does not overflow', () => {
    expect(statisticsOf(line(1e308, 1e308), 0, 100).mean).toBe(1e308);
  });
  it('tells the trend', () => {
    expect(trendOf(line(1, 1, 1, 1, 2, 2, 4, 4))).toBe('rising');
    expect(trendOf(line(4, 4, 4, 4, 4, 4, 1, 1))).toBe('falling');
    expect(trendOf(line(4, 4, 4, 4.1))).toBe('steady');
    expect(trendOf(line(0, 0, 0))).toBe('steady');
    expect(trendOf([])).toBe('steady');
  });
  it('finds the nearest point', () => {
    expect([-5, 4, 6, 15.1, 99].map((at) => nearestIndex(line(1, 2, 3), at))).toEqual([0, 0, 1, 2, 2]);
    expect(nearestIndex([], 5)).toBe(-1);
  });
});

describe('the crosshair', () => {
  it('reads a value only where the series reported near that time', () => {
    expect(valueAt(line(1, 2, 3), 12)).toBe(2);
    expect(valueAt(line(1, 2, 3), 60)).toBeNull();
  });
  it('snaps to readings and steps between them without leaving', () => {
    expect(snapTime([0, 10, 20], 14)).toBe(10);
    expect(snapTime([], 14)).toBe(14);
    expect(stepTime([0, 10, 20], 10, 1)).toBe(20);
    expect(stepTime([0, 10, 20], 20, 1)).toBe(20);
    expect(stepTime([0, 10, 20], null, -1)).toBe(20);
    expect(stepTime([], null, 1)).toBeNull();
  });
  it('lists the highest first and the silent last', () => {
    const style = { colour: 'c', dash: 'none' };
    const names = sortReadings([
      { name: 'silent', style, value: null },
      { name: 'low', style, value: 1 },
      { name: 'infinite', style, value: Number.POSITIVE_INFINITY },
      { name: 'odd', style, value: Number.NaN },
      { name: 'high', style, value: 9 },
    ]).map((reading) => reading.name);
    expect(names).toEqual(['infinite', 'high', 'low', 'odd', 'silent']);
  });
});

describe('the legend', () => {
  it('isolates on a click and shows all on the next', () => {
    const one = nextSelection(null, 1, false, 3);
    expect(one).toEqual(new Set([1]));
    expect(nextSelection(one, 1, false, 3)).toBeNull();
    expect(nextSelection(one, 2, false, 3)).toEqual(new Set([2]));
  });
  it('adds and removes with Ctrl', () => {
    expect(nextSelection(new Set([1]), 2, true, 3)).toEqual(new Set([1, 2]));
    expect(nextSelection(null, 0, true, 3)).toEqual(new Set([1, 2]));
    expect(nextSelection(new Set([1, 2]), 0, true, 3)).toBeNull();
    expect(nextSelection(new Set([1]), 1, true, 3)).toBeNull();
  });
});

it('sets labels apart inside the plot and keeps their order', () => {
  const placed = spread([50, 51, 50.5, 98, 99], 0, 100);
  const order = [0, 2, 1, 3, 4].map((index) => placed[index]!);
  for (let index = 1; index < order.length; index++)
    expect(order[index]! - order[index - 1]!).toBeGreaterThanOrEqual(12 - 1e-9);
  expect(Math.max(...placed)).toBeLessThanOrEqual(100);
});
