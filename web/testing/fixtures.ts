import type { AlertRule } from '../../model/api/alert.ts';
import type { CampaignDetail } from '../../model/api/campaign.ts';
import type { IncidentDetail } from '../../model/api/incident.ts';
import type { NowPage, ServiceHealth } from '../../model/api/now.ts';
import { alertRules } from './fixture-alerts.ts';
import { campaignDetails } from './fixture-campaigns.ts';
import { incidentDetails } from './fixture-incidents.ts';
import { RUNBOOKS } from './fixture-runbooks.ts';
import { MINUTE } from './fixture-story.ts';

/** Everything the fixture server knows: a one-cent sale of tickets, 23 minutes after the fault. */
export interface Fixtures {
  readonly now: NowPage;
  readonly campaigns: readonly CampaignDetail[];
  readonly incidents: readonly IncidentDetail[];
  readonly rules: readonly AlertRule[];
  readonly runbooks: typeof RUNBOOKS;
  readonly services: readonly ServiceHealth[];
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
