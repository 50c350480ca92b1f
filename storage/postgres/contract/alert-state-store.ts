import { expect, test } from 'vitest';
import type { AlertStateStore, StoredAlertState } from '../stores.ts';

const firing: StoredAlertState = {
  ruleKey: 'price.yaml/price/UnitsUnderPriceFloor',
  fingerprint: 'aa11',
  state: 'firing',
  labels: { alertname: 'UnitsUnderPriceFloor', campaign_id: 'one-cent-tickets' },
  annotations: { summary: '1,204 units under the floor', runbook: 'price-floor-breach' },
  value: 1204,
  activeAtMs: 1_790_000_000_000,
  firedAtMs: 1_790_000_015_000,
  heldMs: 15_000.25,
  absentMs: null,
  savedAtMs: 1_790_000_030_000,
};
const pending: StoredAlertState = {
  ...firing,
  fingerprint: 'bb22',
  state: 'pending',
  firedAtMs: null,
  value: null,
};

const ordered = (states: readonly StoredAlertState[]) =>
  [...states].sort((left, right) => (left.fingerprint < right.fingerprint ? -1 : 1));

/** What every `AlertStateStore` does. `open` gives an empty one. */
export function alertStateStoreContract(open: () => Promise<AlertStateStore>): void {
  test('gives back what was saved', async () => {
    const store = await open();
    expect(await store.load()).toEqual([]);
    await store.save({ upserts: [firing, pending], removals: [] });
    expect(ordered(await store.load())).toEqual([firing, pending]);
  });

  test('a later save of the same alert replaces it, a removal takes just that one away', async () => {
    const store = await open();
    await store.save({ upserts: [firing, pending], removals: [] });
    const absent = { ...firing, absentMs: 45_000, savedAtMs: 1_790_000_060_000 };
    await store.save({ upserts: [absent], removals: [{ ruleKey: pending.ruleKey, fingerprint: 'bb22' }] });
    expect(await store.load()).toEqual([absent]);
    await store.save({
      upserts: [],
      removals: [{ ruleKey: 'another rule', fingerprint: firing.fingerprint }],
    });
    expect(await store.load()).toEqual([absent]);
  });

  test('the same fingerprint of two rules is two alerts', async () => {
    const store = await open();
    await store.save({ upserts: [firing, { ...firing, ruleKey: 'another' }], removals: [] });
    expect(await store.load()).toHaveLength(2);
  });

  test('thousands at once', async () => {
    const store = await open();
    const many = Array.from({ length: 2_500 }, (_, index) => ({ ...firing, fingerprint: `f${index}` }));
    await store.save({ upserts: many, removals: [] });
    expect(await store.load()).toHaveLength(2_500);
  });

  test('hostile label values neither break it nor do anything', async () => {
    const store = await open();
    const labels = {
      venue_id: `x'); DROP TABLE alert_states; -- {{ $value }}`,
      ['__proto__']: 'p',
      标签: '欢乐谷',
    };
    await store.save({ upserts: [{ ...firing, labels }], removals: [] });
    const [loaded] = await store.load();
    expect(Object.entries(loaded?.labels ?? {}).sort()).toEqual(Object.entries(labels).sort());
    await store.save({ upserts: [{ ...pending, labels: { a: 'nul\u0000 and half \ud800' } }], removals: [] });
    expect(await store.load()).toHaveLength(2);
  });
}
