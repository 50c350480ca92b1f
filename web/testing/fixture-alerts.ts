import type { AlertInstance, AlertRule } from '../../model/api/alert.ts';
import { CAMPAIGN, HOSTILE, MINUTE } from './fixture-story.ts';

const RUNBOOK_OF: Readonly<Record<string, string>> = {
  CrowdSurgeForecast: 'crowd-surge',
  UnitsUnderPriceFloor: 'price-floor-breach',
  UnitsBeyondQuota: 'oversell',
  LimiterBypassed: 'limiter-bypass',
};

function instance(
  nowMs: number,
  name: string,
  part: Partial<AlertInstance> & { labels: Record<string, string> },
): AlertInstance {
  return {
    fingerprint: `${name}-${Object.values(part.labels).join('-')}`,
    name,
    state: 'firing',
    severity: 'page',
    safety: false,
    annotations: { summary: name },
    value: 1,
    activeAtMs: nowMs - 23 * MINUTE,
    firedAtMs: nowMs - 22.5 * MINUTE,
    resolvedAtMs: null,
    runbookId: RUNBOOK_OF[name] ?? null,
    campaignId: CAMPAIGN,
    incidentId: 'inc-1042',
    ...part,
  };
}

export function alertInstances(nowMs: number): readonly AlertInstance[] {
  return [
    instance(nowMs, 'CrowdSurgeForecast', {
      safety: true,
      labels: {
        alertname: 'CrowdSurgeForecast',
        severity: 'page',
        safety: 'true',
        campaign_id: CAMPAIGN,
        venue_id: 'harbour-park',
        gate_id: 'south',
      },
      annotations: {
        summary: 'Harbour Park south gate: 5.6 persons/m² forecast for tomorrow 10:30',
        description: 'On the high band the queue passes 3 persons/m² at 09:50. Tell the venue now.',
      },
      value: 5.62,
      activeAtMs: nowMs - 21 * MINUTE,
      firedAtMs: nowMs - 20.6 * MINUTE,
    }),
    instance(nowMs, 'UnitsUnderPriceFloor', {
      labels: {
        alertname: 'UnitsUnderPriceFloor',
        severity: 'page',
        campaign_id: CAMPAIGN,
        offer_id: 'two-park-ticket',
      },
      annotations: { summary: '4,812 units charged under the floor of 199 CNY in the last 2 minutes' },
      value: 4812,
    }),
    instance(nowMs, 'UnitsBeyondQuota', {
      labels: {
        alertname: 'UnitsBeyondQuota',
        severity: 'page',
        campaign_id: CAMPAIGN,
        offer_id: 'two-park-ticket',
      },
      annotations: { summary: 'Sold 52,961 units beyond the quota of 600' },
      value: 52961,
    }),
    instance(nowMs, 'LimiterBypassed', {
      state: 'pending',
      firedAtMs: null,
      severity: 'ticket',
      labels: { alertname: 'LimiterBypassed', severity: 'ticket', campaign_id: CAMPAIGN, note: HOSTILE },
      annotations: { summary: `Rejected 0.2 % of offered requests ${HOSTILE}` },
      value: 0.002,
    }),
  ];
}

const QUERIES: Readonly<Record<string, string>> = {
  CrowdSurgeForecast: 'max by (campaign_id, venue_id, gate_id) (venue_forecast_density{band="high"}) > 3',
  UnitsUnderPriceFloor: 'sum by (campaign_id, offer_id) (increase(campaign_units_under_floor_total[2m])) > 0',
  UnitsBeyondQuota: 'sum by (campaign_id, offer_id) (increase(campaign_units_beyond_quota_total[2m])) > 0',
  LimiterBypassed:
    'sum by (campaign_id) (rate(limiter_rejected_total[2m])) / sum by (campaign_id) (rate(limiter_offered_total[2m])) < 0.05 and on (campaign_id) (sum by (campaign_id) (rate(limiter_offered_total[2m])) > 6)',
  DispatchBacklog: 'max by (city_code) (dispatch_oldest_unassigned_seconds) > 900',
  SupportQueueSaturated: 'support_queue_length{queue="human"} / 0 > 600',
  TelemetryMissing: 'time() - max by (job) (target_info) > 120',
};

export function alertRules(nowMs: number): readonly AlertRule[] {
  const instances = alertInstances(nowMs);
  return Object.entries(QUERIES).map(([name, query], index) => {
    const mine = instances.filter((one) => one.name === name);
    const state =
      mine[0]?.state ??
      (name === 'DispatchBacklog' ? 'no_data' : name === 'SupportQueueSaturated' ? 'error' : 'inactive');
    return {
      name,
      group: index < 4 ? 'campaign invariants' : 'operations',
      file: index < 4 ? 'alerts/library/campaigns.yaml' : 'alerts/library/operations.yaml',
      query,
      forMs: index === 0 ? 30_000 : 0,
      keepFiringForMs: index === 0 ? 600_000 : 0,
      labels: { severity: mine[0]?.severity ?? 'ticket', ...(index === 0 ? { safety: 'true' } : {}) },
      annotations: {
        summary: mine[0]?.annotations.summary ?? `${name}: a threshold of the library`,
        description: mine[0]?.annotations.description ?? 'See DOMAIN figures for where the limit comes from.',
      },
      runbookId: RUNBOOK_OF[name] ?? 'telemetry-missing',
      state,
      reason:
        state === 'no_data'
          ? 'no series named dispatch_oldest_unassigned_seconds'
          : state === 'error'
            ? "1:14: parse error: unexpected character inside braces: '='"
            : state === 'firing'
              ? `${mine.length} instance above the limit for longer than the rule asks`
              : '',
      lastEvaluationMs: nowMs - 6_000,
      evaluationMs: 3.2 + index,
      instances: [...mine],
    };
  });
}
