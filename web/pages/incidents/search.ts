import { z } from 'zod';

export const incidentsSearch = z.object({
  show: z.enum(['open', 'resolved', 'all']).optional().catch(undefined),
});

export const INCIDENT_PARTS = ['step', 'timeline', 'people'] as const;
export const TIMELINE_FILTERS = ['all', 'people', 'alerts', 'updates', 'steps'] as const;

export const incidentSearch = z.object({
  /** Which part a phone shows. */
  part: z.enum(INCIDENT_PARTS).optional().catch(undefined),
  filter: z.enum(TIMELINE_FILTERS).optional().catch(undefined),
  runbook: z.string().optional().catch(undefined),
  step: z.string().optional().catch(undefined),
});
