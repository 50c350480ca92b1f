import type { Alerting } from '../../alerts/alerting.ts';
import type { CampaignWatch, WatchedSummary } from '../../campaigns/watch.ts';
import type { CampaignDetail, CampaignSummary } from '../../model/api/campaign.ts';
import type { IncidentSummary } from '../../model/api/incident.ts';

/** Campaigns as pages show them: what the watch counted, with the alerts and incidents that belong to each. */
export interface CampaignViews {
  summaries(): Promise<CampaignSummary[]>;
  /** Null for a campaign that is not there. */
  detail(id: string): Promise<CampaignDetail | null>;
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
