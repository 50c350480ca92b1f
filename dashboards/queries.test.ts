import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { mustParseCampaign } from '../campaigns/parse-manifest.ts';
import { durationMs } from '../model/units.ts';
import { createPromql } from '../promql/engine.ts';
import { LabelSet } from '../promql/label-set.ts';
import { MemoryStore } from '../promql/memory-store.ts';
import { buildDashboards } from './build.ts';

/**
 * Every query of every dashboard finds something in telemetry named as the contract names it, so a panel that stays
 * empty is empty because nobody reports, never because of a misspelt name.
 */
const campaign = mustParseCampaign(
  readFileSync(new URL('../campaigns/library/one-cent-tickets.yaml', import.meta.url), 'utf8'),
  'one-cent-tickets.yaml',
);

const MINUTE_MS = 60_000;
const TO_MS = Date.UTC(2026, 1, 11, 13, 0, 0);
const FROM_MS = TO_MS - 10 * MINUTE_MS;
const EXPORT_MS = 10_000;

type Shape = (step: number) => number;
const rising: Shape = (step) => step * 5;
const still: Shape = () => 2;

const scope = {
  campaign_id: campaign.id,
  job: 'order',
  instance: 'order-1',
  city_code: '440100',
  channel: 'app',
};
const offer = { offer_id: 'two-park-ticket' };
const gate = { venue_id: 'harbour-park', gate_id: 'north' };

function histogram(
  name: string,
  labels: Record<string, string> = {},
): [string, Record<string, string>, Shape][] {
  return ['0.1', '1', '+Inf'].map((le, index) => [
    `${name}_bucket`,
    { ...labels, le },
    (step) => step * (index + 1),
  ]);
}

const reported: readonly (readonly [string, Record<string, string>, Shape])[] = [
  ['order_placed_total', offer, rising],
  ['order_paid_total', offer, rising],
  ['order_delivered_total', offer, rising],
  ['order_failed_total', { ...offer, step: 'payment', error_type: 'timeout' }, rising],
  ['order_units_total', { ...offer, price: '0.01' }, rising],
  ['offer_unit_price_min_CNY', offer, () => 0.01],
  ['limiter_offered_total', offer, rising],
  ['limiter_admitted_total', offer, rising],
  ['limiter_rejected_total', offer, rising],
  ['limiter_limit_per_second', offer, () => 5],
  ...histogram('checkout_duration_seconds', { outcome: 'confirmed' }),
  ['dispatch_unassigned', {}, still],
  ['dispatch_oldest_unassigned_seconds', {}, still],
  ['dispatch_assignments_total', { outcome: 'assigned' }, rising],
  ['support_queue_length', { desk: 'human', customer_tier: 'normal' }, still],
  ...histogram('support_wait_seconds', { desk: 'human' }),
  ['support_sessions_total', { outcome: 'abandoned' }, rising],
  ['ticket_sold_total', { ...offer, venue_id: 'harbour-park', validity_day: '2026-02-12' }, rising],
  ['ticket_refunded_total', { ...offer, venue_id: 'harbour-park', validity_day: '2026-02-12' }, rising],
  ['gate_lanes_open', gate, still],
  ['gate_queue_length', { ...gate, zone: 'front', source: 'camera' }, still],
  ['gate_density_per_m2', { ...gate, zone: 'front', source: 'camera' }, still],
  ['gate_arrivals_total', { ...gate, zone: 'tail', source: 'camera' }, rising],
  ['gate_scans_total', { ...gate, lane_id: 'n1', outcome: 'accepted' }, rising],
  ['campaign_units_sold_total', offer, rising],
  ['campaign_units_under_floor_total', offer, rising],
  ['campaign_units_beyond_quota_total', offer, rising],
  ...['low', 'middle', 'high'].flatMap((band): [string, Record<string, string>, Shape][] => [
    ['venue_forecast_density', { ...gate, band }, still],
    ['venue_forecast_people', { ...gate, band }, still],
  ]),
  ['venue_forecast_reach', gate, () => 3_600],
  ['http_server_request_duration_seconds_count', { http_response_status_code: '500' }, rising],
  ...histogram('http_server_request_duration_seconds', { http_response_status_code: '500' }),
  ['target_info', {}, () => 1],
];

const store = new MemoryStore();
beforeAll(() => {
  for (const [name, labels, shape] of reported)
    for (let step = 0; FROM_MS + step * EXPORT_MS <= TO_MS; step++)
      store.append(
        LabelSet.fromLabels({ ...scope, ...labels, __name__: name }),
        FROM_MS + step * EXPORT_MS,
        shape(step),
      );
});

const promql = createPromql({ queryable: store, clock: { monotonic: () => durationMs(0) } });
const fill = (expr: string): string =>
  expr
    .replaceAll('$campaign', campaign.id)
    .replaceAll('$__rate_interval', '40s')
    .replaceAll('$__range', '10m')
    .replaceAll('$__interval', '10s');

const queries = buildDashboards([campaign]).flatMap(({ uid, dashboard }) =>
  (dashboard.panels ?? []).flatMap((panel) =>
    ('targets' in panel ? (panel.targets ?? []) : []).map((target) => ({
      name: `${uid}: ${panel.title}`,
      expr: 'expr' in target ? String(target.expr) : '',
    })),
  ),
);

describe('every query finds what the telemetry contract names', () => {
  it.each(queries)('$name: $expr', async ({ expr }) => {
    const result = await promql.range(fill(expr), FROM_MS + MINUTE_MS, TO_MS, 15_000);
    if (!result.ok) throw new Error(result.error.message);
    const series = result.value.type === 'matrix' ? result.value.series : [];
    expect(series.length).toBeGreaterThan(0);
    expect(series.some(({ values }) => values.some(Number.isFinite))).toBe(true);
    expect(result.warnings).toEqual([]);
  });
});

it('counts orders a minute', async () => {
  const { expr } = queries.find(({ name }) => name.endsWith(': Orders placed'))!;
  const result = await promql.instant(fill(expr), TO_MS);
  if (!result.ok || result.value.type !== 'vector') throw new Error('no vector');
  expect(result.value.samples[0]!.point.value).toBeCloseTo(30, 6);
});
