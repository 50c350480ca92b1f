import { z } from 'zod';
import { request } from './request.ts';

const answer = z.object({ dashboard: z.record(z.string(), z.unknown()) });
export type DashboardJson = z.infer<typeof answer>['dashboard'];

/** GET /api/dashboards/{uid}: the dashboard's Grafana JSON as it is; the panels check the part that they draw. */
export const fetchDashboard = async (uid: string, signal?: AbortSignal): Promise<DashboardJson> =>
  (await request(`/api/dashboards/${encodeURIComponent(uid)}`, answer, { signal })).dashboard;
