import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError, type TooMuch, TooMuchError } from '../../promql/queryable.ts';
import { StoreError } from '../clickhouse/errors.ts';

/** ClickHouse's code for a query that took longer than it may. */
const TIMEOUT_EXCEEDED = 159;

/** What a read may not exceed, and which limit that is. */
type Allowed = readonly [limit: TooMuch, allowed: number];

/** A failed read of ClickHouse in PromQL's terms; what is none stays as it is. */
function promqlFailure(error: unknown, allowed: Allowed): unknown {
  if (!(error instanceof StoreError)) return error;
  if (error.clickhouseCode === TIMEOUT_EXCEEDED) return new QueryTimeoutError('reading from the store');
  if (error.failure === 'too_much') return new TooMuchError(...allowed);
  return error.retryable ? new StoreUnavailableError(error.message, { cause: error }) : error;
}

/** Runs reads that `abort` ends, and says their failures in PromQL's terms. */
export type Guarded = <T>(abort: AbortSignal | undefined, read: () => Promise<T>) => Promise<T>;

export const guarding =
  (...allowed: Allowed): Guarded =>
  async (abort, read) => {
    try {
      return await read();
    } catch (error) {
      throw abort?.aborted ? abort.reason : promqlFailure(error, allowed);
    }
  };
