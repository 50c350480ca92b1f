import { readOutline, type TraceOutline } from '../../model/api/trace-outline.ts';
import { requestBytes } from './request.ts';

/** GET /api/traces/{traceId}/outline: every span that was received of it, up to 100,000, without attributes. */
export const fetchTraceOutline = (traceId: string, signal?: AbortSignal): Promise<TraceOutline> =>
  requestBytes(`/api/traces/${encodeURIComponent(traceId)}/outline`, readOutline, { signal });
