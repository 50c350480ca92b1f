import { z } from 'zod';
import { type IncidentSummary, incidentSummary } from '../../model/api/incident.ts';
import { request } from './request.ts';

const answer = z.object({ incidents: z.array(incidentSummary) });

/** GET /api/incidents: open and past ones, as rows. */
export const fetchIncidents = async (signal?: AbortSignal): Promise<IncidentSummary[]> =>
  (await request('/api/incidents', answer, { signal })).incidents;
