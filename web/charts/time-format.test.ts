import { describe, expect, it } from 'vitest';
import { formatMoment, timeTicks, zoneOffsetMs } from './time-format.ts';

const AT = Date.UTC(2026, 1, 11, 13, 0, 0);
const HOUR = 3_600_000;
const labels = (fromMs: number, toMs: number, count: number, timeZone: string, locale = 'en-GB'): string[] =>
  timeTicks(fromMs, toMs, count, locale, timeZone).map((tick) => tick.label);

describe('timeTicks', () => {
  it('falls on round times of the zone', () => {
    expect(labels(AT - HOUR + 7_000, AT, 4, 'Asia/Shanghai')).toEqual(['20:15', '20:30', '20:45', '21:00']);
    expect(labels(AT - HOUR + 60_000, AT, 2, 'Asia/Kolkata')).toEqual(['18:00', '18:30']);
  });

  it('says the date where a day begins', () => {
    const ticks = timeTicks(AT, AT + 6 * HOUR, 6, 'en-GB', 'Asia/Shanghai');
    expect(ticks.map((tick) => tick.label)).toEqual([
      '21:00',
      '22:00',
      '23:00',
      '12 Feb',
      '01:00',
      '02:00',
      '03:00',
    ]);
    expect(ticks.filter((tick) => tick.major)).toHaveLength(1);
  });

  it('shows seconds only where the steps need them', () => {
    expect(labels(AT, AT + 60_000, 4, 'UTC')).toEqual([
      '13:00:00',
      '13:00:15',
      '13:00:30',
      '13:00:45',
      '13:01:00',
    ]);
  });

  it.each([1_000, 60_000, HOUR, 24 * HOUR, 400 * 24 * HOUR, 40 * 365 * 24 * HOUR])(
    'gives at most a few more than asked for over %d ms',
    (span) => {
      const ticks = timeTicks(AT, AT + span, 8, 'en', 'Asia/Shanghai');
      expect(ticks.length).toBeGreaterThanOrEqual(1);
      expect(ticks.length).toBeLessThanOrEqual(10);
    },
  );

  it('has none for a range that is none', () => {
    expect(timeTicks(AT, AT, 5, 'en')).toEqual([]);
    expect(timeTicks(AT, Number.NaN, 5, 'en')).toEqual([]);
  });
});

it('knows how far a zone is from UTC at a moment', () => {
  expect(zoneOffsetMs(AT, 'Asia/Shanghai')).toBe(8 * HOUR);
  expect(zoneOffsetMs(AT, 'America/New_York')).toBe(-5 * HOUR);
  expect(zoneOffsetMs(Date.UTC(2026, 6, 1), 'America/New_York')).toBe(-4 * HOUR);
});

it('writes moments with their zone', () => {
  expect(formatMoment(AT, 'en-GB', 'Asia/Shanghai')).toContain('21:00:00 GMT+8');
  expect(formatMoment(AT, 'zh-CN', 'Asia/Shanghai')).toContain('2月11日');
});
