import { type LogRecord, logSearchResult } from '../../model/api/log.ts';
import { request } from './request.ts';

/** GET /api/logs: the newest records of one trace; times in epoch milliseconds. */
export const fetchTraceLogs = async (
  trace: string,
  start: number,
  end: number,
  signal?: AbortSignal,
): Promise<readonly LogRecord[]> =>
  (await request('/api/logs', logSearchResult, { search: { trace, start, end, limit: 1_000 }, signal }))
    .records;
