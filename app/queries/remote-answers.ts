import type { AnswerQuery } from '../../promql/answer-query.ts';
import type { QueryError } from '../../promql/result.ts';
import { piecesOf } from '../threads/pieces.ts';
import { readHead } from './answer-pieces.ts';
import { GRACE_MS, type RemoteOptions, whyNot } from './remote-promql.ts';

/**
 * Answers that the query thread works out and encodes: of a long one nothing but its bytes passes through here, as they are taken. A place is
 * held while the answer is worked out, not while a slow client takes it.
 */
export function createRemoteAnswers({
  thread,
  priority,
  gate,
  timeoutMs: longestMs,
}: RemoteOptions): AnswerQuery {
  return async (query, { timeoutMs = longestMs, abort = new AbortController().signal, ...options }) => {
    const came = performance.now();
    let error: QueryError | null = null;
    const ask = (leftMs: number) =>
      piecesOf(async (onPiece, ended) => {
        const deadlineMs = leftMs + GRACE_MS;
        const call = { priority, abort: ended, deadlineMs, onPiece };
        const waitedMs = performance.now() - came;
        error = await thread.call('answer', { query, timeoutMs: leftMs, waitedMs, ...options }, call);
      }, abort);
    let pieces: AsyncGenerator<Uint8Array> | undefined;
    try {
      const first = await gate(Math.min(timeoutMs, longestMs), abort, (leftMs) => {
        pieces = ask(leftMs);
        return pieces.next();
      });
      return first.done
        ? { ok: false, error: error! }
        : { ok: true, stats: readHead(first.value), body: pieces! };
    } catch (thrown) {
      return { ok: false, error: whyNot(thrown, abort) };
    }
  };
}
