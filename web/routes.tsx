import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  type RouteComponent,
  retainSearchParams,
} from '@tanstack/react-router';
import {
  alertRulesQuery,
  campaignQuery,
  campaignsQuery,
  incidentQuery,
  incidentsQuery,
  nowQuery,
  servicesQuery,
  traceOutlineQuery,
} from './api/queries.ts';
import { BrokenPage } from './frame/broken-page.tsx';
import { Frame } from './frame/frame.tsx';
import { LostPage } from './frame/lost-page.tsx';
import { frameSearch, KEPT, parseSearch, stringifySearch } from './frame/search.ts';
import { alertsSearch } from './pages/alerts/search.ts';
import { campaignSearch } from './pages/campaigns/search.ts';
import { exploreSearch } from './pages/explore/search.ts';
import { incidentSearch, incidentsSearch } from './pages/incidents/search.ts';
import { logsSearch } from './pages/logs/search.ts';
import { runbookSearch } from './pages/runbooks/search.ts';
import { servicesSearch } from './pages/services/search.ts';
import { traceSearch } from './pages/trace/search.ts';
import { tracesSearch } from './pages/traces/search.ts';

/** A component that comes with its module when it is first needed; its type does not depend on the router's. */
const page = (load: () => Promise<Record<string, RouteComponent>>, name: string): RouteComponent =>
  lazyRouteComponent(load, name);

interface RouterContext {
  readonly client: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Frame,
  validateSearch: frameSearch,
  search: { middlewares: [retainSearchParams([...KEPT])] },
  notFoundComponent: LostPage,
});

/*
 * A page's code is a chunk of its own; what it shows first is already being fetched while that chunk loads.
 * `validateSearch` says what its URL may carry beyond the frame's own.
 */

const now = createRoute({
  getParentRoute: () => root,
  path: '/',
  loader: ({ context }) => void context.client.prefetchQuery(nowQuery),
  component: page(() => import('./pages/now/now-page.tsx'), 'NowPage'),
});

const campaigns = createRoute({
  getParentRoute: () => root,
  path: '/campaigns',
  loader: ({ context }) => void context.client.prefetchQuery(campaignsQuery),
  component: page(() => import('./pages/campaigns/campaigns-page.tsx'), 'CampaignsPage'),
});

const campaign = createRoute({
  getParentRoute: () => root,
  path: '/campaigns/$id',
  validateSearch: campaignSearch,
  loader: ({ context, params }) => void context.client.prefetchQuery(campaignQuery(params.id)),
  component: page(() => import('./pages/campaigns/campaign-page.tsx'), 'CampaignPage'),
});

const incidents = createRoute({
  getParentRoute: () => root,
  path: '/incidents',
  validateSearch: incidentsSearch,
  loader: ({ context }) => void context.client.prefetchQuery(incidentsQuery),
  component: page(() => import('./pages/incidents/incidents-page.tsx'), 'IncidentsPage'),
});

const incident = createRoute({
  getParentRoute: () => root,
  path: '/incidents/$id',
  validateSearch: incidentSearch,
  loader: ({ context, params }) => void context.client.prefetchQuery(incidentQuery(params.id)),
  component: page(() => import('./pages/incidents/incident-page.tsx'), 'IncidentPage'),
});

const alerts = createRoute({
  getParentRoute: () => root,
  path: '/alerts',
  validateSearch: alertsSearch,
  loader: ({ context }) => void context.client.prefetchQuery(alertRulesQuery),
  component: page(() => import('./pages/alerts/alerts-page.tsx'), 'AlertsPage'),
});

const alert = createRoute({
  getParentRoute: () => root,
  path: '/alerts/$name',
  loader: ({ context }) => void context.client.prefetchQuery(alertRulesQuery),
  component: page(() => import('./pages/alerts/alert-page.tsx'), 'AlertPage'),
});

const runbooks = createRoute({
  getParentRoute: () => root,
  path: '/runbooks',
  component: page(() => import('./pages/runbooks/runbooks-page.tsx'), 'RunbooksPage'),
});

const runbook = createRoute({
  getParentRoute: () => root,
  path: '/runbooks/$id',
  validateSearch: runbookSearch,
  component: page(() => import('./pages/runbooks/runbook-page.tsx'), 'RunbookPage'),
});

const explore = createRoute({
  getParentRoute: () => root,
  path: '/explore',
  validateSearch: exploreSearch,
  component: page(() => import('./pages/explore/explore-page.tsx'), 'ExplorePage'),
});

const traces = createRoute({
  getParentRoute: () => root,
  path: '/traces',
  validateSearch: tracesSearch,
  component: page(() => import('./pages/traces/traces-page.tsx'), 'TracesPage'),
});

const trace = createRoute({
  getParentRoute: () => root,
  path: '/traces/$traceId',
  validateSearch: traceSearch,
  loader: ({ context, params }) => void context.client.prefetchQuery(traceOutlineQuery(params.traceId)),
  component: page(() => import('./pages/trace/trace-page.tsx'), 'TracePage'),
});

const logs = createRoute({
  getParentRoute: () => root,
  path: '/logs',
  validateSearch: logsSearch,
  component: page(() => import('./pages/logs/logs-page.tsx'), 'LogsPage'),
});

const services = createRoute({
  getParentRoute: () => root,
  path: '/services',
  validateSearch: servicesSearch,
  loader: ({ context }) => void context.client.prefetchQuery(servicesQuery),
  component: page(() => import('./pages/services/services-page.tsx'), 'ServicesPage'),
});

const dashboards = createRoute({
  getParentRoute: () => root,
  path: '/dashboards',
  component: page(() => import('./pages/dashboards/dashboards-page.tsx'), 'DashboardsPage'),
});

const dashboard = createRoute({
  getParentRoute: () => root,
  path: '/dashboards/$uid',
  component: page(() => import('./pages/dashboards/dashboard-page.tsx'), 'DashboardPage'),
});

const reviews = createRoute({
  getParentRoute: () => root,
  path: '/reviews',
  component: page(() => import('./pages/reviews/reviews-page.tsx'), 'ReviewsPage'),
});

const drills = createRoute({
  getParentRoute: () => root,
  path: '/drills',
  component: page(() => import('./pages/drills/drills-page.tsx'), 'DrillsPage'),
});

const settings = createRoute({
  getParentRoute: () => root,
  path: '/settings',
  component: page(() => import('./pages/settings/settings-page.tsx'), 'SettingsPage'),
});

const tree = root.addChildren([
  now,
  campaigns,
  campaign,
  incidents,
  incident,
  alerts,
  alert,
  runbooks,
  runbook,
  explore,
  traces,
  trace,
  logs,
  services,
  dashboards,
  dashboard,
  reviews,
  drills,
  settings,
]);

/** The router; a link under the pointer or the finger begins to load its page. */
export function createAppRouter(client: QueryClient) {
  return createRouter({
    routeTree: tree,
    context: { client },
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPreloadStaleTime: 0,
    defaultErrorComponent: BrokenPage,
    scrollRestoration: true,
  });
}
