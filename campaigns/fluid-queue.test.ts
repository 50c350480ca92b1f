import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import {
  firstReachMs,
  fluidQueue,
  longest,
  peopleAtDensity,
  queueAt,
  secondsToDensity,
} from './fluid-queue.ts';

/** The published case: 206,865 tickets, day share 0.2, peak-hour share 0.35, 8 lanes, 1,500 m2, mean density. */
const arrivals = (showUp: number) => 206_865 * showUp * 0.2 * 0.35;
const twoHours = (arrivalsPerHour: number, servicePerHour: number) => [
  { fromMs: 0, toMs: 2 * HOUR_MS, arrivalsPerHour, servicePerHour },
];

describe('the worked example', () => {
  test('4 in 10 come and lanes are clean: 5,792 against 2,400 an hour, 3 /m2 after 80 min', () => {
    expect(Math.round(arrivals(0.4))).toBe(5_792);
    const course = fluidQueue(twoHours(arrivals(0.4), 8 * 300));
    expect(Math.round(firstReachMs(course, peopleAtDensity(3, 1_500, 1))! / MINUTE_MS)).toBe(80);
  });

  test('72 of 100 come and lanes are degraded: 10,426 against 960 an hour, 3 /m2 after 29 min, 4 after 38', () => {
    expect(Math.round(arrivals(0.72))).toBe(10_426);
    const course = fluidQueue(twoHours(arrivals(0.72), 8 * 120));
    expect(Math.round(firstReachMs(course, peopleAtDensity(3, 1_500, 1))! / MINUTE_MS)).toBe(29);
    expect(Math.round(firstReachMs(course, peopleAtDensity(4, 1_500, 1))! / MINUTE_MS)).toBe(38);
  });

  test('the alarm for now agrees with the course', () => {
    const now = {
      queuePeople: 0,
      arrivalsPerHour: arrivals(0.72),
      servicePerHour: 960,
      areaM2: 1_500,
      frontFactor: 1,
    };
    expect(Math.round(secondsToDensity(3, now)! / 60)).toBe(29);
    expect(Math.round(secondsToDensity(3, { ...now, frontFactor: 1.5 })! / 60)).toBe(19);
    expect(secondsToDensity(3, { ...now, queuePeople: 4_500 })).toBe(0);
    expect(secondsToDensity(3, { ...now, arrivalsPerHour: 960 })).toBeNull();
  });
});

test('a queue empties within a span and stays empty', () => {
  const course = fluidQueue([
    { fromMs: 0, toMs: HOUR_MS, arrivalsPerHour: 200, servicePerHour: 100 },
    { fromMs: HOUR_MS, toMs: 3 * HOUR_MS, arrivalsPerHour: 0, servicePerHour: 200 },
  ]);
  expect(longest(course)).toEqual({ atMs: HOUR_MS, people: 100 });
  expect(queueAt(course, 1.25 * HOUR_MS)).toBeCloseTo(50);
  expect(queueAt(course, 1.5 * HOUR_MS)).toBe(0);
  expect(queueAt(course, 2 * HOUR_MS)).toBe(0);
  expect(firstReachMs(course, 50)).toBe(HOUR_MS / 2);
  expect(firstReachMs(course, 101)).toBeNull();
});

const span = fc.record({
  hours: fc.double({ min: 0.1, max: 5, noNaN: true }),
  arrivalsPerHour: fc.double({ min: 0, max: 20_000, noNaN: true }),
  servicePerHour: fc.double({ min: 0, max: 20_000, noNaN: true }),
});
function laidOut(spans: { hours: number; arrivalsPerHour: number; servicePerHour: number }[]) {
  let fromMs = 0;
  return spans.map(({ hours, ...rates }) => {
    const toMs = fromMs + hours * HOUR_MS;
    const one = { fromMs, toMs, ...rates };
    fromMs = toMs;
    return one;
  });
}

describe('for any rates', () => {
  test('agrees with small time steps', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), (spans) => {
        const course = fluidQueue(laidOut(spans));
        let stepped = 0;
        for (const one of spans) {
          for (let i = 0; i < 1_000; i++) {
            stepped = Math.max(0, stepped + ((one.arrivalsPerHour - one.servicePerHour) * one.hours) / 1_000);
          }
        }
        expect(Math.abs(course.at(-1)!.people - stepped)).toBeLessThan(1 + 1e-6 * stepped);
      }),
    );
  });

  test('nobody is lost: who came is served or stands, and the queue is never below zero', () => {
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), (spans) => {
        const course = fluidQueue(laidOut(spans));
        const came = spans.reduce((sum, one) => sum + one.arrivalsPerHour * one.hours, 0);
        const servable = spans.reduce((sum, one) => sum + one.servicePerHour * one.hours, 0);
        const left = course.at(-1)!.people;
        expect(course.every((corner) => corner.people >= 0)).toBe(true);
        expect(left).toBeLessThanOrEqual(came + 1e-6 * came + 1e-6);
        expect(left).toBeGreaterThanOrEqual(came - servable - 1e-6 * (came + servable + 1));
      }),
    );
  });

  test('more arrivals, fewer lanes or a longer queue at the start never make it shorter', () => {
    fc.assert(
      fc.property(
        fc.array(span, { minLength: 1, maxLength: 5 }),
        fc.double({ min: 1, max: 3, noNaN: true }),
        fc.double({ min: 0, max: 500, noNaN: true }),
        (spans, factor, standing) => {
          const base = fluidQueue(laidOut(spans));
          const worse = fluidQueue(
            laidOut(
              spans.map((one) => ({
                ...one,
                arrivalsPerHour: one.arrivalsPerHour * factor,
                servicePerHour: one.servicePerHour / factor,
              })),
            ),
            standing,
          );
          const atMs = laidOut(spans).at(-1)!.toMs * 0.7;
          expect(queueAt(worse, atMs)).toBeGreaterThanOrEqual(queueAt(base, atMs) - 1e-6);
          expect(longest(worse)!.people).toBeGreaterThanOrEqual(longest(base)!.people - 1e-6);
        },
      ),
    );
  });
});
