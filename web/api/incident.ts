import { type IncidentDetail, incidentDetail } from '../../model/api/incident.ts';
import { request } from './request.ts';

/** GET /api/incidents/{id}: its state, alerts, roles, runbooks and event log. */
export const fetchIncident = (id: string, signal?: AbortSignal): Promise<IncidentDetail> =>
  request(`/api/incidents/${encodeURIComponent(id)}`, incidentDetail, { signal });
