import type {
  IncidentAlert,
  IncidentDetail,
  IncidentEvent,
  IncidentRole,
  IncidentState,
  IncidentSummary,
} from '../model/api/incident.ts';
import { TidewardenError } from '../model/errors.ts';
import type { IncidentSeverity } from '../model/severity.ts';
import { alertIncidentSeverity, worse } from './severity.ts';
import { nextUpdateDue, type UpdateHistory } from './update-schedule.ts';

/** An alert of an incident, with what tells its firings apart. */
export interface JoinedAlert extends IncidentAlert {
  readonly activeAtMs: number | null;
}

interface StepDone {
  readonly runbookId: string;
  readonly stepId: string;
  readonly by: string;
  readonly atMs: number;
  readonly note: string;
}

/** An incident as its events make it; the evidence stays in the events. */
export interface Incident {
  readonly id: string;
  readonly sequence: number;
  /** What it was opened as; with alerts of its own, an incident opened by the product is titled after them. */
  readonly openedTitle: string;
  readonly declared: boolean;
  readonly state: IncidentState;
  readonly severity: IncidentSeverity;
  /** The worst severity that alerts have asked for so far, which people may since have lowered. */
  readonly alertSeverity: IncidentSeverity;
  readonly safety: boolean;
  readonly campaignId: string | null;
  readonly openedAtMs: number;
  readonly acknowledgedAtMs: number | null;
  readonly resolvedAtMs: number | null;
  readonly lastEventMs: number;
  readonly alerts: readonly JoinedAlert[];
  readonly roles: readonly {
    readonly role: IncidentRole;
    readonly person: string;
    readonly sinceMs: number;
  }[];
  readonly steps: readonly StepDone[];
  readonly updates: UpdateHistory;
}

/** A log that no commands can have written: it was damaged, or the order of its events was. */
class IncidentLogError extends TidewardenError {
  override readonly name = 'IncidentLogError';
  constructor(event: IncidentEvent, problem: string) {
    super('incident_log_damaged', `incident ${event.incidentId}, event ${event.sequence}: ${problem}`);
  }
}

function open(event: IncidentEvent): Incident {
  const { body, atMs } = event;
  if (body.type !== 'opened') throw new IncidentLogError(event, `it begins with ${body.type}`);
  if (event.sequence !== 1) throw new IncidentLogError(event, 'events before it are missing');
  const declared = event.actor.kind === 'person';
  return {
    ...{ id: event.incidentId, sequence: 1, openedTitle: body.title, declared, state: 'open' },
    ...{ severity: body.severity, alertSeverity: declared ? 'SEV4' : body.severity, safety: body.safety },
    ...{ campaignId: body.campaignId, openedAtMs: atMs, acknowledgedAtMs: null, resolvedAtMs: null },
    ...{ lastEventMs: atMs, alerts: [], roles: [], steps: [] },
    updates: { openedAtMs: atMs, published: 0, last: null },
  };
}

/** What the body of an event changes. */
function change(incident: Incident, event: IncidentEvent): Partial<Incident> {
  const { body, atMs, actor } = event;
  switch (body.type) {
    case 'opened':
      throw new IncidentLogError(event, 'it is opened twice');
    case 'alert_joined': {
      const { fingerprint, name, labels, annotations, value, runbookId } = body;
      const joined: JoinedAlert = {
        ...{ fingerprint, name, labels, annotations, value, runbookId, joinedAtMs: atMs, resolvedAtMs: null },
        activeAtMs: body.activeAtMs ?? null,
      };
      return {
        // One that fires again takes its own place.
        alerts: [...incident.alerts.filter((alert) => alert.fingerprint !== fingerprint), joined],
        safety: incident.safety || labels.safety === 'true',
        alertSeverity: worse(incident.alertSeverity, alertIncidentSeverity(body)),
      };
    }
    case 'alert_resolved':
      return {
        alerts: incident.alerts.map((alert) =>
          alert.fingerprint === body.fingerprint ? { ...alert, resolvedAtMs: atMs } : alert,
        ),
      };
    case 'severity_changed':
      return {
        severity: body.to,
        ...(actor.kind === 'system' ? { alertSeverity: worse(incident.alertSeverity, body.to) } : {}),
      };
    case 'acknowledged':
      return { state: 'acknowledged', acknowledgedAtMs: atMs };
    case 'commented':
    case 'evidence_pinned':
    case 'evidence_unpinned':
      return {};
    case 'role_assigned':
      return {
        roles: [
          ...incident.roles.filter(({ role }) => role !== body.role),
          { role: body.role, person: body.person, sinceMs: atMs },
        ],
      };
    case 'update_published':
      return {
        updates: {
          ...incident.updates,
          published: incident.updates.published + 1,
          last: { atMs, nextAtMs: body.nextUpdateAtMs },
        },
      };
    case 'step_done': {
      const { runbookId, stepId, note } = body;
      return {
        steps: [
          ...withoutStep(incident, runbookId, stepId),
          { runbookId, stepId, note, by: actor.name, atMs },
        ],
      };
    }
    case 'step_reopened':
      return { steps: withoutStep(incident, body.runbookId, body.stepId) };
    case 'resolved':
      return { state: 'resolved', resolvedAtMs: atMs };
    case 'reopened':
      return {
        ...{ state: 'open', acknowledgedAtMs: null, resolvedAtMs: null },
        updates: { openedAtMs: atMs, published: 0, last: null },
      };
  }
}

const withoutStep = (incident: Incident, runbookId: string, stepId: string) =>
  incident.steps.filter((step) => step.runbookId !== runbookId || step.stepId !== stepId);

/**
 * The incident after an event; `null` is before its first one. Pure: the same events always make the same incident.
 * @throws IncidentLogError for an event that cannot follow
 */
export function reduceIncident(incident: Incident | null, event: IncidentEvent): Incident {
  if (incident === null) return open(event);
  if (event.incidentId !== incident.id)
    throw new IncidentLogError(event, `it is among those of ${incident.id}`);
  if (event.sequence !== incident.sequence + 1) {
    throw new IncidentLogError(event, `it follows event ${incident.sequence}`);
  }
  return { ...incident, ...change(incident, event), sequence: event.sequence, lastEventMs: event.atMs };
}

/** The incident that these events make; null for none. @throws IncidentLogError */
export function replayIncident(events: readonly IncidentEvent[]): Incident | null {
  return events.reduce<Incident | null>(reduceIncident, null);
}

export const isFiring = (alert: IncidentAlert): boolean => alert.resolvedAtMs === null;

/** Alerts by what they ask for, the worst first; of equals the one that joined first. */
function byUrgency(alerts: readonly JoinedAlert[]): JoinedAlert[] {
  const rank = (alert: JoinedAlert) =>
    `${alertIncidentSeverity(alert)}${alert.labels.safety === 'true' ? 0 : 1}`;
  return [...alerts].sort((left, right) => {
    return rank(left).localeCompare(rank(right)) || left.joinedAtMs - right.joinedAtMs;
  });
}

/** What an alert is called in an incident's title. */
export const headline = (alert: Pick<IncidentAlert, 'name' | 'annotations'>): string =>
  (alert.annotations.summary?.trim() || alert.name).slice(0, 160);

function title({ declared, openedTitle, alerts }: Incident): string {
  const [first] = byUrgency(alerts);
  if (declared || first === undefined) return openedTitle;
  const others = alerts.length - 1;
  if (others === 0) return headline(first);
  return `${headline(first)}, and ${others} more ${others === 1 ? 'alert' : 'alerts'}`;
}

/** An incident as a row. */
export function summarise(incident: Incident): IncidentSummary {
  const { id, state, severity, safety, campaignId, openedAtMs, acknowledgedAtMs, resolvedAtMs } = incident;
  return {
    ...{ id, title: title(incident), state, severity, safety, campaignId },
    ...{ openedAtMs, acknowledgedAtMs, resolvedAtMs, lastEventMs: incident.lastEventMs },
    commander: incident.roles.find(({ role }) => role === 'commander')?.person ?? null,
    nextUpdateDueMs: state === 'resolved' ? null : nextUpdateDue(incident.updates),
    alertsFiring: incident.alerts.filter(isFiring).length,
  };
}

/** An incident in full. `events` are the ones it was made from. */
export function detail(incident: Incident, events: readonly IncidentEvent[]): IncidentDetail {
  const urgent = byUrgency(incident.alerts);
  const runbooks = [
    ...urgent.map(({ runbookId }) => runbookId).filter((id) => id !== null),
    ...incident.steps.map(({ runbookId }) => runbookId),
  ];
  return {
    ...summarise(incident),
    alerts: urgent.map(({ activeAtMs: _, ...alert }) => alert),
    roles: incident.roles.map((role) => ({ ...role })),
    runbooks: [...new Set(runbooks)].map((id) => ({
      id,
      stepsDone: incident.steps
        .filter(({ runbookId }) => runbookId === id)
        .map(({ stepId, by, atMs, note }) => ({ stepId, by, atMs, note })),
    })),
    events: [...events],
  };
}
