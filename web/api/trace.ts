import { type TraceDetail, traceDetail } from '../../model/api/trace.ts';
import { request } from './request.ts';

/** GET /api/traces/{traceId}: all that every span of it says. For traces of thousands of spans, not of 100,000. */
export const fetchTrace = (traceId: string, signal?: AbortSignal): Promise<TraceDetail> =>
  request(`/api/traces/${encodeURIComponent(traceId)}`, traceDetail, { signal });
