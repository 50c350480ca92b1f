import { z } from 'zod';

export const exploreSearch = z.object({
  /** One query or several. */
  expr: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .catch(undefined),
  mode: z.enum(['range', 'instant']).optional().catch(undefined),
  view: z.enum(['graph', 'table']).optional().catch(undefined),
});
