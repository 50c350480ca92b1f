import { z } from 'zod';
import { alertSeverity } from '../severity.ts';

/** `no_data`: the rule's metric is not there; `error`: its query failed. Neither is the same as `inactive`. */
export const alertState = z.enum(['inactive', 'pending', 'firing', 'no_data', 'error']);
export type AlertState = z.infer<typeof alertState>;

/** One labelled instance of an alerting rule that is pending or firing, or was and has just been resolved. */
export const alertInstance = z.object({
  /** Hash of the labels, as Alertmanager's. */
  fingerprint: z.string(),
  name: z.string(),
  state: alertState,
  severity: alertSeverity,
  safety: z.boolean(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  value: z.number().nullable(),
  activeAtMs: z.number(),
  firedAtMs: z.number().nullable(),
  resolvedAtMs: z.number().nullable(),
  runbookId: z.string().nullable(),
  campaignId: z.string().nullable(),
  incidentId: z.string().nullable(),
  /** Why it keeps its state without an answer: its query fails, its metric vanished, the clock jumped. */
  unconfirmed: z.string().optional(),
});
export type AlertInstance = z.infer<typeof alertInstance>;

/** A rule with its worst state, why it is so, and what its evaluation costs. */
export const alertRule = z.object({
  name: z.string(),
  group: z.string(),
  file: z.string(),
  query: z.string(),
  forMs: z.number(),
  keepFiringForMs: z.number(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  runbookId: z.string().nullable(),
  state: alertState,
  /** Why it is in that state, e.g. `no series named order_units_total`. */
  reason: z.string(),
  lastEvaluationMs: z.number().nullable(),
  evaluationMs: z.number().nullable(),
  instances: z.array(alertInstance),
});
export type AlertRule = z.infer<typeof alertRule>;
