import { z } from 'zod';
import { type AlertRule, alertRule } from '../../../model/api/alert.ts';
import { type NowPage, nowPage, type ServiceHealth, serviceHealth } from '../../../model/api/now.ts';
import { defineRoute, type Route } from '../route.ts';

export interface WatchReads {
  now(abort: AbortSignal): Promise<NowPage>;
  rules(): AlertRule[];
  services(abort: AbortSignal): Promise<ServiceHealth[]>;
}

export const watchRoutes = (watch: WatchReads): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/now',
    summary: 'What is happening: incidents, campaigns, alerts, telemetry health',
    response: nowPage,
    handle: ({ abort }) => watch.now(abort),
  }),
  defineRoute({
    method: 'get',
    path: '/api/alerts',
    summary: 'Every alerting rule with its state, why, and its instances',
    response: z.object({ rules: z.array(alertRule) }),
    handle: async () => ({ rules: watch.rules() }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/services',
    summary: 'When each service was last heard of, by signal',
    response: z.object({ services: z.array(serviceHealth) }),
    handle: async ({ abort }) => ({ services: await watch.services(abort) }),
  }),
];
