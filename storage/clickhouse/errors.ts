import { ClickHouseError } from '@clickhouse/client';
import { TidewardenError } from '../../model/errors.ts';

/** Why a query failed, for who must decide what to do about it. */
export type StoreFailure =
  /** The store was not reached or is busy; the same query may succeed in a moment. */
  | 'unavailable'
  /** It took longer or read more than its limits allow. */
  | 'too_much'
  /** Memory ran out: a smaller query may succeed, or this one later. */
  | 'memory'
  /** The caller went away. */
  | 'aborted'
  /** The query or its data is wrong; repeating it is useless. */
  | 'rejected';

/** A query that failed in ClickHouse, or did not get there. `code` is `store_<failure>`. */
export class StoreError extends TidewardenError {
  override readonly name = 'StoreError';
  readonly failure: StoreFailure;
  /** ClickHouse's error code; null when it did not answer. */
  readonly clickhouseCode: number | null;
  constructor(
    failure: StoreFailure,
    message: string,
    clickhouseCode: number | null = null,
    options?: ErrorOptions,
  ) {
    super(`store_${failure}`, message, options);
    this.failure = failure;
    this.clickhouseCode = clickhouseCode;
  }

  /** Whether the same query may succeed later. */
  get retryable(): boolean {
    return this.failure === 'unavailable' || this.failure === 'memory';
  }
}

/** Whether the same question for less may be answered. */
export const isTooMuch = (error: unknown): boolean =>
  error instanceof StoreError && (error.failure === 'too_much' || error.failure === 'memory');

const FAILURE_BY_CODE: Readonly<Record<number, StoreFailure>> = {
  /** CANNOT_ALLOCATE_MEMORY, MEMORY_LIMIT_EXCEEDED */
  173: 'memory',
  241: 'memory',
  /** TOO_MANY_ROWS, TIMEOUT_EXCEEDED, TOO_SLOW, TOO_MANY_BYTES, TOO_MANY_ROWS_OR_BYTES */
  158: 'too_much',
  159: 'too_much',
  160: 'too_much',
  307: 'too_much',
  396: 'too_much',
  /** QUERY_WAS_CANCELLED */
  394: 'aborted',
  /** TOO_MANY_SIMULTANEOUS_QUERIES, SOCKET_TIMEOUT, NETWORK_ERROR, ABORTED, TOO_MANY_PARTS, NOT_ENOUGH_SPACE, FILE errors */
  202: 'unavailable',
  209: 'unavailable',
  210: 'unavailable',
  236: 'unavailable',
  252: 'unavailable',
  243: 'unavailable',
  74: 'unavailable',
  75: 'unavailable',
  76: 'unavailable',
  /** AUTHENTICATION_FAILED: the embedded engine was replaced, or a server's users change */
  516: 'unavailable',
};

/** What `@clickhouse/client` threw, as a {@link StoreError}. `what` names the query for people. Throws what is no failure of the store. */
export function toStoreError(error: unknown, what: string, abort?: AbortSignal): StoreError {
  if (error instanceof StoreError) return error;
  if (abort?.aborted === true)
    return new StoreError('aborted', `${what}: nobody waits for it any more`, null, { cause: error });
  if (error instanceof ClickHouseError) {
    const code = Number(error.code);
    return new StoreError(
      FAILURE_BY_CODE[code] ?? 'rejected',
      `${what}: ${error.message} (${error.type ?? code})`,
      code,
      { cause: error },
    );
  }
  // A mistake in our own code must not look like a store that is away for a moment.
  if (error instanceof ReferenceError || error instanceof RangeError || error instanceof TypeError)
    throw error;
  const message = error instanceof Error ? error.message : String(error);
  return new StoreError('unavailable', `${what}: ClickHouse did not answer (${message}); try again`, null, {
    cause: error,
  });
}
