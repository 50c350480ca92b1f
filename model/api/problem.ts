import { z } from 'zod';

/** The body of every refusal by `/api/*`: what is wrong, where in the request, and what to do. */
export const problem = z.object({
  error: z.object({
    code: z.string(),
    message: z.string(),
    at: z.string().optional(),
    /** Of a query that cannot be read: the part that is at fault, in code units of its text. */
    position: z.object({ start: z.number().int(), end: z.number().int() }).optional(),
  }),
});
