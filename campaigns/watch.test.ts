import { readFileSync } from 'node:fs';
import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import { campaignDetail, campaignSummary } from '../model/api/campaign.ts';
import { type Labels, labelsKey, METRIC_NAME } from '../model/labels.ts';
import type { DerivedMetric, FloatSeries } from '../model/series.ts';
import { durationMs, epochMs } from '../model/units.ts';
import type { SelectSeries } from './collect.ts';
import { mustParseCampaign } from './parse-manifest.ts';
import { createCampaignWatch } from './watch.ts';
import type { CampaignStateStore } from './watch-state.ts';

const campaign = mustParseCampaign(
  readFileSync(new URL('library/one-cent-tickets.yaml', import.meta.url), 'utf8'),
  'one-cent-tickets.yaml',
);
const START = Date.parse('2026-02-11T20:00:00+08:00');

/** A shop whose counters are sampled every 5 s, a store of its samples, and a clock that both share. */
function stage() {
  let wallMs = START;
  let monotonicMs = 1_000_000;
  const counters = new Map<string, { labels: Labels; value: number }>();
  const samples = new Map<string, { labels: Labels; at: [number, number][] }>();
  const saved = new Map<string, string>();
  let broken: string | null = null;
  let asked = 0;

  const select: SelectSeries = async (matchers, startMs, endMs) => {
    asked++;
    if (broken !== null) throw new Error(broken);
    const fits = (labels: Labels) =>
      matchers.every(({ name, operator, value }) => {
        const have = labels[name] ?? '';
        if (operator === '=') return have === value;
        const matches = new RegExp(`^(?:${value})$`).test(have);
        return operator === '=~' ? matches : !matches;
      });
    return [...samples.values()]
      .filter(({ labels }) => fits(labels))
      .map(({ labels, at }): FloatSeries => {
        const kept = at.filter(([atMs]) => atMs >= startMs && atMs <= endMs);
        return {
          labels,
          timestampsMs: Float64Array.from(kept, ([atMs]) => atMs),
          values: Float64Array.from(kept, ([, value]) => value),
        };
      })
      .filter(({ values }) => values.length > 0);
  };
  const store: CampaignStateStore = {
    load: async (id) => (saved.has(id) ? JSON.parse(saved.get(id)!) : null),
    save: async (id, state) => void saved.set(id, JSON.stringify(state)),
  };
  const product = () =>
    createCampaignWatch({
      campaigns: [campaign],
      select,
      store,
      clock: { now: () => epochMs(wallMs), monotonic: () => durationMs(monotonicMs) },
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
    });
  return {
    product,
    saved,
    asked: () => asked,
    break: (reason: string | null) => {
      broken = reason;
    },
    jump: (ms: number) => {
      wallMs += ms;
    },
    /** Adds to a counter; it is sampled with the next tick. */
    add(name: string, labels: Labels, amount: number) {
      const full = { [METRIC_NAME]: name, campaign_id: campaign.id, job: 'order', instance: 'a', ...labels };
      const counter = counters.get(labelsKey(full)) ?? { labels: full, value: 0 };
      counter.value += amount;
      counters.set(labelsKey(full), counter);
    },
    restartServices: () => counters.clear(),
    /** `seconds` go by; services export every 5 s. */
    wait(seconds: number, exporting = true) {
      for (let i = 0; i < seconds; i += 5) {
        wallMs += 5_000;
        monotonicMs += 5_000;
        if (!exporting) continue;
        for (const [key, { labels, value }] of counters) {
          const series = samples.get(key) ?? { labels, at: [] };
          series.at.push([wallMs, value]);
          samples.set(key, series);
        }
      }
    },
  };
}

const sale = (price: string, extra: Labels = {}) => ({
  offer_id: 'two-park-ticket',
  price,
  city_code: '440100',
  ...extra,
});
const ticket = { venue_id: 'harbour-park', validity_day: '2026-02-12', offer_id: 'two-park-ticket' };

/** One derived value, or undefined where it was not sent. */
function value(derived: readonly DerivedMetric[], name: string, attributes: Labels = {}): number | undefined {
  return derived
    .find((metric) => metric.name === name)
    ?.points.find((point) =>
      Object.entries(attributes).every(([key, want]) => point.attributes[key] === want),
    )?.value;
}

describe('the watch', () => {
  test('says nothing of sales that were never reported, and shows null, not zero', async () => {
    const { product } = stage();
    const watch = product();
    const { derived, campaigns } = await watch.step();
    expect(derived).toEqual([]);
    expect(campaigns[0]).toMatchObject({ id: 'one-cent-tickets', phase: 'live', surge: null });
    expect(campaigns[0]!.placedPerMinute.every(([, placed]) => placed === null)).toBe(true);
    expect(watch.detail('one-cent-tickets')!.offers[0]).toMatchObject({
      unitsSold: null,
      unitsUnderFloor: null,
    });
    expect(watch.detail('nothing')).toBeNull();
  });

  test('sends zeros first, then what was counted', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('0.01'), 700);
    scene.wait(10);
    const first = (await watch.step()).derived;
    expect(value(first, 'campaign.units.under_floor')).toBe(0);
    expect(value(first, 'campaign.units.beyond_quota')).toBe(0);
    scene.wait(5);
    const second = (await watch.step()).derived;
    expect(value(second, 'campaign.units.sold')).toBe(700);
    expect(value(second, 'campaign.units.under_floor', { 'offer.id': 'two-park-ticket' })).toBe(700);
    expect(value(second, 'campaign.units.beyond_quota')).toBe(100);
  });

  test('the fault: floor and quota at once, and the crowd within two minutes', async () => {
    const scene = stage();
    const watch = scene.product();
    for (let i = 0; i < 20; i++) {
      scene.add('order_units_total', sale('260'), 3);
      scene.add('ticket_sold_total', ticket, 3);
      scene.add('order_placed_total', { city_code: '440100' }, 3);
      scene.wait(5);
      await watch.step();
    }
    const calm = (await watch.step()).derived;
    expect(value(calm, 'campaign.units.under_floor')).toBe(0);
    expect(value(calm, 'venue.forecast.density', { band: 'high', 'gate.id': 'south' })).toBeLessThan(2);
    let secondsToCrowd: number | null = null;
    for (let i = 1; i <= 24; i++) {
      scene.add('order_units_total', sale('0.01'), 200);
      scene.add('ticket_sold_total', ticket, 200);
      scene.wait(5);
      const { derived } = await watch.step();
      expect(value(derived, 'campaign.units.under_floor')).toBe(i * 200);
      const density = value(derived, 'venue.forecast.density', { band: 'high', 'gate.id': 'south' })!;
      if (secondsToCrowd === null && density >= 3) secondsToCrowd = i * 5;
    }
    expect(secondsToCrowd).toBeLessThanOrEqual(60);
    const detail = watch.detail('one-cent-tickets')!;
    expect(() =>
      campaignDetail.parse({ ...detail, firingAlerts: 0, openIncidents: 0, alerts: [], incidents: [] }),
    ).not.toThrow();
    expect(() =>
      campaignSummary.parse({ ...watch.summaries()[0]!, firingAlerts: 0, openIncidents: 0 }),
    ).not.toThrow();
    expect(detail.offers[0]).toMatchObject({
      unitsSold: 4_860,
      unitsUnderFloor: 4_800,
      unitsBeyondQuota: 4_260,
      lowestPriceCny: 0.01,
    });
    expect(detail.venues[0]).toMatchObject({ ticketsHeld: 4_860, ticketsVoided: 0 });
    expect(detail.surge).toMatchObject({ venueId: 'harbour-park', level: 'safety' });
    expect(detail.placedPerMinute.slice(-3).every(([, placed]) => placed !== null)).toBe(true);
  });

  test('the crowd stays when the sale stops reporting; the counters do not', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('260'), 5_000);
    scene.wait(5);
    await watch.step();
    expect(value((await watch.step()).derived, 'campaign.telemetry.age')).toBe(0);
    scene.wait(200, false);
    expect(value((await watch.step()).derived, 'campaign.telemetry.age')).toBe(200);
    scene.wait(200, false);
    const { derived } = await watch.step();
    expect(value(derived, 'campaign.units.sold')).toBeUndefined();
    expect(value(derived, 'venue.forecast.density', { band: 'high', 'gate.id': 'south' })).toBeGreaterThan(3);
    expect(value(derived, 'venue.forecast.reach', { 'gate.id': 'south' })).toBeGreaterThan(3_600);
    expect(value(derived, 'venue.tickets.held')).toBe(5_000);
    expect(value(derived, 'campaign.telemetry.expected')).toBe(1);
    scene.wait(3_600, false);
    expect(value((await watch.step()).derived, 'campaign.telemetry.expected')).toBe(0);
  });

  test('test and synthetic traffic count nowhere', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('0.01', { traffic_kind: 'test' }), 900);
    scene.add('order_units_total', sale('260', { traffic_kind: 'live' }), 2);
    scene.wait(5);
    await watch.step();
    await watch.step();
    expect(watch.detail('one-cent-tickets')!.offers[0]).toMatchObject({ unitsSold: 2, unitsUnderFloor: 0 });
  });
});

describe('over restarts', () => {
  test('of the product: nothing is doubled, nothing lost, counters go on from where they were', async () => {
    const scene = stage();
    const before = scene.product();
    scene.add('order_units_total', sale('0.01'), 10);
    scene.wait(10);
    await before.step();
    scene.wait(5);
    expect(value((await before.step()).derived, 'campaign.units.under_floor')).toBe(10);
    scene.add('order_units_total', sale('0.01'), 7);
    scene.wait(7_200);
    const after = scene.product();
    expect(value((await after.step()).derived, 'campaign.units.under_floor')).toBe(10);
    scene.wait(5);
    expect(value((await after.step()).derived, 'campaign.units.under_floor')).toBe(17);
  });

  test('of the services', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('0.01'), 10);
    scene.wait(10);
    await watch.step();
    scene.restartServices();
    scene.add('order_units_total', sale('0.01'), 4);
    scene.wait(10);
    await watch.step();
    expect(watch.detail('one-cent-tickets')!.offers[0]!.unitsSold).toBe(14);
  });

  test('a state of another shape is counted anew, and so is one on request', async () => {
    const scene = stage();
    scene.add('order_units_total', sale('0.01'), 10);
    scene.wait(10);
    scene.saved.set(campaign.id, JSON.stringify({ version: 0, nonsense: true }));
    const watch = scene.product();
    await watch.step();
    const sold = () => watch.detail('one-cent-tickets')!.offers[0]!.unitsSold;
    expect(sold()).toBe(10);
    watch.recount(campaign.id);
    await watch.step();
    expect(sold()).toBe(10);
  });
});

describe('when things go wrong', () => {
  test('a store that fails costs a step, not the figures', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('260'), 5_000);
    scene.wait(5);
    await watch.step();
    scene.break('engine is restarting');
    scene.wait(5);
    const { derived } = await watch.step();
    expect(value(derived, 'campaign.units.sold')).toBeUndefined();
    expect(value(derived, 'venue.forecast.density', { band: 'high', 'gate.id': 'south' })).toBeGreaterThan(3);
    scene.break(null);
    scene.add('order_units_total', sale('260'), 1);
    scene.wait(5);
    await watch.step();
    expect(watch.detail('one-cent-tickets')!.offers[0]!.unitsSold).toBe(5_001);
  });

  test('a clock that jumps an hour back and forth makes nothing old, lost or doubled', async () => {
    const scene = stage();
    const watch = scene.product();
    scene.add('order_units_total', sale('260'), 10);
    scene.wait(5);
    await watch.step();
    for (const jump of [3_600_000, -3_600_000, -3_600_000, 3_600_000]) {
      scene.jump(jump);
      expect(value((await watch.step()).derived, 'campaign.telemetry.age')).toBe(0);
    }
    scene.add('order_units_total', sale('260'), 3);
    scene.wait(5);
    await watch.step();
    expect(watch.detail('one-cent-tickets')!.offers[0]!.unitsSold).toBe(13);
  });

  test('days without sales are passed over in a few questions', async () => {
    const scene = stage();
    await scene.product().step();
    expect(scene.asked()).toBeLessThanOrEqual(8);
  });

  test('a step while one runs is the same step', async () => {
    const scene = stage();
    const watch = scene.product();
    await Promise.all([watch.step(), watch.step(), watch.step()]);
    const once = scene.asked();
    await watch.step();
    expect(scene.asked()).toBeLessThan(once * 2);
  });
});

test('a queue that is measured now is followed to 3 persons/m2', async () => {
  const scene = stage();
  const watch = scene.product();
  const gate = { venue_id: 'harbour-park', gate_id: 'south' };
  scene.add('gate_queue_length', { ...gate, zone: 'front' }, 10);
  scene.add('gate_queue_length', { ...gate, zone: 'tail' }, 10);
  scene.add('gate_lanes_open', gate, 1);
  for (let i = 0; i < 12; i++) {
    scene.add('gate_arrivals_total', { ...gate, source: 'staff' }, 1);
    scene.add('gate_arrivals_total', { ...gate, source: 'camera' }, 0.9);
    scene.add('gate_scans_total', { ...gate, outcome: 'accepted' }, 0.5);
    scene.add('gate_scans_total', { ...gate, outcome: 'rejected' }, 5);
    scene.wait(5);
  }
  const { derived } = await watch.step();
  // (3 x 25 / 1.5 - 20) people at 720 - 360 an hour.
  expect(value(derived, 'venue.queue.reach', { 'gate.id': 'south' })).toBeCloseTo((30 / 360) * 3_600, 3);
  expect(value(derived, 'venue.queue.density', { 'gate.id': 'south', horizon: 'now' })).toBeCloseTo(1.2, 6);
  expect(value(derived, 'venue.queue.density', { 'gate.id': 'south', horizon: '60m' })).toBeCloseTo(22.8, 6);
  expect(value(derived, 'venue.queue.reach', { 'gate.id': 'north' })).toBeUndefined();
  expect(value(derived, 'venue.queue.density', { 'gate.id': 'north' })).toBeUndefined();
  expect(watch.detail('one-cent-tickets')!.venues[0]!.gates.find(({ id }) => id === 'south')!.lanesOpen).toBe(
    1,
  );
});
