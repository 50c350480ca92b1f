import { ROLES } from '../model/api/incident.ts';

/** Who can be asked to do a step. */
export const INCIDENT_ROLES: readonly string[] = ROLES;
