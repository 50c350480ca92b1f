import { expect, test } from 'vitest';
import { BufferPool } from './buffer-pool.ts';
import { FlightBudget } from './flight.ts';

const KIB = 1024;

test('a buffer that was given back is given out again, to whoever it is large enough for', () => {
  const pool = new BufferPool(1024 * KIB);
  const first = pool.take(200 * KIB);
  expect(first.length).toBe(256 * KIB);
  pool.give(first);
  expect(pool.take(100 * KIB) === first).toBe(false);
  expect(pool.take(256 * KIB) === first).toBe(true);
  expect(pool.take(256 * KIB) === first).toBe(false);
});

test('no more is kept than the limit, nothing tiny and nothing huge', () => {
  const pool = new BufferPool(300 * KIB);
  const [one, two] = [pool.take(256 * KIB), pool.take(256 * KIB)];
  pool.give(one);
  pool.give(two);
  expect(pool.take(256 * KIB) === one).toBe(true);
  expect(pool.take(256 * KIB) === two).toBe(false);
  for (const size of [10, 5 * 1024 * KIB]) {
    const odd = pool.take(size);
    expect(odd.length).toBe(size);
    pool.give(odd);
    expect(pool.take(size) === odd).toBe(false);
  }
});

test('a request keeps its bytes until its ticket is released', () => {
  const flight = new FlightBudget(10_000 * KIB);
  const chunks = (fill: number) => [Buffer.alloc(50 * KIB, fill), Buffer.alloc(30 * KIB, fill)];
  const first = flight.board();
  const second = flight.board();
  const one = first.gather(chunks(1), 80 * KIB);
  const two = second.gather(chunks(2), 80 * KIB);
  expect([one.length, new Set(one), new Set(two)]).toEqual([80 * KIB, new Set([1]), new Set([2])]);
  first.release();
  first.release();
  const third = flight.board().gather(chunks(3), 80 * KIB);
  const fourth = flight.board().gather(chunks(4), 80 * KIB);
  expect([new Set(two), new Set(third), new Set(fourth)]).toEqual([new Set([2]), new Set([3]), new Set([4])]);
  expect(third.buffer === fourth.buffer).toBe(false);
});
