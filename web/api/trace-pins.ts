import { z } from 'zod';
import { request } from './request.ts';

const pins = z.object({ pins: z.array(z.object({ traceId: z.string() })) });

/** A trace that is kept as evidence. */
export type TracePin = z.infer<typeof pins>['pins'][number];

/** GET /api/traces/pins */
export const fetchPins = async (signal?: AbortSignal): Promise<readonly TracePin[]> =>
  (await request('/api/traces/pins', pins, { signal })).pins;

/** POST /api/traces/{traceId}/pin */
export const pinTrace = (traceId: string): Promise<unknown> =>
  request(`/api/traces/${encodeURIComponent(traceId)}/pin`, z.unknown(), { body: {} });
