import { z } from 'zod';

export const ALERT_FILTERS = ['all', 'firing', 'pending', 'blind', 'inactive'] as const;

export const alertsSearch = z.object({ state: z.enum(ALERT_FILTERS).optional().catch(undefined) });
