import type { IncidentTime } from '../storage/keeping/policy.ts';
import type { IncidentEventStore } from '../storage/postgres/stores.ts';

/** Incidents that are looked at, the newest. */
const LOOKED_AT = 5_000;

/** When campaigns were under incident: from when one was first opened until it was last resolved. */
export async function incidentTimes(store: Pick<IncidentEventStore, 'summaries'>): Promise<IncidentTime[]> {
  return (await store.summaries(LOOKED_AT)).flatMap(({ campaignId, openedAtMs, resolvedAtMs }) =>
    campaignId === null ? [] : [{ campaignId, openedAtMs, resolvedAtMs }],
  );
}
