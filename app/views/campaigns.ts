import type { Alerting } from '../../alerts/alerting.ts';
import type { CrowdPlan } from '../../campaigns/crowd.ts';
import type { CampaignWatch, WatchedSummary } from '../../campaigns/watch.ts';
import type { CampaignDetail, CampaignSummary, VenueForecast } from '../../model/api/campaign.ts';
import type { IncidentSummary } from '../../model/api/incident.ts';

/** Campaigns as pages show them: what the watch counted, with the alerts and incidents that belong to each. */
export interface CampaignViews {
  summaries(): Promise<CampaignSummary[]>;
  /** Null for a campaign that is not there. */
  detail(id: string): Promise<CampaignDetail | null>;
  /** The venue's forecast under another plan; null for a venue that is not there. */
  whatIf(id: string, venueId: string, plan: CrowdPlan): VenueForecast | null;
}

export function createCampaignViews(
  watch: CampaignWatch,
  alerting: Pick<Alerting, 'active'>,
  incidents: { list(): Promise<readonly IncidentSummary[]> },
): CampaignViews {
  const alertsOf = (id: string) => alerting.active().filter((alert) => alert.campaignId === id);
  const withCounts = <Summary extends WatchedSummary>(summary: Summary, all: readonly IncidentSummary[]) => ({
    ...summary,
    firingAlerts: alertsOf(summary.id).filter((alert) => alert.firedAtMs !== null).length,
    openIncidents: all.filter(
      (incident) => incident.campaignId === summary.id && incident.state !== 'resolved',
    ).length,
  });
  return {
    summaries: async () => {
      const all = await incidents.list();
      return watch.summaries().map((summary) => withCounts(summary, all));
    },
    whatIf: (id, venueId, plan) =>
      watch.detail(id, { [venueId]: plan })?.venues.find((venue) => venue.venueId === venueId) ?? null,
    detail: async (id) => {
      const found = watch.detail(id);
      if (found === null) return null;
      const all = await incidents.list();
      const own = all.filter((incident) => incident.campaignId === id);
      const openFirst = [...own].sort(
        (a, b) => Number(a.state === 'resolved') - Number(b.state === 'resolved'),
      );
      return {
        ...withCounts(found, all),
        alerts: alertsOf(id).map(({ fingerprint }) => fingerprint),
        incidents: openFirst.map((incident) => incident.id),
      };
    },
  };
}
