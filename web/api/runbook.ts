import { type RunbookDetail, runbookDetail } from '../../model/api/runbook.ts';
import { request } from './request.ts';

/** GET /api/runbooks/{id}: its steps, in `language` where there is a translation. */
export const fetchRunbook = (
  id: string,
  language: 'en' | 'zh',
  signal?: AbortSignal,
): Promise<RunbookDetail> =>
  request(`/api/runbooks/${encodeURIComponent(id)}`, runbookDetail, { search: { lang: language }, signal });
