import type { AlertInstance, AlertRule } from '../../model/api/alert.ts';
import type { CampaignDetail, CampaignSummary } from '../../model/api/campaign.ts';
import type { IncidentDetail } from '../../model/api/incident.ts';
import type { NowPage, ServiceHealth } from '../../model/api/now.ts';
import { forecastVenue } from './fixture-forecast.ts';
import { RUNBOOKS } from './fixture-runbooks.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Text that would do harm if a page took it for markup. */
export const HOSTILE =
  '<img src=x onerror="window.__owned=1"><script>window.__owned=1</script>"><svg onload=alert(1)>';

/** Everything the fixture server knows: a one-cent sale of tickets, 23 minutes after the fault. */
export interface Fixtures {
  readonly now: NowPage;
  readonly campaigns: readonly CampaignDetail[];
  readonly incidents: readonly IncidentDetail[];
  readonly rules: readonly AlertRule[];
  readonly runbooks: typeof RUNBOOKS;
  readonly services: readonly ServiceHealth[];
}

const CAMPAIGN = 'one-cent-tickets';
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

function alertInstances(nowMs: number): readonly AlertInstance[] {
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

function alertRules(nowMs: number): readonly AlertRule[] {
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

function summary(
  nowMs: number,
  part: Partial<CampaignSummary> & Pick<CampaignSummary, 'id' | 'title' | 'phase'>,
): CampaignSummary {
  const faultAt = nowMs - 23 * MINUTE;
  return {
    startsAtMs: nowMs - 92 * MINUTE,
    endsAtMs: nowMs + 26 * HOUR,
    firingAlerts: 0,
    openIncidents: 0,
    surge: null,
    placedPerMinute: Array.from({ length: 30 }, (_, index) => {
      const atMs = nowMs - (30 - index) * MINUTE;
      return [atMs, index === 11 ? null : atMs < faultAt ? 28 + (index % 5) : 2_280 + 90 * Math.sin(index)];
    }),
    ...part,
  };
}

function campaignDetails(nowMs: number): readonly CampaignDetail[] {
  const venue = forecastVenue(nowMs);
  const common = {
    timezone: 'Asia/Shanghai',
    owner: 'ticketing',
    cities: ['440100', '440300', '310000'],
    alerts: [],
    incidents: [],
  };
  return [
    {
      ...summary(nowMs, {
        id: CAMPAIGN,
        title: { en: 'One-cent tickets', zh: '一分钱门票' },
        phase: 'live',
        firingAlerts: 3,
        openIncidents: 1,
        surge: {
          venueId: venue.venueId,
          densityMax: venue.peak?.densityFront ?? 0,
          peakAtMs: venue.peak?.atMs ?? nowMs,
          level: 'safety',
        },
      }),
      ...common,
      description: {
        en: 'Two-park tickets for a theme park, on sale for one evening.',
        zh: '主题乐园双园门票，晚间限时抢购。',
      },
      dashboardUid: CAMPAIGN,
      offers: [
        {
          offerId: 'two-park-ticket',
          floorCny: 199,
          quotaUnits: 600,
          unitsSold: 53_561,
          unitsUnderFloor: 53_139,
          unitsBeyondQuota: 52_961,
          unitsPriceUnknown: 0,
          lowestPriceCny: 0.01,
          asOfMs: nowMs - 2_000,
        },
      ],
      venues: [venue],
      alerts: alertInstances(nowMs).map(({ fingerprint }) => fingerprint),
      incidents: ['inc-1042'],
    },
    {
      ...summary(nowMs, {
        id: 'midsummer-noodles',
        title: { en: 'Midsummer noodles', zh: '仲夏面馆节' },
        phase: 'planned',
        startsAtMs: nowMs + 29 * HOUR,
        endsAtMs: nowMs + 53 * HOUR,
        placedPerMinute: [],
      }),
      ...common,
      description: { en: 'Free delivery for noodle shops in three cities.', zh: '三城面馆免配送费。' },
      dashboardUid: 'midsummer-noodles',
      offers: [
        {
          offerId: 'free-delivery',
          floorCny: 0,
          quotaUnits: 200_000,
          unitsSold: null,
          unitsUnderFloor: null,
          unitsBeyondQuota: null,
          unitsPriceUnknown: null,
          lowestPriceCny: null,
          asOfMs: nowMs - 2_000,
        },
      ],
      venues: [],
    },
    {
      ...summary(nowMs, {
        id: 'spring-lanterns',
        title: { en: 'Spring lanterns', zh: '春日灯会' },
        phase: 'ended',
        startsAtMs: nowMs - 240 * HOUR,
        endsAtMs: nowMs - 190 * HOUR,
        placedPerMinute: [],
      }),
      ...common,
      description: { en: 'A lantern festival with timed entry.', zh: '分时入场的灯会。' },
      dashboardUid: 'spring-lanterns',
      offers: [],
      venues: [],
    },
  ];
}

function incidentDetails(nowMs: number): readonly IncidentDetail[] {
  const opened = nowMs - 22.5 * MINUTE;
  const system = { kind: 'system', name: 'tidewarden' } as const;
  const lin = { kind: 'person', name: 'Lin Yue' } as const;
  const alerts = alertInstances(nowMs).filter(({ state }) => state === 'firing');
  const bodies: readonly (readonly [
    number,
    typeof system | typeof lin,
    IncidentDetail['events'][number]['body'],
  ])[] = [
    [
      0,
      system,
      {
        type: 'opened',
        title: 'One-cent tickets: units sold under the price floor',
        severity: 'SEV2',
        safety: false,
        campaignId: CAMPAIGN,
        reason: 'UnitsUnderPriceFloor pages and no incident of this campaign is open',
      },
    ],
    ...alerts.map(
      (alert, index) =>
        [
          index === 0 ? 110_000 : 500 * index,
          system,
          {
            type: 'alert_joined',
            fingerprint: alert.fingerprint,
            name: alert.name,
            labels: alert.labels,
            annotations: alert.annotations,
            value: alert.value,
            runbookId: alert.runbookId,
            reason: 'same campaign',
          } as const,
        ] as const,
    ),
    [
      112_000,
      system,
      {
        type: 'severity_changed',
        from: 'SEV2',
        to: 'SEV1',
        reason: 'safety: the forecast passes 4 persons/m²',
      },
    ],
    [185_000, lin, { type: 'acknowledged' }],
    [190_000, lin, { type: 'role_assigned', role: 'commander', person: 'Lin Yue' }],
    [
      240_000,
      lin,
      {
        type: 'commented',
        text: 'Price in the catalogue is 0.01 since 20:00. The flash-sale module answers, its limiter does not.\nAsked payments to hold settlement.',
      },
    ],
    [
      300_000,
      lin,
      {
        type: 'step_done',
        runbookId: 'crowd-surge',
        stepId: 'stop-the-sale',
        note: 'Sale stopped by Wu at 20:14',
        evidence: [],
      },
    ],
    [
      420_000,
      lin,
      {
        type: 'update_published',
        audience: 'internal',
        text: 'A ticket priced at 0.01 yuan was sold about 53,000 times. The sale is stopped. Up to 3,300 people may stand at Harbour Park south gate tomorrow 10:30.',
        nextUpdateAtMs: nowMs + 4 * MINUTE,
      },
    ],
    [500_000, lin, { type: 'commented', text: HOSTILE }],
  ];
  return [
    {
      id: 'inc-1042',
      title: 'One-cent tickets: a crowd is on its way to Harbour Park',
      state: 'acknowledged',
      severity: 'SEV1',
      safety: true,
      campaignId: CAMPAIGN,
      openedAtMs: opened,
      acknowledgedAtMs: opened + 185_000,
      resolvedAtMs: null,
      commander: 'Lin Yue',
      nextUpdateDueMs: nowMs + 4 * MINUTE + 12_000,
      alertsFiring: 3,
      lastEventMs: opened + 500_000,
      alerts: alerts.map(({ fingerprint, name, labels, annotations, value, runbookId, activeAtMs }) => ({
        fingerprint,
        name,
        labels,
        annotations,
        value,
        runbookId,
        joinedAtMs: activeAtMs,
        resolvedAtMs: null,
      })),
      roles: [{ role: 'commander', person: 'Lin Yue', sinceMs: opened + 190_000 }],
      runbooks: [
        {
          id: 'crowd-surge',
          stepsDone: [
            {
              stepId: 'stop-the-sale',
              by: 'Lin Yue',
              atMs: opened + 300_000,
              note: 'Sale stopped by Wu at 20:14',
            },
          ],
        },
        { id: 'price-floor-breach', stepsDone: [] },
      ],
      events: bodies.map(([afterMs, actor, body], index) => ({
        incidentId: 'inc-1042',
        sequence: index + 1,
        atMs: opened + afterMs,
        actor,
        body,
      })),
    },
    {
      id: 'inc-1038',
      title: `Support queue over 10 minutes ${HOSTILE}`,
      state: 'open',
      severity: 'SEV3',
      safety: false,
      campaignId: null,
      openedAtMs: nowMs - 7 * MINUTE,
      acknowledgedAtMs: null,
      resolvedAtMs: null,
      commander: null,
      nextUpdateDueMs: nowMs - 2 * MINUTE,
      alertsFiring: 0,
      lastEventMs: nowMs - 7 * MINUTE,
      alerts: [],
      roles: [],
      runbooks: [],
      events: [
        {
          incidentId: 'inc-1038',
          sequence: 1,
          atMs: nowMs - 7 * MINUTE,
          actor: { kind: 'person', name: HOSTILE },
          body: {
            type: 'opened',
            title: 'Support queue',
            severity: 'SEV3',
            safety: false,
            campaignId: null,
            reason: 'callers wait 14 minutes',
          },
        },
      ],
    },
    {
      id: 'inc-1001',
      title: 'Riders offline in Shenzhen',
      state: 'resolved',
      severity: 'SEV2',
      safety: false,
      campaignId: null,
      openedAtMs: nowMs - 50 * HOUR,
      acknowledgedAtMs: nowMs - 49.9 * HOUR,
      resolvedAtMs: nowMs - 48 * HOUR,
      commander: 'Chen Bo',
      nextUpdateDueMs: null,
      alertsFiring: 0,
      lastEventMs: nowMs - 48 * HOUR,
      alerts: [],
      roles: [],
      runbooks: [],
      events: [],
    },
  ];
}

function serviceHealths(nowMs: number): readonly ServiceHealth[] {
  const good = (service: string, spansPerSecond: number, errorRatio: number | null): ServiceHealth => ({
    service,
    instances: 1,
    tracesMs: nowMs - 2_000,
    metricsMs: nowMs - 4_000,
    logsMs: nowMs - 3_000,
    spansPerSecond,
    errorRatio,
    state: 'good',
  });
  return [
    good('order', 412.4, 0.004),
    good('dispatch', 96.2, 0),
    { ...good('support', 3.1, 0.021), state: 'late', tracesMs: nowMs - 95_000 },
    {
      ...good('gate', 0, null),
      state: 'silent',
      tracesMs: null,
      metricsMs: nowMs - 11 * MINUTE,
      logsMs: nowMs - 11 * MINUTE,
    },
    good('tidewarden', 0.8, 0),
  ];
}

/** All of it, as of `nowMs`. */
export function createFixtures(nowMs: number): Fixtures {
  const campaigns = campaignDetails(nowMs);
  const rules = alertRules(nowMs);
  const incidents = incidentDetails(nowMs);
  const services = serviceHealths(nowMs);
  return {
    campaigns,
    rules,
    incidents,
    services,
    runbooks: RUNBOOKS,
    now: {
      atMs: nowMs,
      incidents: incidents.filter(({ state }) => state !== 'resolved'),
      campaigns: [...campaigns],
      alerts: rules.flatMap(({ instances }) => instances),
      services: [...services],
      blindRules: rules
        .filter((rule) => rule.state === 'no_data' || rule.state === 'error')
        .map(({ name, state, reason }) => ({ name, state: state === 'error' ? 'error' : 'no_data', reason })),
    },
  };
}

/** The product on its first start: everything answers, and nothing is there. */
export function emptyFixtures(nowMs: number): Fixtures {
  return {
    campaigns: [],
    rules: [],
    incidents: [],
    services: [],
    runbooks: [],
    now: { atMs: nowMs, incidents: [], campaigns: [], alerts: [], services: [], blindRules: [] },
  };
}
