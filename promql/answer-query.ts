import type { Promql, QueryOptions } from './engine.ts';
import { encodeAnswer } from './http-format.ts';
import type { QueryError, QueryResult, QueryStats } from './result.ts';

/** A query as it is asked; times are epoch milliseconds. */
export type QueryAsk =
  | { readonly kind: 'instant'; readonly query: string; readonly timeMs: number }
  | {
      readonly kind: 'range';
      readonly query: string;
      readonly startMs: number;
      readonly endMs: number;
      readonly stepMs: number;
    };

export interface AnswerQueryOptions extends QueryOptions {
  /** At most so many series; 0 or absent: all. */
  readonly limit?: number | undefined;
  /** Whether the body is to say what the query took. */
  readonly stats?: boolean | undefined;
  /** Milliseconds that it waited for its turn, which are part of what it took. */
  readonly waitedMs?: number | undefined;
}

/** The JSON body of Prometheus's API in pieces, none of which is worked out before it is asked for; or why there is none. */
export type QueryAnswer =
  | {
      readonly ok: true;
      readonly stats: Pick<QueryStats, 'samples'>;
      readonly body: Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
    }
  | { readonly ok: false; readonly error: QueryError };

/** Answers queries for an HTTP API. Never throws before the body is asked for. */
export type AnswerQuery = (ask: QueryAsk, options: AnswerQueryOptions) => Promise<QueryAnswer>;

/** Answers with an engine of this process. */
export const answeringWith =
  (promql: Promql, clock: { monotonic(): number }): AnswerQuery =>
  async (ask, { limit, stats, waitedMs = 0, ...options }) => {
    const came = clock.monotonic();
    const result = await runQuery(promql, ask, options);
    if (!result.ok) return result;
    const tookMs = stats ? waitedMs + clock.monotonic() - came : undefined;
    return { ok: true, stats: result.stats, body: encodeAnswer(result, { limit, tookMs }) };
  };

function runQuery(promql: Promql, ask: QueryAsk, options: QueryOptions): Promise<QueryResult> {
  return ask.kind === 'instant'
    ? promql.instant(ask.query, ask.timeMs, options)
    : promql.range(ask.query, ask.startMs, ask.endMs, ask.stepMs, options);
}
