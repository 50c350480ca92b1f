import { type Span, spansOfId } from '../../model/api/trace.ts';
import { request } from './request.ts';

/** GET /api/traces/{traceId}/spans/{spanId}: one span, or some of different kinds. */
export async function fetchSpans(
  traceId: string,
  spanId: string,
  signal?: AbortSignal,
): Promise<readonly Span[]> {
  const path = `/api/traces/${encodeURIComponent(traceId)}/spans/${encodeURIComponent(spanId)}`;
  return (await request(path, spansOfId, { signal })).spans;
}
