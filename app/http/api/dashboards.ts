import { z } from 'zod';
import { NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';
import type { Language } from './runbooks.ts';

export interface DashboardFile {
  readonly uid: string;
  readonly title: string;
  /** Grafana's dashboard JSON. */
  readonly dashboard: object;
}

const query = z.object({ lang: z.enum(['en', 'zh']).default('en') });

/** `dashboards` by the language of their titles and texts. */
export const dashboardRoutes = (
  dashboards: Readonly<Record<Language, readonly DashboardFile[]>>,
): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/dashboards',
    summary: 'The dashboards that are there',
    query,
    response: z.object({ dashboards: z.array(z.object({ uid: z.string(), title: z.string() })) }),
    handle: async ({ query }) => ({
      dashboards: dashboards[query.lang].map(({ uid, title }) => ({ uid, title })),
    }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/dashboards/:uid',
    summary: 'One dashboard as Grafana JSON',
    query,
    response: z.object({ dashboard: z.record(z.string(), z.unknown()) }),
    handle: async ({ params, query }) => {
      const found = dashboards[query.lang].find((dashboard) => dashboard.uid === params.uid);
      if (found === undefined) throw new NotFound('dashboard', params.uid!);
      return { dashboard: { ...found.dashboard } };
    },
  }),
];
