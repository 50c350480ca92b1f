import type { Alerting } from '../../alerts/alerting.ts';
import type { IncidentSummary } from '../../model/api/incident.ts';
import type { NowPage, ServiceHealth } from '../../model/api/now.ts';
import type { Clock } from '../../model/units.ts';
import type { CampaignViews } from './campaigns.ts';

/** Gathers what is happening: everything that is open, live, firing, silent or blind. */
export async function nowPageOf(
  sources: {
    readonly clock: Clock;
    readonly campaigns: CampaignViews;
    readonly alerting: Pick<Alerting, 'rules' | 'active'>;
    readonly incidents: { list(): Promise<readonly IncidentSummary[]> };
    readonly services: (abort: AbortSignal) => Promise<readonly ServiceHealth[]>;
  },
  abort: AbortSignal,
): Promise<NowPage> {
  const [incidents, campaigns, services] = await Promise.all([
    sources.incidents.list(),
    sources.campaigns.summaries(),
    sources.services(abort),
  ]);
  return {
    atMs: sources.clock.now(),
    incidents: incidents.filter(({ state }) => state !== 'resolved'),
    campaigns: campaigns.filter(({ phase }) => phase !== 'ended'),
    alerts: [...sources.alerting.active()],
    services: [...services],
    blindRules: sources.alerting
      .rules()
      .flatMap(({ name, state, reason }) =>
        state === 'no_data' || state === 'error' ? [{ name, state, reason }] : [],
      ),
  };
}
