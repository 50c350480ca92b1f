import { outlineColumns, outlineOf, type TraceOutline } from '../../model/api/trace-outline.ts';
import { request } from './request.ts';

/** GET /api/traces/{traceId}/outline: every span that was received of it, up to 100,000, without attributes. */
export const fetchTraceOutline = async (traceId: string, signal?: AbortSignal): Promise<TraceOutline> =>
  outlineOf(await request(`/api/traces/${encodeURIComponent(traceId)}/outline`, outlineColumns, { signal }));
