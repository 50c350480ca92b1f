import type { Promql, QueryOptions } from '../../promql/engine.ts';
import { QueryCanceledError } from '../../promql/errors.ts';
import { formatQuery, parseQuery } from '../../promql/parse-query.ts';
import { toQueryError } from '../../promql/query-error.ts';
import type { QueryError, QueryResult } from '../../promql/result.ts';
import type { Priority } from '../threads/messages.ts';
import type { Gate } from './gate.ts';
import type { QueryThread } from './query-thread.ts';

/** How much later than its own end a query may be heard of: it ends itself between two steps of its work. */
export const GRACE_MS = 2_000;

/** Why there is no answer, of what a call or its gate threw. */
export const whyNot = (error: unknown, abort: AbortSignal | undefined): QueryError =>
  toQueryError(abort?.aborted ? new QueryCanceledError('query execution') : error);

export interface RemoteOptions {
  readonly thread: QueryThread;
  readonly priority: Priority;
  readonly gate: Gate;
  /** Of a query that names none, and the longest that one may name. */
  readonly timeoutMs: number;
}

/** The engine in the query thread; texts are parsed and formatted here. */
export function createRemotePromql({ thread, priority, gate, timeoutMs: longestMs }: RemoteOptions): Promql {
  const run = async (
    { timeoutMs = longestMs, lookbackMs, abort, explain }: QueryOptions,
    ask: (
      options: Pick<QueryOptions, 'timeoutMs' | 'lookbackMs' | 'explain'>,
      deadlineMs: number,
    ) => Promise<QueryResult>,
  ): Promise<QueryResult> => {
    try {
      return await gate(Math.min(timeoutMs, longestMs), abort, (leftMs) =>
        ask({ lookbackMs, explain, timeoutMs: leftMs }, leftMs + GRACE_MS),
      );
    } catch (error) {
      return { ok: false, error: whyNot(error, abort) };
    }
  };
  return {
    parse: parseQuery,
    format: formatQuery,
    instant: (query, timeMs, options = {}) =>
      run(options, (waiting, deadlineMs) =>
        thread.call('instant', { query, timeMs, ...waiting }, { priority, abort: options.abort, deadlineMs }),
      ),
    range: (query, startMs, endMs, stepMs, options = {}) =>
      run(options, (waiting, deadlineMs) =>
        thread.call(
          'range',
          { query, startMs, endMs, stepMs, ...waiting },
          { priority, abort: options.abort, deadlineMs },
        ),
      ),
  };
}
