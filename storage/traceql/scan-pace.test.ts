import { describe, expect, it } from 'vitest';
import { ScanPace } from './scan-pace.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOON = Date.UTC(2026, 10, 24, 12);

function paceOver(days: readonly { day: string; spans: string }[]) {
  let asked = 0;
  let nowMs = 0;
  const reader = {
    rows: async () => {
      asked++;
      return days;
    },
    bytes: () => Promise.reject(new Error('not asked for')),
    stream: () => {
      throw new Error('not asked for');
    },
  };
  return {
    pace: new ScanPace(reader, { monotonic: () => nowMs as never }),
    asked: () => asked,
    pass: (ms: number) => {
      nowMs += ms;
    },
  };
}

describe('ScanPace', () => {
  it('begins with a minute where spans are dense, with an hour where there are few or none', async () => {
    const dense = paceOver([{ day: '2026-11-24', spans: '200000000' }]);
    expect(await dense.pace.firstMs(NOON)).toBe(MINUTE);
    const sparse = paceOver([{ day: '2026-11-24', spans: '1000' }]);
    expect(await sparse.pace.firstMs(NOON)).toBe(HOUR);
    expect(await paceOver([]).pace.firstMs(NOON)).toBe(HOUR);
  });

  it('takes the day before for today, which has hardly begun', async () => {
    const { pace } = paceOver([
      { day: '2026-11-23', spans: '200000000' },
      { day: '2026-11-24', spans: '10' },
    ]);
    expect(await pace.firstMs(NOON)).toBe(MINUTE);
  });

  it('counts the spans again after a minute, not at every search', async () => {
    const { pace, asked, pass } = paceOver([]);
    await pace.firstMs(NOON);
    await pace.firstMs(NOON);
    expect(asked()).toBe(1);
    pass(61_000);
    await pace.firstMs(NOON);
    expect(asked()).toBe(2);
  });

  it('grows by what was found, at least to double, at most from an hour to a day', async () => {
    const { pace } = paceOver([]);
    expect(pace.nextMs(HOUR, 0, 20, NOON)).toBe(24 * HOUR);
    expect(pace.nextMs(HOUR, 5, 15, NOON)).toBe(4.5 * HOUR);
    expect(pace.nextMs(HOUR, 19, 1, NOON)).toBe(2 * HOUR);
  });

  it('reads no more at once than a search can wait for', async () => {
    const { pace } = paceOver([{ day: '2026-11-24', spans: '864000000' }]);
    await pace.firstMs(NOON);
    expect(pace.nextMs(HOUR, 0, 20, NOON)).toBe(800_000);
  });
});
