import { describe, expect, it } from 'vitest';
import { chooseStep, parseStep } from './step.ts';

const HOUR = 3_600_000;
const over = (choice: string, hours: number) => chooseStep(choice, 0, hours * HOUR);

describe('the step of a graph', () => {
  it('follows the range: finer where high resolution is wanted, coarser where low', () => {
    expect(over('', 1).stepMs).toBe(15_000);
    expect(over('high', 1).stepMs).toBe(5_000);
    expect(over('low', 1).stepMs).toBe(60_000);
    expect(over('', 24).stepMs).toBe(600_000);
  });

  it('is never finer than the least that was chosen, and grows with the range', () => {
    expect(over('>=1m', 1).stepMs).toBe(60_000);
    expect(over('>=1m', 24).stepMs).toBe(600_000);
  });

  it('is exactly what was chosen, unless that gives more points than a query may have', () => {
    expect(over('1m', 1)).toEqual({ stepMs: 60_000, widened: false });
    expect(over('5s', 24)).toEqual({ stepMs: 10_000, widened: true });
    expect((24 * HOUR) / over('5s', 24).stepMs).toBeLessThanOrEqual(11_000);
  });

  it('reads lengths of time', () => {
    expect([parseStep('250ms'), parseStep('2h'), parseStep('0s'), parseStep('soon')]).toEqual([
      250,
      2 * HOUR,
      null,
      null,
    ]);
  });
});
