import { z } from 'zod';
import { incidentSeverity } from '../severity.ts';

export const incidentState = z.enum(['open', 'acknowledged', 'resolved']);
export type IncidentState = z.infer<typeof incidentState>;

export const ROLES = [
  'commander',
  'deputy',
  'scribe',
  'operations',
  'communications',
  'legal_finance',
  'venue_liaison',
] as const;
export const incidentRole = z.enum(ROLES);
export type IncidentRole = z.infer<typeof incidentRole>;

/** Who did something: a person by name, or the product itself. */
export const actor = z.object({ kind: z.enum(['person', 'system']), name: z.string() });
export type Actor = z.infer<typeof actor>;

/** What can happen to an incident. The event log is the truth; everything else is computed from it. */
export const incidentEventBody = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('opened'),
    title: z.string(),
    severity: incidentSeverity,
    safety: z.boolean(),
    campaignId: z.string().nullable(),
    reason: z.string(),
  }),
  z.object({
    type: z.literal('alert_joined'),
    fingerprint: z.string(),
    name: z.string(),
    labels: z.record(z.string(), z.string()),
    annotations: z.record(z.string(), z.string()),
    value: z.number().nullable(),
    runbookId: z.string().nullable(),
    /** With the fingerprint, what tells one firing of an alert from the next. */
    activeAtMs: z.number().optional(),
    reason: z.string(),
  }),
  z.object({ type: z.literal('alert_resolved'), fingerprint: z.string(), name: z.string() }),
  z.object({
    type: z.literal('severity_changed'),
    from: incidentSeverity,
    to: incidentSeverity,
    reason: z.string(),
  }),
  z.object({ type: z.literal('acknowledged') }),
  z.object({ type: z.literal('commented'), text: z.string() }),
  z.object({ type: z.literal('role_assigned'), role: incidentRole, person: z.string() }),
  z.object({
    type: z.literal('update_published'),
    audience: z.enum(['users', 'merchants', 'riders', 'venue', 'authorities', 'internal']),
    text: z.string(),
    nextUpdateAtMs: z.number().nullable(),
  }),
  z.object({
    type: z.literal('step_done'),
    runbookId: z.string(),
    stepId: z.string(),
    note: z.string(),
    evidence: z.array(z.object({ query: z.string(), atMs: z.number(), result: z.unknown() })),
  }),
  z.object({ type: z.literal('step_reopened'), runbookId: z.string(), stepId: z.string(), note: z.string() }),
  /** A trace that is kept for ever: 32 hex digits. */
  z.object({ type: z.literal('evidence_pinned'), traceId: z.string(), note: z.string() }),
  z.object({ type: z.literal('evidence_unpinned'), traceId: z.string() }),
  z.object({ type: z.literal('resolved'), reason: z.string() }),
  z.object({ type: z.literal('reopened'), reason: z.string() }),
]);
export type IncidentEventBody = z.infer<typeof incidentEventBody>;

/** `sequence` counts from 1 within an incident, without gaps. */
export const incidentEvent = z.object({
  incidentId: z.string(),
  sequence: z.number().int(),
  atMs: z.number(),
  actor,
  body: incidentEventBody,
});
export type IncidentEvent = z.infer<typeof incidentEvent>;

export const incidentAlert = z.object({
  fingerprint: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  value: z.number().nullable(),
  runbookId: z.string().nullable(),
  joinedAtMs: z.number(),
  resolvedAtMs: z.number().nullable(),
});
export type IncidentAlert = z.infer<typeof incidentAlert>;

export const incidentSummary = z.object({
  id: z.string(),
  title: z.string(),
  state: incidentState,
  severity: incidentSeverity,
  safety: z.boolean(),
  campaignId: z.string().nullable(),
  openedAtMs: z.number(),
  acknowledgedAtMs: z.number().nullable(),
  resolvedAtMs: z.number().nullable(),
  commander: z.string().nullable(),
  /** When the next word to the public or the internal audience is due (DOMAIN: 5 min, then 20 min apart); null when resolved. */
  nextUpdateDueMs: z.number().nullable(),
  alertsFiring: z.number().int(),
  lastEventMs: z.number(),
});
export type IncidentSummary = z.infer<typeof incidentSummary>;

export const incidentDetail = incidentSummary.extend({
  alerts: z.array(incidentAlert),
  roles: z.array(z.object({ role: incidentRole, person: z.string(), sinceMs: z.number() })),
  /** Runbooks of the alerts that joined, the most urgent first, with what was done. */
  runbooks: z.array(
    z.object({
      id: z.string(),
      stepsDone: z.array(
        z.object({ stepId: z.string(), by: z.string(), atMs: z.number(), note: z.string() }),
      ),
    }),
  ),
  events: z.array(incidentEvent),
});
export type IncidentDetail = z.infer<typeof incidentDetail>;

/** Bodies of POST /api/incidents and POST /api/incidents/{id}/… ; `by` is the name of who does it. */
const by = z.string().trim().min(1).max(100);
const text = z.string().trim().min(1).max(10_000);
export const declareIncidentRequest = z.strictObject({
  by,
  title: z.string().trim().min(1).max(200),
  severity: incidentSeverity,
  safety: z.boolean().default(false),
  campaignId: z.string().nullable().default(null),
  reason: text,
});
export const acknowledgeRequest = z.strictObject({ by });
export const commentRequest = z.strictObject({ by, text });
export const resolveRequest = z.strictObject({ by, reason: text });
export const reopenRequest = z.strictObject({ by, reason: text });
export const severityRequest = z.strictObject({ by, severity: incidentSeverity, reason: text });
export const roleRequest = z.strictObject({ by, role: incidentRole, person: by });
export const updateRequest = z.strictObject({
  by,
  audience: z.enum(['users', 'merchants', 'riders', 'venue', 'authorities', 'internal']),
  text,
  nextUpdateInMinutes: z.number().int().min(1).max(240).nullable().default(20),
});
export const stepRequest = z.strictObject({
  by,
  runbookId: z.string(),
  stepId: z.string(),
  done: z.boolean(),
  note: z.string().max(2_000).default(''),
});
