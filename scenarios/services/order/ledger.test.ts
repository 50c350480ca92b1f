import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Ledger, type SoldOrder } from './ledger.ts';
import { Limiter } from './limiter.ts';

const TODAY = '2026-02-11';
const LIMITS = { floorPriceCny: 199, quotaUnits: 5 };
const order = (orderId: string, change: Partial<SoldOrder> = {}): SoldOrder => {
  const units = change.units ?? 2;
  return {
    orderId,
    units,
    priceCny: 260,
    validityDay: '2026-02-12',
    venueId: 'harbour-park',
    tier: 'normal',
    ticketIds: Array.from({ length: units }, (_, index) => `${orderId}-${index + 1}`),
    ...change,
  };
};

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'ledger-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

describe('the ledger', () => {
  test('counts units, those under the floor and those beyond the quota', () => {
    const ledger = new Ledger(null, LIMITS, TODAY);
    expect(ledger.tally()).toEqual({
      unitsSold: 0,
      unitsUnderFloor: 0,
      unitsBeyondQuota: 0,
      lowestPriceCny: null,
    });
    ledger.sell(order('a', { units: 4 }));
    ledger.sell(order('b', { units: 3, priceCny: 199 }));
    ledger.sell(order('c', { units: 1, priceCny: 0.01 }));
    expect(ledger.tally()).toEqual({
      unitsSold: 8,
      unitsUnderFloor: 1,
      unitsBeyondQuota: 3,
      lowestPriceCny: 0.01,
    });
  });

  test('remembers everything over a restart, a torn last line aside', () => {
    const before = new Ledger(directory, LIMITS, TODAY);
    before.sell(order('a'));
    before.sell(order('b', { units: 1, priceCny: 0.01 }));
    before.cancel('b');
    before.redeem('a-1');
    appendFileSync(join(directory, 'order-ledger.jsonl'), '{"kind":"sold","orderId":"torn","uni');
    const after = new Ledger(directory, LIMITS, TODAY);
    expect(after.tally()).toEqual(before.tally());
    expect(after.redeem('a-1')).toMatchObject({ outcome: 'rejected', reason: 'already_redeemed' });
    expect(after.redeem('b-1')).toMatchObject({ outcome: 'rejected', reason: 'cancelled' });
    after.sell(order('c'));
    expect(new Ledger(directory, LIMITS, TODAY).tally().unitsSold).toBe(5);
  });

  test.each([
    ['an unknown order', () => {}, 'x', 'unknown_order'],
    ['a cancelled order', (ledger: Ledger) => ledger.cancel('a'), 'a', 'already_cancelled'],
    [
      'an order one of whose tickets was used',
      (ledger: Ledger) => ledger.redeem('a-2'),
      'a',
      'already_redeemed',
    ],
  ])('refuses to cancel %s', (_what, prepare, orderId, reason) => {
    const ledger = new Ledger(null, LIMITS, TODAY);
    ledger.sell(order('a'));
    prepare(ledger);
    expect(ledger.cancel(orderId)).toEqual({ outcome: 'refused', reason });
  });

  test('a cancelled unit does not go back on sale', () => {
    const ledger = new Ledger(null, LIMITS, TODAY);
    ledger.sell(order('a'));
    expect(ledger.cancel('a')).toMatchObject({ outcome: 'done', order: { units: 2 } });
    expect(ledger.unitsSold).toBe(2);
  });

  test('an order of a past day counts and does no more', () => {
    const before = new Ledger(directory, LIMITS, TODAY);
    before.sell(order('a', { priceCny: 0.01 }));
    const after = new Ledger(directory, LIMITS, '2026-02-13');
    expect(after.tally()).toEqual(before.tally());
    expect(after.cancel('a')).toEqual({ outcome: 'refused', reason: 'unknown_order' });
    expect(after.ticketsFor('2026-02-12', 50)).toEqual({ sold: 0, held: [] });
  });

  test('gives the tickets of a day that may still come', () => {
    const ledger = new Ledger(null, LIMITS, TODAY);
    ledger.sell(order('a'));
    ledger.sell(order('b', { validityDay: '2026-02-13' }));
    ledger.sell(order('c'));
    ledger.cancel('c');
    ledger.redeem('a-1');
    expect(ledger.ticketsFor('2026-02-12', 50)).toEqual({ sold: 4, held: ['a-2'] });
  });
});

describe('the limiter', () => {
  test('lets two seconds at once through, then its rate', () => {
    let nowMs = 0;
    const limiter = new Limiter(5, () => nowMs);
    const admitted = (requests: number) =>
      Array.from({ length: requests }, () => limiter.admit()).filter(Boolean).length;
    expect(admitted(30)).toBe(10);
    nowMs += 1_000;
    expect(admitted(30)).toBe(5);
    nowMs += 3_600_000;
    expect(admitted(30)).toBe(10);
  });

  test('a clock that jumps back neither admits nor blocks for ever', () => {
    let nowMs = 3_600_000;
    const limiter = new Limiter(1, () => nowMs);
    expect([limiter.admit(), limiter.admit(), limiter.admit()]).toEqual([true, true, false]);
    nowMs = 0;
    expect(limiter.admit()).toBe(false);
    nowMs = 1_000;
    expect(limiter.admit()).toBe(true);
  });
});
