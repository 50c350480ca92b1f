import { z } from 'zod';

/** A trace that is kept for ever, as evidence of an incident or of nothing in particular. Ids of traces are 32 lower-case hex digits. */
export const tracePin = z.object({
  traceId: z.string(),
  incidentId: z.string().nullable(),
  by: z.string(),
  atMs: z.number(),
  note: z.string(),
});
export type TracePin = z.infer<typeof tracePin>;

/** GET /api/traces/pins, the newest first. */
export const tracePinList = z.object({ pins: z.array(tracePin) });

const by = z.string().trim().min(1).max(100).default('somebody');

/** POST /api/traces/{id}/pin; `by` is the name of who does it. */
export const tracePinRequest = z.strictObject({
  by,
  incidentId: z.string().min(1).max(200).nullable().default(null),
  note: z.string().trim().max(2_000).default(''),
});

/** DELETE /api/traces/{id}/pin: of an incident's pin, with the incident. */
export const traceUnpinQuery = z.strictObject({ by, incident: z.string().min(1).max(200).optional() });
