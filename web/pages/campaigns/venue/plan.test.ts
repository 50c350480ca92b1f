import { expect, it } from 'vitest';
import { isPlan, lanesOf, lanesText } from './plan.ts';

const gate = (id: string, lanes: number) => ({ id, title: { en: id, zh: id }, lanes, lanesOpen: null });
const gates = [gate('north', 2), gate('south', 1)];

it('reads the lanes of a link and fills in the gates that it leaves out', () => {
  expect(lanesOf({ lanes: 'north:5', told: 0 }, gates)).toEqual({ north: 5, south: 1 });
  expect(lanesOf({ lanes: undefined, told: 0 }, gates)).toEqual({ north: 2, south: 1 });
});

it('leaves out gates that the venue does not have', () => {
  expect(lanesOf({ lanes: 'east:5,south:0', told: 0 }, gates)).toEqual({ north: 2, south: 0 });
});

it('writes every gate', () => {
  expect(lanesText({ north: 3, south: 2 })).toBe('north:3,south:2');
});

it('knows a plan from none', () => {
  expect(isPlan({ lanes: undefined, told: 0 })).toBe(false);
  expect(isPlan({ lanes: undefined, told: 0.1 })).toBe(true);
  expect(isPlan({ lanes: 'north:2', told: 0 })).toBe(true);
});
