import { z } from 'zod';
import { request } from './request.ts';

const answer = z.object({ dashboards: z.array(z.object({ uid: z.string(), title: z.string() })) });
export type DashboardSummary = z.infer<typeof answer>['dashboards'][number];

/** GET /api/dashboards: what there is to draw, titles in `language`. */
export const fetchDashboards = async (
  language: 'en' | 'zh',
  signal?: AbortSignal,
): Promise<DashboardSummary[]> =>
  (await request('/api/dashboards', answer, { search: { lang: language }, signal })).dashboards;
