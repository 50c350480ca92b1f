import { z } from 'zod';
import { alertInstance } from './alert.ts';
import { campaignSummary } from './campaign.ts';
import { incidentSummary } from './incident.ts';

/** One service's telemetry: when each signal was last received; null: never in the last day. */
export const serviceHealth = z.object({
  service: z.string(),
  instances: z.number().int(),
  tracesMs: z.number().nullable(),
  metricsMs: z.number().nullable(),
  logsMs: z.number().nullable(),
  /** Spans, samples and log records a second over the last five minutes. */
  spansPerSecond: z.number(),
  errorRatio: z.number().nullable(),
  state: z.enum(['good', 'late', 'silent']),
});
export type ServiceHealth = z.infer<typeof serviceHealth>;

/** GET /api/now: what is happening. */
export const nowPage = z.object({
  atMs: z.number(),
  incidents: z.array(incidentSummary),
  campaigns: z.array(campaignSummary),
  alerts: z.array(alertInstance),
  services: z.array(serviceHealth),
  /** Rules that cannot say anything: no data or error. */
  blindRules: z.array(
    z.object({ name: z.string(), state: z.enum(['no_data', 'error']), reason: z.string() }),
  ),
});
export type NowPage = z.infer<typeof nowPage>;
