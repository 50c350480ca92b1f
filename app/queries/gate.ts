import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import { Slots } from '../../storage/engine/slots.ts';

/** Runs work at its turn, within `timeoutMs` in all; `work` is told what is left of it. */
export type Gate = <T>(
  timeoutMs: number,
  abort: AbortSignal | undefined,
  work: (leftMs: number) => Promise<T>,
) => Promise<T>;

/** For who never waits. */
export const openGate: Gate = (timeoutMs, _, work) => work(timeoutMs);

/**
 * At most `running` things at a time, first come first served, and as many waiting as `queue`.
 * @throws StoreUnavailableError when more wait, QueryTimeoutError when its time is over before its turn, the abort
 * signal's reason.
 */
export function limitedGate(running: number, queue: number, monotonic: () => number): Gate {
  const slots = new Slots(running, queue);
  return async (timeoutMs, abort, work) => {
    abort?.throwIfAborted();
    const came = monotonic();
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    const ended = abort === undefined ? timeout.signal : AbortSignal.any([abort, timeout.signal]);
    const release = await slots.acquire(ended).finally(() => clearTimeout(timer));
    if (release === 'full')
      throw new StoreUnavailableError(
        `too many queries at once (${running} run and ${queue} wait): ask again in a moment, and for fewer at a time`,
      );
    if (release === null) {
      abort?.throwIfAborted();
      throw new QueryTimeoutError('query queue');
    }
    try {
      return await work(timeoutMs - (monotonic() - came));
    } finally {
      release();
    }
  };
}
