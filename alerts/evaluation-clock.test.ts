import { describe, expect, test } from 'vitest';
import { createEvaluationClock } from './evaluation-clock.ts';
import { HandClock } from './testing/timeline.ts';

describe('the evaluation clock', () => {
  function begin() {
    const hand = new HandClock();
    const clock = createEvaluationClock(hand);
    const startMs = clock.read().atMs;
    /** Seconds since the start, on the clock; `?` where it is not settled. */
    const read = () => {
      const { atMs, settled } = clock.read();
      return `${(atMs - startMs) / 1_000}${settled ? '' : '?'}`;
    };
    const pass = (seconds: number) => {
      hand.pass(seconds * 1_000);
      return read();
    };
    return { hand, clock, pass };
  }

  test('goes with the wall clock, small steps included', () => {
    const { hand, pass, clock } = begin();
    expect(pass(15)).toBe('15');
    hand.jump(3_000);
    expect(pass(15)).toBe('33');
    expect(clock.jumps()).toBe(0);
  });

  test.each([3_600_000, -3_600_000])(
    'goes on without a jump of %d ms, and forgets it when it is taken back',
    (jump) => {
      const { hand, pass, clock } = begin();
      hand.jump(jump);
      expect(pass(15)).toBe('15?');
      expect(pass(60)).toBe('75?');
      hand.jump(-jump);
      expect(pass(15)).toBe('90');
      expect(clock.jumps()).toBe(1);
    },
  );

  test('believes a new time that lasts two minutes, and lets it settle for two more', () => {
    const { hand, pass } = begin();
    hand.jump(3_600_000);
    expect(pass(15)).toBe('15?');
    expect(pass(119)).toBe('134?');
    expect(pass(1)).toBe('3735?');
    expect(pass(119)).toBe('3854?');
    expect(pass(1)).toBe('3855');
  });

  test('counts the two minutes anew when the clock jumps again meanwhile', () => {
    const { hand, pass, clock } = begin();
    hand.jump(3_600_000);
    pass(100);
    hand.jump(3_600_000);
    expect(pass(100)).toBe('200?');
    expect(pass(119)).toBe('319?');
    expect(pass(1)).toBe('7520?');
    expect(clock.jumps()).toBe(2);
  });
});
