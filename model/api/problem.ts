import { z } from 'zod';

/** The body of every refusal by `/api/*`: what is wrong, where in the request, and what to do. */
export const problem = z.object({
  error: z.object({ code: z.string(), message: z.string(), at: z.string().optional() }),
});
