import { z } from 'zod';
import { request } from './request.ts';

const answer = z.object({ dashboards: z.array(z.object({ uid: z.string(), title: z.string() })) });
export type DashboardSummary = z.infer<typeof answer>['dashboards'][number];

/** GET /api/dashboards: what there is to draw. */
export const fetchDashboards = async (signal?: AbortSignal): Promise<DashboardSummary[]> =>
  (await request('/api/dashboards', answer, { signal })).dashboards;
