import { type NowPage, nowPage } from '../../model/api/now.ts';
import { request } from './request.ts';

/** GET /api/now: what is happening. */
export const fetchNow = (signal?: AbortSignal): Promise<NowPage> => request('/api/now', nowPage, { signal });
