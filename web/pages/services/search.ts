import { z } from 'zod';

/** Everything that the page of services shows, beside the frame's time range and campaign. */
export const servicesSearch = z.object({
  /** The service, database, queue or peer in focus. */
  service: z.string().min(1).optional().catch(undefined),
  /** Without it: the map, and on a phone the list. */
  view: z.enum(['map', 'list']).optional().catch(undefined),
});
export type ServicesSearch = z.infer<typeof servicesSearch>;
