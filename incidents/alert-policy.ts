import type { AlertTransition } from '../alerts/transition.ts';
import type { AlertInstance } from '../model/api/alert.ts';
import type { IncidentEventBody } from '../model/api/incident.ts';
import { MINUTE_MS } from '../model/units.ts';
import { headline, type Incident, isFiring, type JoinedAlert } from './incident.ts';
import { alertIncidentSeverity, isWorse } from './severity.ts';

/** An incident that was resolved less than this ago is opened again by an alert of it. */
const REOPEN_WITHIN_MS = 30 * MINUTE_MS;

/** What an alert's transition asks for. `reason` says why, for logs. */
export type AlertDecision =
  | { readonly kind: 'nothing'; readonly reason: string }
  | { readonly kind: 'open'; readonly events: readonly IncidentEventBody[] }
  | { readonly kind: 'append'; readonly incidentId: string; readonly events: readonly IncidentEventBody[] };

const nothing = (reason: string): AlertDecision => ({ kind: 'nothing', reason });

/** Only what someone must act on now opens an incident; the rest joins one that is there. */
const opens = (alert: AlertInstance) => alert.severity === 'page' || alert.safety;

const serviceOf = (labels: Readonly<Record<string, string>>) => labels.service_name ?? labels.job ?? '';

/** Whether an alert belongs to an incident: by campaign, or where it has none by alert and service. */
function belongs(alert: AlertInstance, incident: Incident): boolean {
  if (alert.campaignId !== null) return incident.campaignId === alert.campaignId;
  if (incident.campaignId !== null) return false;
  return incident.alerts.some(
    ({ name, labels }) => name === alert.name && serviceOf(labels) === serviceOf(alert.labels),
  );
}

const find = (incident: Incident, { fingerprint }: AlertInstance): JoinedAlert | undefined =>
  incident.alerts.find((alert) => alert.fingerprint === fingerprint);

function joined(alert: AlertInstance, reason: string): IncidentEventBody {
  const { fingerprint, name, labels, annotations, value, runbookId, activeAtMs } = alert;
  return {
    type: 'alert_joined',
    fingerprint,
    name,
    labels,
    annotations,
    value,
    runbookId,
    activeAtMs,
    reason,
  };
}

/** The event that raises the severity to what an alert asks for, if that is worse than what it is measured against. */
function raised(incident: Incident, alert: AlertInstance, than: Incident['severity']): IncidentEventBody[] {
  const to = alertIncidentSeverity(alert);
  if (!isWorse(to, than) || !isWorse(to, incident.severity)) return [];
  const value = alert.value === null ? '' : ` at ${Math.round(alert.value * 100) / 100}`;
  return [
    { type: 'severity_changed', from: incident.severity, to, reason: `${alert.name}${value} asks for ${to}` },
  ];
}

function onFiring(transition: AlertTransition, incidents: readonly Incident[], nowMs: number): AlertDecision {
  const { alert } = transition;
  const told = incidents.find((incident) => find(incident, alert)?.activeAtMs === alert.activeAtMs);
  if (told !== undefined) return nothing(`incident ${told.id} has this firing already`);

  const target = incidents
    .filter((incident) => incident.state !== 'resolved' && belongs(alert, incident))
    .sort((left, right) => left.openedAtMs - right.openedAtMs)[0];
  if (target !== undefined) {
    const reason =
      find(target, alert) !== undefined
        ? 'it fires again'
        : alert.campaignId === null
          ? 'the same alert of the same service'
          : `the same campaign, ${alert.campaignId}`;
    const events = [joined(alert, reason), ...raised(target, alert, target.severity)];
    return { kind: 'append', incidentId: target.id, events };
  }
  if (!opens(alert)) return nothing(`severity ${alert.severity} opens no incident, and none is open to join`);

  const resolved = incidents.find((incident) => {
    const age = nowMs - (incident.resolvedAtMs ?? Number.NEGATIVE_INFINITY);
    return find(incident, alert) !== undefined && age <= REOPEN_WITHIN_MS;
  });
  if (resolved !== undefined) {
    const reopened: IncidentEventBody = { type: 'reopened', reason: `${alert.name} fires again` };
    const events = [reopened, joined(alert, 'it fires again'), ...raised(resolved, alert, resolved.severity)];
    return { kind: 'append', incidentId: resolved.id, events };
  }
  const opened: IncidentEventBody = {
    type: 'opened',
    title: headline(alert),
    severity: alertIncidentSeverity(alert),
    safety: alert.safety,
    campaignId: alert.campaignId,
    reason: `${alert.name} fires: ${transition.reason}`,
  };
  return { kind: 'open', events: [opened, joined(alert, 'it opened the incident')] };
}

function onResolved({ alert }: AlertTransition, incidents: readonly Incident[]): AlertDecision {
  const incident = incidents.find((candidate) => {
    const known = find(candidate, alert);
    return known !== undefined && isFiring(known) && known.activeAtMs === alert.activeAtMs;
  });
  if (incident === undefined) return nothing('no incident has this alert firing');
  const events: IncidentEventBody[] = [
    { type: 'alert_resolved', fingerprint: alert.fingerprint, name: alert.name },
  ];
  const firing = incident.alerts.filter(isFiring).length;
  if (firing === 1 && incident.state !== 'resolved') {
    events.push({
      type: 'commented',
      text: 'All alerts have resolved. The incident stays open until somebody resolves it.',
    });
  }
  return { kind: 'append', incidentId: incident.id, events };
}

/**
 * A firing alert that got worse. It is measured against the worst that alerts have asked for before, so that a severity
 * which people lowered on purpose is not raised again by the same danger.
 */
function onUpdated({ alert }: AlertTransition, incidents: readonly Incident[]): AlertDecision {
  const incident = incidents.find(
    (candidate) => candidate.state !== 'resolved' && find(candidate, alert)?.activeAtMs === alert.activeAtMs,
  );
  if (incident === undefined) return nothing('no open incident has this alert');
  const events = raised(incident, alert, incident.alertSeverity);
  return events.length === 0
    ? nothing('it is no worse')
    : { kind: 'append', incidentId: incident.id, events };
}

/** Decides what an alert's transition does, given the incidents that are unresolved or recent. Pure. */
export function decideOnAlert(
  transition: AlertTransition,
  incidents: readonly Incident[],
  nowMs: number,
): AlertDecision {
  switch (transition.kind) {
    case 'pending':
    case 'dropped':
      return nothing('only alerts that fire are incidents');
    case 'firing':
    case 'restored':
      return onFiring(transition, incidents, nowMs);
    case 'updated':
      return onUpdated(transition, incidents);
    case 'resolved':
      return onResolved(transition, incidents);
  }
}
