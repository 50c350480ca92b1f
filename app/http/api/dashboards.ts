import { z } from 'zod';
import { NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  /** Grafana's dashboard JSON. */
  readonly dashboard: object;
}

export const dashboardRoutes = (dashboards: readonly DashboardFile[]): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/dashboards',
    summary: 'The dashboards that are there',
    response: z.object({ dashboards: z.array(z.object({ uid: z.string(), title: z.string() })) }),
    handle: async () => ({ dashboards: dashboards.map(({ uid, title }) => ({ uid, title })) }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/dashboards/:uid',
    summary: 'One dashboard as Grafana JSON',
    response: z.object({ dashboard: z.record(z.string(), z.unknown()) }),
    handle: async ({ params }) => {
      const found = dashboards.find((dashboard) => dashboard.uid === params.uid);
      if (found === undefined) throw new NotFound('dashboard', params.uid!);
      return { dashboard: { ...found.dashboard } };
    },
  }),
];
