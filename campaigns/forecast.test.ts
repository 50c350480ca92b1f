import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { venueForecast } from '../model/api/campaign.ts';
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import type { TicketCohort } from './crowd.ts';
import { densityLevel } from './density-level.ts';
import { forecastVenue } from './forecast.ts';
import type { ForecastInput } from './gate-day.ts';
import type { Campaign, Venue } from './manifest.ts';
import { mustParseCampaign } from './parse-manifest.ts';

const load = (id: string) =>
  mustParseCampaign(readFileSync(new URL(`library/${id}.yaml`, import.meta.url), 'utf8'), `${id}.yaml`);
const oneCent = load('one-cent-tickets');
const festival = load('quiet-festival');
const EVENING = Date.parse('2026-02-11T21:30:00+08:00');

function forecast(
  campaign: Campaign,
  input: Partial<ForecastInput> & { sold?: number; voided?: number },
  nowMs = EVENING,
) {
  const cohorts: TicketCohort[] = input.cohorts?.slice() ?? [
    { soldOn: '2026-02-11', validityDay: null, sold: input.sold ?? 0, voided: input.voided ?? 0 },
  ];
  return forecastVenue(campaign, campaign.venues[0]!, { ...input, cohorts }, nowMs);
}
const densest = (campaign: Campaign, sold: number) => forecast(campaign, { sold }).peak?.densityFront ?? 0;

describe("the demo's figures", () => {
  test('the whole quota is safe on the high band, at any hour', () => {
    for (let hour = 0; hour < 24; hour++) {
      const at = EVENING + hour * HOUR_MS;
      const soldOn = new Date(at + 8 * HOUR_MS).toISOString().slice(0, 10);
      const { peak } = forecast(
        oneCent,
        { cohorts: [{ soldOn, validityDay: null, sold: 600, voided: 0 }] },
        at,
      );
      expect(peak!.densityFront).toBeLessThanOrEqual(2);
    }
  });

  test('two minutes of the fault at 40 units a second pass 3 /m2, with time to spare for the pipeline', () => {
    expect(densest(oneCent, 40 * 120)).toBeGreaterThan(3);
    expect(densest(oneCent, 40 * 60)).toBeGreaterThan(3);
  });

  test('they pass it at whatever hour the demo is run', () => {
    for (let hour = 0; hour < 24; hour++) {
      const at = EVENING + hour * HOUR_MS;
      const soldOn = new Date(at + 8 * HOUR_MS).toISOString().slice(0, 10);
      const result = forecast(
        oneCent,
        { cohorts: [{ soldOn, validityDay: null, sold: 2_400, voided: 0 }] },
        at,
      );
      expect(result.reaches.page, `${hour} h after the evening`).not.toBeNull();
      expect(result.reaches.page!).toBeGreaterThan(at);
    }
  });

  test('the calm festival sells out and is safe', () =>
    expect(densest(festival, 4_000)).toBeLessThanOrEqual(1.1));
});

describe('a surge', () => {
  const surge = forecast(oneCent, { sold: 5_400 });

  test('has the shape of the API', () => expect(() => venueForecast.parse(surge)).not.toThrow());

  test('comes to the south gate first, in the first hour of the next day', () => {
    expect(surge.peak!.gateId).toBe('south');
    expect(new Date(surge.peak!.atMs).toISOString()).toBe('2026-02-12T03:00:00.000Z');
    expect(surge.reaches.page!).toBeGreaterThan(Date.parse('2026-02-12T09:00:00+08:00'));
    expect(surge.reaches.page!).toBeLessThan(Date.parse('2026-02-12T09:30:00+08:00'));
    expect(surge.reaches.sev1!).toBeGreaterThan(surge.reaches.page!);
  });

  test('figures follow from the manifest by hand', () => {
    // 5,400 x 0.72 x 0.7 (first day) x 0.4 (south) x 0.45 (first hour) = 489.9 an hour, against 120.
    const atNine = surge.points.find((point) => point.gateId === 'south')!;
    expect(atNine.arrivalsPerHour.high).toBeCloseTo(489.9, 1);
    expect(atNine.servicePerHour).toEqual({ low: 300, middle: 210, high: 120 });
    const atTen = surge.points.find(
      (point) => point.gateId === 'south' && point.atMs === atNine.atMs + HOUR_MS,
    )!;
    expect(atTen.queue.high).toBeCloseTo(369.9, 1);
    expect(atTen.densityFront.high).toBeCloseTo((369.9 / 25) * 1.5, 2);
    expect(surge.expectedPeople.high).toBeCloseTo(5_400 * 0.72, 0);
  });

  test('names the last moments that help', () => {
    const { notifyMs, openLanesMs, stopSaleMs } = surge.actBefore!;
    expect(surge.reaches.page! - notifyMs).toBe(180 * MINUTE_MS);
    expect(surge.reaches.page! - stopSaleMs).toBe(60 * MINUTE_MS);
    expect(openLanesMs).toBeLessThanOrEqual(surge.reaches.page! - 60 * MINUTE_MS);
  });

  test('says what it rests on', () => {
    const basis = surge.basis.join('\n');
    expect(basis).toMatch(/5400 tickets sold, of them 0 voided/);
    expect(basis).toMatch(/No arrivals are counted/);
    expect(basis).toMatch(/do not fit into the queue's area/);
    expect(basis).toMatch(/still stand at one gate when it closes/);
  });

  test('is over when its days are over', () => {
    const after = forecast(oneCent, { sold: 5_400 }, Date.parse('2026-02-14T18:00:01+08:00'));
    expect(after).toMatchObject({
      points: [],
      peak: null,
      reaches: { page: null, sev1: null },
      actBefore: null,
    });
    expect(after.ticketsHeld).toBe(5_400);
  });

  test('keeps half of the voided, and hurries when the manifest says so', () => {
    const voided = forecast(oneCent, { sold: 5_400, voided: 5_400 });
    expect(voided.expectedPeople.high).toBeCloseTo(surge.expectedPeople.high / 2, 0);
    expect(voided.ticketsHeld).toBe(5_400);
    const venue = oneCent.venues[0]!;
    const days = venue.validity.days.map((day, index) => ({ ...day, frontLoadedShare: index === 0 ? 1 : 0 }));
    const hurried = forecastVenue(
      oneCent,
      { ...venue, validity: { ...venue.validity, days } },
      { cohorts: [{ soldOn: '2026-02-11', validityDay: null, sold: 5_400, voided: 2_700 }] },
      EVENING,
    );
    const calm = forecast(oneCent, { sold: 5_400, voided: 2_700 });
    expect(hurried.peak!.densityFront).toBeGreaterThan(calm.peak!.densityFront);
    expect(hurried.expectedPeople.low).toBeCloseTo(calm.expectedPeople.low, 5);
  });
});

describe('on the day itself', () => {
  const noon = Date.parse('2026-02-12T10:30:00+08:00');
  const cohorts = [{ soldOn: '2026-02-11', validityDay: null, sold: 3_000, voided: 0 }];
  const measured = (queuePeople: number | null, lanesOpen: number | null) =>
    new Map([['south', { queuePeople, lanesOpen, arrivalsPerHour: 400 }]]);

  test('a measured queue replaces the computed one', () => {
    const empty = forecast(oneCent, { cohorts, measured: measured(0, null) }, noon);
    const long = forecast(oneCent, { cohorts, measured: measured(200, null) }, noon);
    const south = (result: typeof empty) => result.points.find((point) => point.gateId === 'south')!;
    expect(south(empty).queue.high).toBe(0);
    expect(south(long).queue.high).toBe(200);
    expect(south(long).atMs).toBe(noon);
    expect(long.basis.join('\n')).not.toMatch(/No arrivals are counted/);
  });

  test('open lanes count today, and the plan counts tomorrow', () => {
    const result = forecast(oneCent, { cohorts, measured: measured(null, 3) }, noon);
    const south = result.points.filter((point) => point.gateId === 'south');
    expect(south[0]!.servicePerHour.high).toBe(360);
    expect(south.at(-1)!.servicePerHour.high).toBe(120);
    expect(result.gates.find((gate) => gate.id === 'south')!.lanesOpen).toBe(3);
  });
});

describe('inside the venue', () => {
  // 2,500 fit in; of 0.72 x 0.7 of the tickets 84 % come within the first five hours.
  const basis = (sold: number) => forecast(oneCent, { sold }).basis.join('\n');
  test('a day that fits says nothing', () => expect(basis(600)).not.toMatch(/capacity/));
  test('from 80 % entry is to be controlled', () => {
    expect(basis(4_900)).toMatch(
      /up to 20\d\d people may be inside at once, 8\d % of the venue's capacity: control/,
    );
  });
  test('at 100 % sale and admission stop', () =>
    expect(basis(9_000)).toMatch(/stop selling and stop admission/));
});

describe('what if', () => {
  test('more lanes or told holders lower the peak, and the basis says what was assumed', () => {
    const base = forecast(oneCent, { sold: 3_000 }).peak!.densityFront;
    const lanes = forecast(oneCent, { sold: 3_000, plan: { lanes: { south: 2 } } });
    const told = forecast(oneCent, { sold: 3_000, plan: { told: 0.5 } });
    expect(lanes.points.find((point) => point.gateId === 'south')!.servicePerHour.high).toBe(240);
    expect(told.peak!.densityFront).toBeLessThan(base);
    expect(lanes.basis.join('\n')).toMatch(/Assumes these lanes instead of the plan: south 2/);
    expect(told.basis.join('\n')).toMatch(/50 % of all holders were told/);
    expect(forecast(oneCent, { sold: 9_999, plan: { told: 1 } }).peak?.densityFront ?? 0).toBe(0);
  });
});

describe('for any campaign', () => {
  const sold = fc.integer({ min: 0, max: 300_000 });
  const venueOf = (frontFactor: number): Venue => ({ ...oneCent.venues[0]!, frontFactor });
  const at = (input: ForecastInput, frontFactor = 1.5) =>
    forecastVenue(oneCent, venueOf(frontFactor), input, EVENING).peak?.densityFront ?? 0;
  const one = (tickets: number, voided = 0) => ({
    cohorts: [{ soldOn: '2026-02-11', validityDay: null, sold: tickets, voided }],
  });

  test('more tickets never lower the density', () => {
    fc.assert(
      fc.property(sold, sold, (a, b) => at(one(a + b)) >= at(one(a)) - 1e-9),
      { numRuns: 50 },
    );
  });
  test('voiding never raises it while days are not front-loaded', () => {
    fc.assert(
      fc.property(sold, sold, (a, b) => at(one(a + b, b)) <= at(one(a + b)) + 1e-9),
      { numRuns: 50 },
    );
  });
  test('more lanes never raise it', () => {
    fc.assert(
      fc.property(sold, fc.integer({ min: 0, max: 20 }), (tickets, lanes) => {
        const withLanes = (south: number) => at({ ...one(tickets), plan: { lanes: { south, north: 2 } } });
        return withLanes(lanes + 1) <= withLanes(lanes) + 1e-9;
      }),
      { numRuns: 50 },
    );
  });
  test('bands do not cross', () => {
    fc.assert(
      fc.property(sold, (tickets) =>
        forecast(oneCent, { sold: tickets }).points.every(
          ({ densityFront: d }) => d.low <= d.middle && d.middle <= d.high,
        ),
      ),
      { numRuns: 30 },
    );
  });
});

test('levels begin at their figures', () => {
  expect([0, 1.09, 1.1, 2, 2.99, 3, 3.99, 4].map(densityLevel)).toEqual([
    'good',
    'good',
    'information',
    'warning',
    'warning',
    'page',
    'page',
    'safety',
  ]);
});
