import pino from 'pino';
import { Registry } from 'prom-client';
import { fingerprint } from '../../alerts/fingerprint.ts';
import type { AlertTransition } from '../../alerts/transition.ts';
import type { AlertInstance } from '../../model/api/alert.ts';
import type { IncidentEvent } from '../../model/api/incident.ts';
import { durationMs, epochMs } from '../../model/units.ts';
import type { IncidentEventStore } from '../../storage/postgres/stores.ts';
import { createIncidents, type Incidents } from '../incidents.ts';
import { createMemoryIncidentEventStore } from '../memory-incident-events.ts';

export const START_MS = Date.UTC(2026, 8, 1, 12);

/** An alert of the one-cent case; `change` says what is different. */
export function alertOf(name: string, change: Partial<AlertInstance> = {}): AlertInstance {
  const safety = change.safety ?? name.startsWith('Crowd');
  const severity = change.severity ?? 'page';
  const campaignId = change.campaignId === undefined ? 'one-cent-tickets' : change.campaignId;
  const labels: Record<string, string> = {
    alertname: name,
    severity,
    ...(safety ? { safety: 'true' } : {}),
    ...(campaignId === null ? {} : { campaign_id: campaignId }),
    ...change.labels,
  };
  return {
    ...{ name, severity, safety, campaignId, state: 'firing', value: 1, activeAtMs: START_MS },
    ...{ firedAtMs: START_MS, resolvedAtMs: null, incidentId: null, runbookId: 'price-floor-breach' },
    annotations: { summary: `${name} fires` },
    ...change,
    labels,
    fingerprint: fingerprint(labels),
  };
}

/** Alerts and people act on incidents, minute by minute; what is written comes out as lines. */
export class IncidentStory {
  incidents: Incidents;
  readonly events: IncidentEvent[] = [];
  private nowMs = START_MS;
  private jumpedMs = 0;
  private count = 0;
  private readonly store: IncidentEventStore;

  constructor(store: IncidentEventStore = createMemoryIncidentEventStore()) {
    this.store = store;
    this.incidents = this.open();
  }

  /** Another process on the same store. */
  open(): Incidents {
    const incidents = createIncidents({
      store: this.store,
      clock: { now: () => epochMs(this.nowMs + this.jumpedMs), monotonic: () => durationMs(this.nowMs) },
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      ids: () => {
        this.count += 1;
        return `i${this.count}`;
      },
    });
    incidents.subscribe((event) => this.events.push(event));
    return incidents;
  }

  restart(): void {
    this.incidents = this.open();
  }

  pass(minutes: number): this {
    this.nowMs += minutes * 60_000;
    return this;
  }

  /** The machine's wall clock jumps. */
  jump(minutes: number): this {
    this.jumpedMs += minutes * 60_000;
    return this;
  }

  minutesFromStart(atMs: number | null): number | null {
    return atMs === null ? null : (atMs - START_MS) / 60_000;
  }

  async tell(kind: AlertTransition['kind'], alert: AlertInstance): Promise<void> {
    await this.incidents.onAlertTransition({ kind, alert, reason: 'the condition holds', atMs: this.nowMs });
  }

  /** `i1 opened SEV2`, `i1 alert_joined Name`, … since the last time it was asked. */
  story(): string[] {
    return this.events.splice(0).map(({ incidentId, body }) => `${incidentId} ${body.type}${about(body)}`);
  }
}

function about(body: IncidentEvent['body']): string {
  switch (body.type) {
    case 'opened':
      return ` ${body.severity}`;
    case 'alert_joined':
    case 'alert_resolved':
      return ` ${body.name}`;
    case 'severity_changed':
      return ` ${body.to}`;
    default:
      return '';
  }
}
