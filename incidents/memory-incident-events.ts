import type { IncidentEvent, IncidentSummary } from '../model/api/incident.ts';
import type { IncidentEventStore } from '../storage/postgres/stores.ts';

/** An `IncidentEventStore` that forgets with the process: for tests and drills. */
export function createMemoryIncidentEventStore(): IncidentEventStore {
  const logs = new Map<string, IncidentEvent[]>();
  const summaries = new Map<string, IncidentSummary>();
  return {
    append: async (events, summary) => {
      const log = logs.get(summary.id) ?? [];
      if (events.some(({ sequence }) => log.some((written) => written.sequence === sequence))) {
        return { kind: 'conflict' };
      }
      logs.set(summary.id, [...log, ...structuredClone([...events])]);
      summaries.set(summary.id, structuredClone(summary));
      return { kind: 'appended' };
    },
    events: async (incidentId) => structuredClone(logs.get(incidentId) ?? []),
    summaries: async (limit) =>
      [...summaries.values()]
        .sort((left, right) => right.openedAtMs - left.openedAtMs)
        .filter(({ state }, index) => state !== 'resolved' || index < limit),
  };
}
