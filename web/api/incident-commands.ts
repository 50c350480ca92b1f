import type { z } from 'zod';
import {
  acknowledgeRequest,
  commentRequest,
  declareIncidentRequest,
  type IncidentDetail,
  incidentDetail,
  reopenRequest,
  resolveRequest,
  roleRequest,
  severityRequest,
  stepRequest,
  updateRequest,
} from '../../model/api/incident.ts';
import { request } from './request.ts';

/** What a person can do to an incident: the last part of the path and the shape of its body. */
const COMMANDS = {
  acknowledge: acknowledgeRequest,
  comments: commentRequest,
  resolve: resolveRequest,
  reopen: reopenRequest,
  severity: severityRequest,
  roles: roleRequest,
  updates: updateRequest,
  steps: stepRequest,
} as const;
export type IncidentCommand = keyof typeof COMMANDS;
export type CommandBody<Command extends IncidentCommand> = z.input<(typeof COMMANDS)[Command]>;

/** POST /api/incidents/{id}/{command}; answers with the incident as it then is. */
export function commandIncident<Command extends IncidentCommand>(
  id: string,
  command: Command,
  body: CommandBody<Command>,
): Promise<IncidentDetail> {
  return request(`/api/incidents/${encodeURIComponent(id)}/${command}`, incidentDetail, {
    body: COMMANDS[command].parse(body),
  });
}

/** POST /api/incidents: a person declares one. */
export const declareIncident = (body: z.input<typeof declareIncidentRequest>): Promise<IncidentDetail> =>
  request('/api/incidents', incidentDetail, { body: declareIncidentRequest.parse(body) });
