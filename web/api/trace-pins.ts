import { z } from 'zod';
import { type TracePin, tracePin, tracePinList } from '../../model/api/trace-pin.ts';
import { request } from './request.ts';

/** GET /api/traces/pins: traces that are kept as evidence. */
export const fetchPins = async (signal?: AbortSignal): Promise<readonly TracePin[]> =>
  (await request('/api/traces/pins', tracePinList, { signal })).pins;

const pathOf = (traceId: string): string => `/api/traces/${encodeURIComponent(traceId)}/pin`;

/** POST /api/traces/{traceId}/pin */
export const pinTrace = (traceId: string, by: string, note: string): Promise<TracePin> =>
  request(pathOf(traceId), tracePin, { body: { by, note } });

/** DELETE /api/traces/{traceId}/pin: takes off one pin, that of an incident where it is of one. */
export const unpinTrace = ({ traceId, incidentId }: TracePin, by: string): Promise<unknown> =>
  request(pathOf(traceId), z.unknown(), {
    method: 'DELETE',
    search: { by, incident: incidentId ?? undefined },
  });
