import { type LogCounts, type LogSearchResult, logCounts, logSearchResult } from '../../model/api/log.ts';
import { request, type Search, searchText } from './request.ts';

/** What narrows logs; `minSeverity` is OTLP's number, `where` are conditions on attributes such as `gate_id="north-1"`. */
export interface LogFilter extends Search {
  readonly trace?: string | undefined;
  readonly span?: string | undefined;
  readonly service?: string | undefined;
  readonly campaign?: string | undefined;
  readonly text?: string | undefined;
  readonly minSeverity?: number | undefined;
  readonly where?: readonly string[] | undefined;
}

/** Times in epoch milliseconds. */
export interface LogRange extends LogFilter {
  readonly start: number;
  readonly end: number;
}

export interface LogSearch extends LogRange {
  readonly limit: number;
  /** The `next` of the page before. */
  readonly before?: string | undefined;
}

/** GET /api/logs: the newest first. */
export const searchLogs = (search: LogSearch, signal?: AbortSignal): Promise<LogSearchResult> =>
  request('/api/logs', logSearchResult, { search, signal });

/** GET /api/logs/counts: how many there are in each step of the range. */
export const countLogs = (search: LogRange, signal?: AbortSignal): Promise<LogCounts> =>
  request('/api/logs/counts', logCounts, { search, signal });

/** Where the stream of records that fit is opened. */
export const logTailUrl = (filter: LogFilter): string => `/api/logs/tail${searchText(filter)}`;
