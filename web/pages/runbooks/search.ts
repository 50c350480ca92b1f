import { z } from 'zod';

export const runbookSearch = z.object({
  venue: z.string().optional().catch(undefined),
  incident: z.string().optional().catch(undefined),
});
