import { expect, it } from 'vitest';
import { RestartDelay } from './restart-delay.ts';

it('waits twice as long each time for what keeps ending, and as at first for what had run well', () => {
  const delay = new RestartDelay();
  const waits = Array.from({ length: 9 }, () => {
    delay.ended(1_000);
    return delay.next();
  });
  expect(waits).toEqual([50, 100, 200, 400, 800, 1_600, 3_200, 5_000, 5_000]);
  delay.ended(61_000);
  expect(delay.next()).toBe(50);
});
