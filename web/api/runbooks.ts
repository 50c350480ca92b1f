import { z } from 'zod';
import { type RunbookSummary, runbookSummary } from '../../model/api/runbook.ts';
import { request } from './request.ts';

const answer = z.object({ runbooks: z.array(runbookSummary) });

/** GET /api/runbooks: all of them, in `language` where there is a translation. */
export const fetchRunbooks = async (language: 'en' | 'zh', signal?: AbortSignal): Promise<RunbookSummary[]> =>
  (await request('/api/runbooks', answer, { search: { lang: language }, signal })).runbooks;
