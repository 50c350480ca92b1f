import { z } from 'zod';
import {
  acknowledgeRequest,
  commentRequest,
  declareIncidentRequest,
  type IncidentDetail,
  type IncidentRole,
  type IncidentSummary,
  incidentDetail,
  incidentSummary,
  reopenRequest,
  resolveRequest,
  roleRequest,
  severityRequest,
  stepRequest,
  updateRequest,
} from '../../../model/api/incident.ts';
import type { IncidentSeverity } from '../../../model/severity.ts';
import { defineRoute, type Route } from '../route.ts';

/** What people do to incidents. Each refuses with a typed error when the incident's state does not allow it. */
export interface IncidentDesk {
  list(): Promise<IncidentSummary[]>;
  get(id: string): Promise<IncidentDetail>;
  declare(request: z.output<typeof declareIncidentRequest>): Promise<IncidentDetail>;
  acknowledge(id: string, by: string): Promise<IncidentDetail>;
  comment(id: string, by: string, text: string): Promise<IncidentDetail>;
  resolve(id: string, by: string, reason: string): Promise<IncidentDetail>;
  reopen(id: string, by: string, reason: string): Promise<IncidentDetail>;
  setSeverity(id: string, by: string, severity: IncidentSeverity, reason: string): Promise<IncidentDetail>;
  assignRole(id: string, by: string, role: IncidentRole, person: string): Promise<IncidentDetail>;
  publishUpdate(id: string, request: z.output<typeof updateRequest>): Promise<IncidentDetail>;
  setStep(id: string, request: z.output<typeof stepRequest>): Promise<IncidentDetail>;
}

/** `POST /api/incidents/:id/<verb>`: a body in, the incident as it then is out. */
function command<Body extends z.ZodType>(
  verb: string,
  summary: string,
  body: Body,
  act: (id: string, body: z.output<Body>) => Promise<IncidentDetail>,
): Route {
  return defineRoute({
    method: 'post',
    path: `/api/incidents/:id/${verb}`,
    summary,
    body,
    response: incidentDetail,
    handle: ({ params, body }) => act(params.id!, body),
  });
}

export const incidentRoutes = (desk: IncidentDesk): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/incidents',
    summary: 'Every incident, open ones first',
    response: z.object({ incidents: z.array(incidentSummary) }),
    handle: async () => ({ incidents: await desk.list() }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/incidents/:id',
    summary: 'One incident with its alerts, runbooks and timeline',
    response: incidentDetail,
    handle: ({ params }) => desk.get(params.id!),
  }),
  defineRoute({
    method: 'post',
    path: '/api/incidents',
    summary: 'Declares an incident; anyone may, in doubt with the higher severity',
    body: declareIncidentRequest,
    response: incidentDetail,
    handle: ({ body }) => desk.declare(body),
  }),
  command('acknowledge', 'Takes the incident', acknowledgeRequest, (id, { by }) => desk.acknowledge(id, by)),
  command('comments', 'Adds a comment to the timeline', commentRequest, (id, { by, text }) =>
    desk.comment(id, by, text),
  ),
  command('resolve', 'Ends the incident', resolveRequest, (id, { by, reason }) =>
    desk.resolve(id, by, reason),
  ),
  command('reopen', 'Opens a resolved incident again', reopenRequest, (id, { by, reason }) =>
    desk.reopen(id, by, reason),
  ),
  command(
    'severity',
    'Changes the severity, with its reason',
    severityRequest,
    (id, { by, severity, reason }) => desk.setSeverity(id, by, severity, reason),
  ),
  command('roles', 'Gives a role to a person', roleRequest, (id, { by, role, person }) =>
    desk.assignRole(id, by, role, person),
  ),
  command('updates', 'Publishes an update for an audience', updateRequest, (id, body) =>
    desk.publishUpdate(id, body),
  ),
  command('steps', "Marks a runbook's step as done or not", stepRequest, (id, body) =>
    desk.setStep(id, body),
  ),
];
