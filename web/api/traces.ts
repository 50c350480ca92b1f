import { type TraceSearchResult, traceSearchResult } from '../../model/api/trace.ts';
import { request, type Search } from './request.ts';

/** What a search may ask for, as TraceQL or field by field; durations in milliseconds, times in epoch milliseconds. */
export interface TraceSearch extends Search {
  readonly q?: string | undefined;
  /** Spans shown of a spanset; 0: all. */
  readonly spss?: number | undefined;
  readonly service?: string | undefined;
  readonly name?: string | undefined;
  readonly campaign?: string | undefined;
  readonly status?: 'ok' | 'error' | 'unset' | undefined;
  readonly minDurationMs?: number | undefined;
  readonly maxDurationMs?: number | undefined;
  readonly start?: number | undefined;
  readonly end?: number | undefined;
  readonly limit?: number | undefined;
}

/** GET /api/traces: traces with a span that fits, the newest first. */
export const searchTraces = (search: TraceSearch, signal?: AbortSignal): Promise<TraceSearchResult> =>
  request('/api/traces', traceSearchResult, { search, signal });
