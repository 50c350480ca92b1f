import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS } from '../model/units.ts';
import { crowdByDay } from './crowd.ts';
import { forecastVenue } from './forecast.ts';
import { mustParseCampaign } from './parse-manifest.ts';
import { campaignPhaseAt, campaignWindow, countedFromMs, openDay, stepsBetween } from './window.ts';
import { addDays, isTimeZone, localDateAt, parseLocalTime, zonedInstant } from './zone-time.ts';

const library = readFileSync(new URL('library/one-cent-tickets.yaml', import.meta.url), 'utf8');
const rolling = mustParseCampaign(library, 'one-cent-tickets.yaml');
const fixed = mustParseCampaign(
  library
    .replace(
      /window:\n {2}rolling: true\n {2}days: 1/,
      'window:\n  start: 2026-02-11T20:00:00+08:00\n  end: 2026-02-12T12:00:00+08:00',
    )
    .replace('dayOffset: 1', "date: '2026-02-12'")
    .replace('dayOffset: 2', "date: '2026-02-13'")
    .replace('dayOffset: 3', "date: '2026-02-14'"),
  'one-cent-tickets.yaml',
);
const at = (text: string) => Date.parse(text);
const venue = fixed.venues[0]!;

describe('local time', () => {
  test('follows the zone, summer time too', () => {
    expect(zonedInstant('2026-02-11', 9 * 60, 'Asia/Shanghai')).toBe(at('2026-02-11T09:00:00+08:00'));
    expect(zonedInstant('2026-07-01', 9 * 60, 'America/New_York')).toBe(at('2026-07-01T09:00:00-04:00'));
    expect(zonedInstant('2026-12-01', 9 * 60, 'America/New_York')).toBe(at('2026-12-01T09:00:00-05:00'));
    // Clocks go from 2:00 to 3:00 on 8 March, and from 2:00 back to 1:00 on 1 November.
    expect(zonedInstant('2026-03-08', 3 * 60, 'America/New_York')).toBe(at('2026-03-08T03:00:00-04:00'));
    expect(zonedInstant('2026-03-08', 2.5 * 60, 'America/New_York')).toBe(at('2026-03-08T03:30:00-04:00'));
    expect(zonedInstant('2026-11-01', 1.5 * 60, 'America/New_York')).toBe(at('2026-11-01T01:30:00-04:00'));
    expect(zonedInstant('2026-02-11', 24 * 60, 'Asia/Shanghai')).toBe(at('2026-02-12T00:00:00+08:00'));
  });

  test('instants and dates agree', () => {
    const zones = [
      'Asia/Shanghai',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kathmandu',
      'Pacific/Apia',
      'UTC',
    ];
    fc.assert(
      fc.property(
        fc.integer({ min: at('2020-01-01'), max: at('2030-01-01') }),
        fc.constantFrom(...zones),
        (ms, zone) => {
          const date = localDateAt(ms, zone);
          expect(zonedInstant(date, 0, zone)).toBeLessThanOrEqual(ms);
          expect(zonedInstant(addDays(date, 1), 0, zone)).toBeGreaterThan(ms);
          expect(localDateAt(zonedInstant(date, 12 * 60, zone), zone)).toBe(date);
        },
      ),
    );
  });

  test('texts that are none', () => {
    expect(['9:00', '25:00', '24:01', '12:60', '', '09:00:00'].map(parseLocalTime)).toEqual(
      Array(6).fill(null),
    );
    expect(['Asia/Nowhere', '', '+08:00', 'asia/shanghai'].map(isTimeZone)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });
});

describe('a fixed window', () => {
  test.each([
    ['2026-02-11T19:59:59+08:00', 'planned'],
    ['2026-02-11T20:00:00+08:00', 'live'],
    ['2026-02-12T11:59:59+08:00', 'live'],
    ['2026-02-12T12:00:00+08:00', 'cooling'],
    ['2026-02-14T17:59:59+08:00', 'cooling'],
    ['2026-02-14T18:00:00+08:00', 'ended'],
  ])('at %s is %s', (time, phase) => expect(campaignPhaseAt(fixed, at(time))).toBe(phase));
  test('counts from its start', () => expect(countedFromMs(fixed, 0)).toBe(at('2026-02-11T20:00:00+08:00')));

  test('a ticket bought on the second day spreads over the days that are left', () => {
    const crowd = crowdByDay(venue, [{ soldOn: '2026-02-13', validityDay: null, sold: 300, voided: 0 }]);
    expect([...crowd.keys()]).toEqual(['2026-02-13', '2026-02-14']);
    expect(crowd.get('2026-02-13')!.high).toBeCloseTo((300 * 0.72 * 0.2) / 0.3, 9);
    expect(crowdByDay(venue, [{ soldOn: '2026-02-15', validityDay: null, sold: 300, voided: 0 }]).size).toBe(
      0,
    );
  });

  test('a ticket that is bound to a day comes on that day', () => {
    const bound = { ...venue, validity: { ...venue.validity, boundToDay: true } };
    const crowd = crowdByDay(bound, [
      { soldOn: '2026-02-11', validityDay: '2026-02-14', sold: 100, voided: 0 },
      { soldOn: '2026-02-11', validityDay: null, sold: 100, voided: 0 },
    ]);
    expect(crowd.get('2026-02-14')!.high).toBeCloseTo(72 + 7.2, 9);
  });
});

describe('a rolling window', () => {
  const now = at('2026-02-11T23:59:00+08:00');
  test('is today in its zone, always live, and counts as far back as tickets may still be used', () => {
    expect(campaignWindow(rolling, now)).toEqual({
      startMs: at('2026-02-11T00:00:00+08:00'),
      endMs: at('2026-02-12T00:00:00+08:00'),
    });
    expect(campaignPhaseAt(rolling, now)).toBe('live');
    expect(countedFromMs(rolling, now)).toBe(at('2026-02-08T00:00:00+08:00'));
  });

  test('midnight changes nothing for tickets that were sold', () => {
    const cohorts = [{ soldOn: '2026-02-11', validityDay: null, sold: 3_000, voided: 0 }];
    const before = forecastVenue(rolling, rolling.venues[0]!, { cohorts }, now);
    const after = forecastVenue(rolling, rolling.venues[0]!, { cohorts }, now + 2 * 60_000);
    expect(after.peak).toEqual(before.peak);
    expect(after.reaches).toEqual(before.reaches);
  });
});

test('who comes before the opening waits for it', () => {
  const early = { ...venue, arrivals: [{ from: '08:00', to: '09:00', share: 1 }] };
  const cohorts = [{ soldOn: '2026-02-11', validityDay: null, sold: 300, voided: 0 }];
  const day = openDay(fixed, early, '2026-02-12');
  expect(day.openMs - day.queueFromMs).toBe(HOUR_MS);
  const result = forecastVenue(fixed, early, { cohorts }, at('2026-02-11T21:00:00+08:00'));
  // 300 x 0.72 x 0.7 x 0.4 people before the south gate when it opens, at 120 an hour.
  expect(result.peak).toMatchObject({ atMs: day.openMs, gateId: 'south', queue: 60.5 });
  expect(result.peak!.waitMinutes).toBeCloseTo(30.2, 1);
  expect(result.points[0]!.servicePerHour.high).toBe(0);
});

test('steps keep to the clock, so that a page that refreshes does not jitter', () => {
  const from = at('2026-02-11T09:07:30Z');
  expect(
    stepsBetween(from, at('2026-02-11T09:40:00Z'), 15).map((ms) => new Date(ms).toISOString().slice(11, 19)),
  ).toEqual(['09:07:30', '09:15:00', '09:30:00', '09:40:00']);
});
