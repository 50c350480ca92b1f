import { z } from 'zod';
import { getTempo } from './tempo-answer.ts';

const answer = z.object({
  scopes: z.array(z.object({ name: z.string(), tags: z.array(z.string()).default([]) })).default([]),
});

/** GET /tempo/api/v2/search/tags: the attributes that spans have, by scope. */
export const fetchTraceTags = async (
  range: { readonly fromMs: number; readonly toMs: number },
  signal?: AbortSignal,
): Promise<readonly { readonly name: string; readonly tags: readonly string[] }[]> =>
  (
    await getTempo(
      'v2/search/tags',
      { start: Math.floor(range.fromMs / 1_000), end: Math.ceil(range.toMs / 1_000) },
      answer,
      signal,
    )
  ).scopes;
