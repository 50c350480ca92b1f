import { z } from 'zod';

/** An alert's `severity` label. */
export const alertSeverity = z.enum(['page', 'ticket', 'info']);
export type AlertSeverity = z.infer<typeof alertSeverity>;

/** An incident's severity; SEV1 is the worst. */
export const incidentSeverity = z.enum(['SEV1', 'SEV2', 'SEV3', 'SEV4']);
export type IncidentSeverity = z.infer<typeof incidentSeverity>;
