import { describe, expect, test } from 'vitest';
import { seededRandom } from '../random.ts';
import { type DemandState, HUNTERS, NORMAL_ORDERS_PER_SECOND, ordersPerSecond } from './demand.ts';

const evening: DemandState = {
  priceCny: 260,
  listPriceCny: 260,
  soldOut: false,
  bargainSeconds: 0,
  huntersLeft: HUNTERS,
};

describe('how many orders a second a price draws', () => {
  test.each<[string, Partial<DemandState>, number]>([
    ['the list price: an ordinary evening', {}, 0.5],
    ['half the price: more, by its elasticity', { priceCny: 130 }, 0.5 * 2 ** 1.2],
    ['one cent, at first: word has to spread', { priceCny: 0.01 }, 4.5],
    ['one cent, 3 s later: twice as many hunters', { priceCny: 0.01, bargainSeconds: 3 }, 8.5],
    ['one cent, a minute later: the rush', { priceCny: 0.01, bargainSeconds: 60 }, 20.5],
    [
      'half of the hunters have bought',
      { priceCny: 0.01, bargainSeconds: 600, huntersLeft: HUNTERS / 2 },
      10.5,
    ],
    ['all hunters have bought', { priceCny: 0.01, bargainSeconds: 3_600, huntersLeft: 0 }, 0.5],
    ['sold out: nine of ten leave', { soldOut: true }, 0.05],
    ['free tickets: no more than the rush', { priceCny: 0, bargainSeconds: 60 }, 20.5],
  ])('%s', (_what, change, wanted) => {
    expect(ordersPerSecond({ ...evening, ...change })).toBeCloseTo(wanted, 6);
  });

  test('a rush brings about forty units a second at two units an order', () => {
    const rush = ordersPerSecond({ ...evening, priceCny: 0.01, bargainSeconds: 60 });
    expect(rush / NORMAL_ORDERS_PER_SECOND).toBeGreaterThan(40);
  });
});

describe('seeded randomness', () => {
  test('the same seed gives the same crowd', () => {
    const draw = (seed: number) => {
      const random = seededRandom(seed);
      return [random.hexId(), random.integer(1, 6), random.chance(0.5), random.logNormal(10, 0.4)];
    };
    expect(draw(7)).toEqual(draw(7));
    expect(draw(7)).not.toEqual(draw(8));
  });

  test('keeps its promises on means and medians', () => {
    const random = seededRandom(1);
    const sample = (draw: () => number) => Array.from({ length: 20_000 }, draw).sort((a, b) => a - b);
    const exponential = sample(() => random.exponential(5));
    expect(exponential.reduce((sum, value) => sum + value, 0) / exponential.length).toBeCloseTo(5, 0);
    expect(sample(() => random.logNormal(90, 0.35))[10_000]).toBeGreaterThan(87);
    const units = sample(() =>
      random.weighted([
        [1, 52],
        [2, 26],
        [3, 9],
        [4, 6],
        [6, 4],
        [10, 3],
      ]),
    );
    expect(units.reduce((sum, value) => sum + value, 0) / units.length).toBeCloseTo(2.1, 1);
    const dice = sample(() => random.integer(1, 6));
    expect([dice[0], dice.at(-1)]).toEqual([1, 6]);
  });
});
