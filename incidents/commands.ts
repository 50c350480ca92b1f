import type { IncidentEventBody, IncidentRole } from '../model/api/incident.ts';
import { TidewardenError } from '../model/errors.ts';
import type { IncidentSeverity } from '../model/severity.ts';
import { MINUTE_MS } from '../model/units.ts';
import type { Incident } from './incident.ts';

/** Why a command was refused. */
export type RefusalCode =
  | 'incident_not_found'
  | 'incident_resolved'
  | 'incident_not_resolved'
  | 'incident_already_acknowledged'
  | 'severity_unchanged'
  | 'role_unchanged'
  | 'step_already_done'
  | 'step_not_done';

/** A command that the incident's state does not allow. Nothing was written. */
export class IncidentRefusal extends TidewardenError {
  override readonly name = 'IncidentRefusal';
  declare readonly code: RefusalCode;
  constructor(code: RefusalCode, message: string) {
    super(code, message);
  }
}

/** What a person may ask of an incident that exists. */
export type IncidentCommand =
  | { readonly type: 'acknowledge' }
  | { readonly type: 'comment'; readonly text: string }
  | { readonly type: 'pin_evidence'; readonly traceId: string; readonly note: string }
  | { readonly type: 'unpin_evidence'; readonly traceId: string }
  | { readonly type: 'resolve'; readonly reason: string }
  | { readonly type: 'reopen'; readonly reason: string }
  | { readonly type: 'set_severity'; readonly severity: IncidentSeverity; readonly reason: string }
  | { readonly type: 'assign_role'; readonly role: IncidentRole; readonly person: string }
  | {
      readonly type: 'publish_update';
      readonly audience: Extract<IncidentEventBody, { type: 'update_published' }>['audience'];
      readonly text: string;
      readonly nextUpdateInMinutes: number | null;
    }
  | {
      readonly type: 'set_step';
      readonly runbookId: string;
      readonly stepId: string;
      readonly done: boolean;
      readonly note: string;
      readonly evidence: Extract<IncidentEventBody, { type: 'step_done' }>['evidence'];
    };

/** Comments, last words and evidence go with a resolved incident too: reviews need them. */
const ON_RESOLVED: ReadonlySet<IncidentCommand['type']> = new Set([
  'comment',
  'pin_evidence',
  'publish_update',
  'reopen',
  'unpin_evidence',
]);

/**
 * The event that a command makes of an incident as it is.
 * @throws IncidentRefusal where its state does not allow it
 */
export function decideCommand(
  incident: Incident,
  command: IncidentCommand,
  nowMs: number,
): IncidentEventBody {
  const { id } = incident;
  if (incident.state === 'resolved' && !ON_RESOLVED.has(command.type)) {
    throw new IncidentRefusal('incident_resolved', `incident ${id} is resolved; reopen it first`);
  }
  switch (command.type) {
    case 'acknowledge':
      if (incident.state === 'acknowledged') {
        throw new IncidentRefusal('incident_already_acknowledged', `incident ${id} is already acknowledged`);
      }
      return { type: 'acknowledged' };
    case 'comment':
      return { type: 'commented', text: command.text };
    case 'pin_evidence':
      return { type: 'evidence_pinned', traceId: command.traceId, note: command.note };
    case 'unpin_evidence':
      return { type: 'evidence_unpinned', traceId: command.traceId };
    case 'resolve':
      return { type: 'resolved', reason: command.reason };
    case 'reopen':
      if (incident.state !== 'resolved') {
        throw new IncidentRefusal('incident_not_resolved', `incident ${id} is not resolved`);
      }
      return { type: 'reopened', reason: command.reason };
    case 'set_severity':
      if (incident.severity === command.severity) {
        throw new IncidentRefusal('severity_unchanged', `incident ${id} is already ${command.severity}`);
      }
      return {
        type: 'severity_changed',
        from: incident.severity,
        to: command.severity,
        reason: command.reason,
      };
    case 'assign_role': {
      const { role, person } = command;
      if (incident.roles.some((held) => held.role === role && held.person === person)) {
        throw new IncidentRefusal(
          'role_unchanged',
          `${person} already has the role ${role} in incident ${id}`,
        );
      }
      return { type: 'role_assigned', role, person };
    }
    case 'publish_update': {
      const { audience, text, nextUpdateInMinutes: minutes } = command;
      const nextUpdateAtMs = minutes === null ? null : nowMs + minutes * MINUTE_MS;
      return { type: 'update_published', audience, text, nextUpdateAtMs };
    }
    case 'set_step':
      return decideStep(incident, command);
  }
}

function decideStep(
  incident: Incident,
  { runbookId, stepId, done, note, evidence }: Extract<IncidentCommand, { type: 'set_step' }>,
): IncidentEventBody {
  const isDone = incident.steps.some((step) => step.runbookId === runbookId && step.stepId === stepId);
  const where = `step ${stepId} of ${runbookId} in incident ${incident.id}`;
  if (done && isDone) throw new IncidentRefusal('step_already_done', `${where} is already done`);
  if (!done && !isDone) throw new IncidentRefusal('step_not_done', `${where} is not done`);
  return done
    ? { type: 'step_done', runbookId, stepId, note, evidence: [...evidence] }
    : { type: 'step_reopened', runbookId, stepId, note };
}
