/**
 * The rules of the library against the campaigns of the library, from a shop's counters to a page: services export
 * every 5 s, the campaign watch steps every 5 s, rules are evaluated every 5 s, all a little out of step.
 */
import { readdirSync, readFileSync } from 'node:fs';
import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test } from 'vitest';
import type { Campaign } from '../../campaigns/manifest.ts';
import { mustParseCampaign } from '../../campaigns/parse-manifest.ts';
import { createCampaignWatch } from '../../campaigns/watch.ts';
import { type Labels, METRIC_NAME } from '../../model/labels.ts';
import type { DerivedMetric } from '../../model/series.ts';
import { createPromql } from '../../promql/engine.ts';
import { LabelSet } from '../../promql/label-set.ts';
import { MemoryStore } from '../../promql/memory-store.ts';
import { createAlerting } from '../alerting.ts';
import { createMemoryAlertStateStore } from '../memory-alert-states.ts';
import { parseRuleFile } from '../rule-file.ts';
import { HandClock } from '../testing/timeline.ts';

const library = (folder: string, name: string) =>
  readFileSync(new URL(`../../${folder}/library/${name}`, import.meta.url), 'utf8');
const load = (id: string) => mustParseCampaign(library('campaigns', `${id}.yaml`), `${id}.yaml`);
const rules = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.yaml') && !name.endsWith('.test.yaml'))
  .flatMap((name) => parseRuleFile(name, library('alerts', name)));

/** OTLP to Prometheus as far as the derived metrics need it. */
function prometheusName({ name, kind, unit }: DerivedMetric): string {
  return `${name.replaceAll('.', '_')}${unit === 's' ? '_seconds' : ''}${kind === 'counter' ? '_total' : ''}`;
}

/** A shop, the product's watch and rules, and what was heard, in seconds since the start. */
function stage(campaign: Campaign) {
  const clock = new HandClock();
  const store = new MemoryStore();
  const startMs = clock.now();
  const counters = new Map<string, { labels: LabelSet; value: number }>();
  const heard: { seconds: number; text: string }[] = [];
  const logger = pino({ level: 'silent' });
  const promql = createPromql({ queryable: store, clock, limits: { lookbackMs: 300_000 } });
  const watch = createCampaignWatch({
    campaigns: [campaign],
    select: async (matchers, fromMs, endMs) => {
      const hints = { func: '', rangeMs: 0, stepMs: 0, by: false, grouping: [] };
      const series = await store.select({ matchers, startMs: fromMs, endMs, hints });
      return series.map(({ labels, timestampsMs, values }) => ({
        labels: labels.toLabels(),
        timestampsMs,
        values,
      }));
    },
    store: { load: async () => null, save: async () => {} },
    clock,
    logger,
    registry: new Registry(),
  });
  const alerting = createAlerting({
    rules,
    query: async (expr, atMs) => {
      const result = await promql.instant(expr, atMs);
      if (!result.ok) return { kind: 'error', message: result.error.message, retryable: false };
      if (result.value.type !== 'vector') throw new Error(`${expr} is no vector`);
      return {
        kind: 'samples',
        samples: result.value.samples.map(({ labels, point }) => ({
          labels,
          value: point.value ?? Number.NaN,
        })),
      };
    },
    seriesExist: async (name, { fromMs, toMs }) =>
      (
        await store.series({
          selectors: [[{ name: METRIC_NAME, operator: '=', value: name }]],
          startMs: fromMs,
          endMs: toMs,
        })
      ).length > 0,
    store: createMemoryAlertStateStore(),
    runbookUrl: (id) => `https://tidewarden.example/runbooks/${id}`,
    clock,
    logger,
    registry: new Registry(),
  });
  const seconds = () => Math.round((clock.now() - startMs) / 1_000);
  alerting.onTransition(({ kind, alert }) => {
    if (kind !== 'firing' && kind !== 'resolved') return;
    const where = alert.labels.gate_id === undefined ? '' : `@${alert.labels.gate_id}`;
    heard.push({ seconds: seconds(), text: `${kind} ${alert.name}${where}` });
  });
  const send = (labels: LabelSet, value: number) => store.append(labels, clock.now(), value);
  return {
    watch,
    alerting,
    heard,
    seconds,
    add(name: string, amount: number, labels: Labels = {}) {
      const full = LabelSet.fromLabels({
        [METRIC_NAME]: name,
        campaign_id: campaign.id,
        job: 'order',
        instance: 'a',
        ...labels,
      });
      const counter = counters.get(full.key) ?? { labels: full, value: 0 };
      counter.value += amount;
      counters.set(full.key, counter);
    },
    set(name: string, value: number, labels: Labels = {}) {
      const full = LabelSet.fromLabels({
        [METRIC_NAME]: name,
        campaign_id: campaign.id,
        job: 'order',
        instance: 'a',
        ...labels,
      });
      counters.set(full.key, { labels: full, value });
    },
    async tick({ exporting = true } = {}) {
      clock.pass(1_000);
      if (exporting) for (const { labels, value } of counters.values()) send(labels, value);
      clock.pass(2_000);
      for (const metric of (await watch.step()).derived) {
        for (const { attributes, value } of metric.points) {
          const labels = Object.fromEntries(
            Object.entries(attributes).map(([key, text]) => [key.replaceAll('.', '_'), text]),
          );
          send(
            LabelSet.fromLabels({
              ...labels,
              [METRIC_NAME]: prometheusName(metric),
              job: 'tidewarden',
              instance: 'tidewarden',
            }),
            value,
          );
        }
      }
      clock.pass(2_000);
      await alerting.evaluate();
    },
  };
}
type Stage = ReturnType<typeof stage>;

/** One tick of a sale: `units` sold at a price, `offered` requests a second, of which the limiter refuses some. */
function sell(
  scene: Stage,
  campaign: Campaign,
  sale: { units: number; price: string; offered: number; admitted: number },
) {
  const offer = campaign.offers[0]!;
  const labels = { offer_id: offer.id };
  scene.add('order_units_total', sale.units, { ...labels, price: sale.price, city_code: '310000' });
  scene.add('order_placed_total', sale.units, { ...labels, city_code: '310000' });
  scene.add('ticket_sold_total', sale.units, {
    ...labels,
    venue_id: campaign.venues[0]!.id,
    validity_day: '2026-09-02',
  });
  scene.add('limiter_offered_total', sale.offered * 5, labels);
  scene.add('limiter_admitted_total', sale.admitted * 5, labels);
  const refused = (sale.offered - sale.admitted) * 5;
  if (refused > 0) scene.add('limiter_rejected_total', refused, labels);
  scene.set('limiter_limit_per_second', offer.limiterRequestsPerSecond!, labels);
}

const heardAt = (scene: Stage, text: string) =>
  scene.heard.find((each) => each.text === text)?.seconds ?? null;

describe('one-cent tickets', () => {
  const campaign = load('one-cent-tickets');

  test('price and quota page within a minute of the fault, the crowd within two; ending it resolves the first two', async () => {
    const scene = stage(campaign);
    let sold = 0;
    for (let i = 0; i < 24; i++) {
      const units = Math.min(3, 600 - sold);
      sold += units;
      sell(scene, campaign, { units, price: '260', offered: 2, admitted: 2 });
      await scene.tick();
    }
    expect(scene.heard).toEqual([]);
    const faultAt = scene.seconds();
    for (let i = 0; i < 24; i++) {
      sell(scene, campaign, { units: 200, price: '0.01', offered: 40, admitted: 40 });
      await scene.tick();
    }
    const endedAt = scene.seconds();
    expect(heardAt(scene, 'firing UnitsUnderPriceFloor')! - faultAt).toBeLessThanOrEqual(15);
    expect(heardAt(scene, 'firing UnitsBeyondQuota')! - faultAt).toBeLessThanOrEqual(45);
    expect(heardAt(scene, 'firing LimiterBypassed')! - faultAt).toBeLessThanOrEqual(45);
    expect(heardAt(scene, 'firing CrowdSurgeForecast@south')! - faultAt).toBeLessThanOrEqual(75);
    for (let i = 0; i < 36; i++) {
      sell(scene, campaign, { units: 0, price: '260', offered: 1, admitted: 1 });
      await scene.tick();
    }
    expect(heardAt(scene, 'resolved UnitsUnderPriceFloor')! - endedAt).toBeLessThanOrEqual(100);
    expect(heardAt(scene, 'resolved UnitsBeyondQuota')! - endedAt).toBeLessThanOrEqual(100);
    expect(scene.alerting.active().map(({ name }) => name)).toEqual([
      'CrowdSurgeForecast',
      'CrowdSurgeForecast',
    ]);
    expect(scene.alerting.active()[0]!.annotations.description).toMatch(
      /may bring \d+\.?\d* persons\/m2 to the front/,
    );
    expect(scene.alerting.active()[0]!.annotations.runbook_url).toBe(
      'https://tidewarden.example/runbooks/crowd-surge',
    );
  });

  test('with 0.01 declared as its price, the quota, the limiter and the crowd still page', async () => {
    const offers = campaign.offers.map((offer) => ({ ...offer, floorCny: 0.01 }));
    const scene = stage({ ...campaign, offers });
    for (let i = 0; i < 24; i++) {
      sell(scene, campaign, { units: 200, price: '0.01', offered: 40, admitted: 40 });
      await scene.tick();
    }
    expect(new Set(scene.heard.map(({ text }) => text))).toEqual(
      new Set([
        'firing UnitsBeyondQuota',
        'firing LimiterBypassed',
        'firing CrowdSurgeForecast@north',
        'firing CrowdSurgeForecast@south',
      ]),
    );
  });

  test('sales that fall silent page, and the crowd that was forecast stays', async () => {
    const scene = stage(campaign);
    for (let i = 0; i < 12; i++) {
      sell(scene, campaign, { units: 300, price: '260', offered: 4, admitted: 4 });
      await scene.tick();
    }
    const silentAt = scene.seconds();
    for (let i = 0; i < 84; i++) await scene.tick({ exporting: false });
    expect(heardAt(scene, 'firing OrderTelemetryMissing')! - silentAt).toBeLessThanOrEqual(90);
    expect(scene.alerting.active().map(({ name }) => name)).toContain('CrowdSurgeForecast');
    const floor = scene.alerting.rules().find(({ name }) => name === 'UnitsUnderPriceFloor')!;
    expect(floor.state).toBe('no_data');
  });
});

test('the quiet festival sells out in seconds at its announced price, after a load test, and nobody is woken', async () => {
  const campaign = load('quiet-festival');
  const scene = stage(campaign);
  for (let i = 0; i < 12; i++) {
    scene.add('order_units_total', 5_000, {
      offer_id: 'festival-day-ticket',
      price: '0.01',
      traffic_kind: 'test',
    });
    scene.add('limiter_offered_total', 5_000, { offer_id: 'festival-day-ticket', traffic_kind: 'test' });
    await scene.tick();
  }
  for (let i = 0; i < 60; i++) {
    const units = i < 10 ? 400 : 0;
    sell(scene, campaign, { units, price: '0.01', offered: i < 12 ? 900 : 20, admitted: i < 12 ? 80 : 20 });
    await scene.tick();
  }
  expect(scene.watch.detail(campaign.id)!.offers[0]).toMatchObject({
    unitsSold: 4_000,
    unitsUnderFloor: 0,
    unitsBeyondQuota: 0,
  });
  expect(scene.heard).toEqual([]);
});
