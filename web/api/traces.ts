import { type TraceSearchResult, traceSearchResult } from '../../model/api/trace.ts';
import { request, type Search } from './request.ts';

/** A search; times in epoch milliseconds. */
export interface TraceSearch extends Search {
  /** TraceQL that finds traces. */
  readonly q: string;
  readonly start: number;
  readonly end: number;
  readonly limit: number;
  /** Spans shown of a spanset; 0: all. The product's own choice unless told. */
  readonly spss?: number | undefined;
}

/** GET /api/traces: traces with spans that match, the newest first. */
export const searchTraces = (search: TraceSearch, signal?: AbortSignal): Promise<TraceSearchResult> =>
  request('/api/traces', traceSearchResult, { search, signal });
