import { Counter, Gauge, type Registry } from 'prom-client';
import type { Incident } from './incident.ts';
import { nextUpdateDue } from './update-schedule.ts';

/** The room's own metrics; `unresolved` and `nowMs` are read when they are collected. */
export function createIncidentMetrics(
  registry: Registry,
  unresolved: () => readonly Incident[],
  nowMs: () => number,
) {
  const registers = [registry];
  new Gauge({
    name: 'tidewarden_incidents_unresolved',
    help: 'Incidents that are open or acknowledged.',
    labelNames: ['severity'],
    registers,
    collect() {
      for (const severity of ['SEV1', 'SEV2', 'SEV3', 'SEV4']) {
        this.set({ severity }, unresolved().filter((incident) => incident.severity === severity).length);
      }
    },
  });
  new Gauge({
    name: 'tidewarden_incidents_updates_overdue',
    help: 'Unresolved incidents whose next word is overdue.',
    registers,
    collect() {
      const isOverdue = (incident: Incident) =>
        (nextUpdateDue(incident.updates) ?? Number.POSITIVE_INFINITY) < nowMs();
      this.set(unresolved().filter(isOverdue).length);
    },
  });
  return {
    events: new Counter({
      name: 'tidewarden_incidents_events_total',
      help: 'Events written to incident logs by type.',
      labelNames: ['type'],
      registers,
    }),
    conflicts: new Counter({
      name: 'tidewarden_incidents_conflicts_total',
      help: 'Writes that found another writer had been first and were decided again.',
      registers,
    }),
    refusals: new Counter({
      name: 'tidewarden_incidents_commands_refused_total',
      help: 'Commands refused by code.',
      labelNames: ['code'],
      registers,
    }),
  };
}
