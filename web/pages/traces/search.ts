import { z } from 'zod';

const milliseconds = z
  .string()
  .regex(/^\d+(\.\d+)?$/)
  .optional()
  .catch(undefined);

export const tracesSearch = z.object({
  service: z.string().optional().catch(undefined),
  name: z.string().optional().catch(undefined),
  status: z.enum(['ok', 'error', 'unset']).optional().catch(undefined),
  min: milliseconds,
  max: milliseconds,
});
