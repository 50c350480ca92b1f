import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Labels } from '../model/labels.ts';
import type { FloatSeries } from '../model/series.ts';
import { type Positions, takeIncrements } from './increments.ts';
import { mustParseCampaign } from './parse-manifest.ts';
import { parsePrice } from './price.ts';
import { addTicketsSold, addTicketsVoided, noTickets, venueTickets } from './ticket-counts.ts';
import { addUnits, noUnits, offerFigures, offerInvariants } from './unit-counts.ts';

const campaign = mustParseCampaign(
  readFileSync(new URL('library/one-cent-tickets.yaml', import.meta.url), 'utf8'),
  'one-cent-tickets.yaml',
);
const offer = campaign.offers[0]!;
const START = Date.parse('2026-02-11T20:00:00+08:00');

/** A series with a sample every 10 s from `START`; `null` is a gap. */
function series(labels: Labels, values: (number | null)[], fromMs = START): FloatSeries {
  const kept = values.flatMap((value, i) => (value === null ? [] : [[fromMs + i * 10_000, value] as const]));
  return {
    labels: { job: 'order', instance: 'a', offer_id: offer.id, ...labels },
    timestampsMs: Float64Array.from(kept, ([atMs]) => atMs),
    values: Float64Array.from(kept, ([, value]) => value),
  };
}
const total = (all: FloatSeries[], fromMs = START - 1) =>
  takeIncrements({}, all, fromMs).reduce((sum, each) => sum + each.amount, 0);

describe('increments', () => {
  test('a series that begins inside the window counts from zero', () => {
    expect(total([series({ price: '260' }, [3, 5, 9])])).toBe(9);
  });
  test('one that was there before counts what was added', () => {
    expect(total([series({ price: '260' }, [3, 5, 9])], START)).toBe(6);
    expect(total([series({ price: '260' }, [3, 5, 9])], START + 10_000)).toBe(4);
  });
  test('a restart of an instance counts from zero again', () => {
    expect(total([series({ price: '260' }, [3, 5, 2, 4])])).toBe(9);
  });
  test('overlapping instances add up', () => {
    const a = series({ price: '260', instance: 'a' }, [1, 2, 3, 4]);
    const b = series({ price: '260', instance: 'b' }, [10, 20], START + 20_000);
    expect(total([a, b])).toBe(24);
  });
  test('stale markers and gaps lose nothing', () => {
    expect(total([series({ price: '260' }, [3, Number.NaN, null, 9])])).toBe(9);
  });
});

/** Random cumulative counters with restarts and gaps, and what they truly counted. */
const history = fc
  .array(
    fc.record({
      add: fc.integer({ min: 0, max: 50 }),
      restart: fc.boolean(),
      lost: fc.boolean(),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((steps) => {
    let value = 0;
    let truth = 0;
    const values: (number | null)[] = steps.map(({ add, restart, lost }, i) => {
      // A restart is visible only when the new value is below the last one that was seen.
      if (restart && i > 0 && value > add) value = 0;
      value += add;
      return lost && !restart && i < steps.length - 1 ? null : value;
    });
    let before = 0;
    for (const each of values) {
      if (each === null) continue;
      truth += each >= before ? each - before : each;
      before = each;
    }
    return { values, truth };
  });

test('taken in any slices, with overlaps, and through JSON, the sum is the same', () => {
  fc.assert(
    fc.property(
      fc.array(history, { minLength: 1, maxLength: 4 }),
      fc.array(fc.nat(40), { maxLength: 6 }),
      (all, cuts) => {
        const input = all.map(({ values }, i) => series({ price: '260', instance: `i${i}` }, values));
        let positions: Positions = {};
        let sum = 0;
        for (const cut of [...cuts.toSorted((a, b) => a - b), 41]) {
          const untilMs = START + cut * 10_000;
          const slice = input.map((each): FloatSeries => {
            const end = each.timestampsMs.findIndex((at) => at > untilMs);
            const length = end === -1 ? each.timestampsMs.length : end;
            return {
              ...each,
              timestampsMs: each.timestampsMs.slice(0, length),
              values: each.values.slice(0, length),
            };
          });
          sum += takeIncrements(positions, slice, START - 1).reduce((total, each) => total + each.amount, 0);
          positions = JSON.parse(JSON.stringify(positions));
        }
        expect(sum).toBe(all.reduce((total, { truth }) => total + truth, 0));
      },
    ),
  );
});

test('prices are exact', () => {
  expect(['0.01', '199', '199.0000', '198.9999', '198.99999', '0.1'].map(parsePrice)).toEqual([
    100, 1_990_000, 1_990_000, 1_989_999, 1_989_999, 1_000,
  ]);
  expect(['other', '', '1e3', '-1', '٣', '1,000', ' 1', 'NaN', '0x10'].map(parsePrice)).toEqual(
    Array(9).fill(null),
  );
});

/** Figures of the demo's offer from these series, all new. */
function figures(units: FloatSeries[], lowest: FloatSeries[] = []) {
  const counts = noUnits();
  addUnits(counts, takeIncrements({}, units, START - 1), lowest, campaign);
  return offerFigures(counts, offer);
}

describe('units', () => {
  test('under the floor, at it and above it', () => {
    const result = figures([
      series({ price: '0.01', city_code: '440100' }, [5, 12]),
      series({ price: '0.01', city_code: '310000' }, [1]),
      series({ price: '198.9999' }, [2]),
      series({ price: '199' }, [4]),
      series({ price: '199.00' }, [3]),
      series({ price: '260' }, [500]),
    ]);
    expect(result).toEqual({
      unitsSold: 522,
      unitsUnderFloor: 15,
      unitsBeyondQuota: 0,
      unitsPriceUnknown: 0,
      lowestPriceCny: 0.01,
    });
  });

  test('beyond the quota', () => {
    expect(figures([series({ price: '260' }, [600])]).unitsBeyondQuota).toBe(0);
    expect(figures([series({ price: '260' }, [601])]).unitsBeyondQuota).toBe(1);
  });

  test('a declared price of one cent is no breach', () => {
    const counts = noUnits();
    addUnits(counts, takeIncrements({}, [series({ price: '0.01' }, [600])], START - 1), [], campaign);
    expect(offerFigures(counts, { ...offer, floorCny: 0.01 }).unitsUnderFloor).toBe(0);
    expect(offerFigures(counts, { ...offer, floorCny: 0.02 }).unitsUnderFloor).toBe(600);
  });

  describe('at a price that was folded into `other`', () => {
    const other = series({ price: 'other' }, [0, 8, 8, 20]);
    test('are unknown without the lowest price', () => {
      expect(figures([other])).toMatchObject({ unitsSold: 20, unitsUnderFloor: 0, unitsPriceUnknown: 20 });
    });
    test('are surely fine while the lowest price is at the floor', () => {
      expect(figures([other], [series({}, [199, 199, 230, 260])])).toMatchObject({
        unitsUnderFloor: 0,
        unitsPriceUnknown: 0,
        lowestPriceCny: 199,
      });
    });
    test('hold at least one breach an interval when the lowest price is under it', () => {
      expect(figures([other], [series({}, [199, 0.01, 230, 0.01])])).toMatchObject({
        unitsUnderFloor: 2,
        unitsPriceUnknown: 18,
      });
    });
    test('hold none for sure when a unit with a known price explains it', () => {
      const known = series({ price: '0.01' }, [0, 1, 1, 2]);
      expect(figures([other, known], [series({}, [199, 0.01, 230, 0.01])])).toMatchObject({
        unitsSold: 22,
        unitsUnderFloor: 2,
        unitsPriceUnknown: 20,
      });
    });
    test('another instance explains nothing', () => {
      const known = series({ price: '0.01', instance: 'b' }, [0, 1, 1, 2]);
      expect(figures([other, known], [series({}, [199, 0.01, 230, 0.01])]).unitsUnderFloor).toBe(4);
    });
    test('are unknown again when the floor is corrected', () => {
      const counts = noUnits();
      addUnits(counts, takeIncrements({}, [other], START - 1), [series({}, [199, 199, 230, 260])], campaign);
      expect(offerFigures(counts, { ...offer, floorCny: 198 }).unitsPriceUnknown).toBe(20);
    });
  });

  test('labels that are names of JavaScript harm nothing', () => {
    const hostile = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const result = figures([
      ...hostile.map((text) => series({ price: text }, [1])),
      ...hostile.map((text) => series({ price: '0.01', offer_id: text }, [1])),
    ]);
    expect(result).toMatchObject({ unitsSold: 4, unitsUnderFloor: 0, unitsPriceUnknown: 4 });
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  test('no report is not zero', () => {
    expect(offerInvariants(null, offer, 1)).toMatchObject({
      unitsSold: null,
      unitsUnderFloor: null,
      asOfMs: 1,
    });
  });
});

describe('tickets', () => {
  const venue = campaign.venues[0]!;
  const ticket = (labels: Labels, values: number[], fromMs = START) =>
    series({ venue_id: venue.id, ...labels }, values, fromMs);
  const nextDay = START + 24 * 3_600_000;

  test('are kept by purchase and validity day, voided ones among them', () => {
    const tickets = noTickets();
    const positions = {};
    addTicketsSold(
      tickets,
      takeIncrements(
        positions,
        [
          ticket({ validity_day: '2026-02-12' }, [30]),
          ticket({ instance: 'b', validity_day: '2026-02-12' }, [10], nextDay),
        ],
        START - 1,
      ),
      campaign,
    );
    addTicketsVoided(
      tickets,
      takeIncrements(positions, [ticket({ __name__: 'r', validity_day: '2026-02-12' }, [20])], START - 1),
      campaign,
    );
    expect(venueTickets(venue, tickets, noUnits())).toEqual({
      cohorts: [
        { soldOn: '2026-02-11', validityDay: '2026-02-12', sold: 30, voided: 15 },
        { soldOn: '2026-02-12', validityDay: '2026-02-12', sold: 10, voided: 5 },
      ],
      missing: [],
    });
  });

  test('units stand in for a silent ticket service, and for one that reports fewer', () => {
    const units = noUnits();
    addUnits(units, takeIncrements({}, [series({ price: '260' }, [50])], START - 1), [], campaign);
    const silent = venueTickets(venue, noTickets(), units);
    expect(silent.cohorts).toEqual([{ soldOn: '2026-02-11', validityDay: null, sold: 50, voided: 0 }]);
    expect(JSON.stringify(silent.missing)).toMatch(/reports no tickets/);
    const tickets = noTickets();
    addTicketsSold(tickets, takeIncrements({}, [ticket({}, [49])], START - 1), campaign);
    expect(JSON.stringify(venueTickets(venue, tickets, units).missing)).toMatch(
      /reports 49 tickets, shops report 50 units/,
    );
    expect(JSON.stringify(venueTickets(venue, noTickets(), noUnits()).missing)).toMatch(
      /No sale for this venue/,
    );
  });
});
