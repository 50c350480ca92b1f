import { z } from 'zod';
import { request } from './request.ts';

const answer = z.object({ dashboard: z.record(z.string(), z.unknown()) });
export type DashboardJson = z.infer<typeof answer>['dashboard'];

/** GET /api/dashboards/{uid}: the dashboard's Grafana JSON in `language`; the panels check the part that they draw. */
export const fetchDashboard = async (
  uid: string,
  language: 'en' | 'zh',
  signal?: AbortSignal,
): Promise<DashboardJson> =>
  (
    await request(`/api/dashboards/${encodeURIComponent(uid)}`, answer, {
      search: { lang: language },
      signal,
    })
  ).dashboard;
