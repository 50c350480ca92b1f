import { z } from 'zod';

/**
 * GET /api/stream: server-sent events. `event:` is `change`, `data:` one of these as JSON. A page that gets one
 * fetches again what it shows of that subject. `hello` comes first on each connection, `id:` counts up.
 */
export const changeEvent = z.discriminatedUnion('subject', [
  z.object({ subject: z.literal('hello'), atMs: z.number(), version: z.string() }),
  z.object({ subject: z.literal('incident'), id: z.string(), sequence: z.number().int() }),
  z.object({ subject: z.literal('alerts') }),
  z.object({ subject: z.literal('campaigns') }),
  z.object({ subject: z.literal('annotations') }),
]);
export type ChangeEvent = z.infer<typeof changeEvent>;
