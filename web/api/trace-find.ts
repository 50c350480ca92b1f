import type { z } from 'zod';
import { foundInTrace } from '../../model/api/trace.ts';
import { request } from './request.ts';

/** GET /api/traces/{traceId}/find: the spans that meet all words of a text. */
export async function findInTrace(
  traceId: string,
  text: string,
  signal?: AbortSignal,
): Promise<z.infer<typeof foundInTrace>['spans']> {
  const path = `/api/traces/${encodeURIComponent(traceId)}/find`;
  return (await request(path, foundInTrace, { search: { text }, signal })).spans;
}
