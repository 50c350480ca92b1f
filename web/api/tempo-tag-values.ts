import { z } from 'zod';
import { getTempo } from './tempo-answer.ts';

const answer = z.object({
  tagValues: z.array(z.object({ type: z.string(), value: z.string() })).default([]),
});
export type TagValue = z.infer<typeof answer>['tagValues'][number];

/** GET /tempo/api/v2/search/tag/{tag}/values: values of a field, of the spans that match `q` where it is given. */
export const fetchTagValues = async (
  field: string,
  range: { readonly fromMs: number; readonly toMs: number },
  q?: string,
  signal?: AbortSignal,
): Promise<readonly TagValue[]> =>
  (
    await getTempo(
      `v2/search/tag/${encodeURIComponent(field)}/values`,
      { start: Math.floor(range.fromMs / 1_000), end: Math.ceil(range.toMs / 1_000), q },
      answer,
      signal,
    )
  ).tagValues;
