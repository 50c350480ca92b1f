import { type TraceDetail, traceDetail } from '../../model/api/trace.ts';
import { request } from './request.ts';

/** GET /api/traces/{traceId}: every span that was received of it. */
export const fetchTrace = (traceId: string, signal?: AbortSignal): Promise<TraceDetail> =>
  request(`/api/traces/${encodeURIComponent(traceId)}`, traceDetail, { signal });
