import type { ItemKinds } from './wire/walk.ts';

/** Why a whole request is refused although it may be fine: it may be sent again. */
export type RetryableReason = 'in_flight' | 'wal_full' | 'wal_failed' | 'stopping';
/** Why a whole request is refused for good. */
export type FinalReason =
  | 'malformed'
  | 'body_too_large'
  | 'content_type'
  | 'content_encoding'
  | 'unauthenticated'
  | 'method'
  | 'client_gone'
  | 'timeout'
  /** A fault of ours; it is in the log. */
  | 'internal';

/** What became of one request. */
export type IngestResult = Accepted | RefusedForNow | RefusedForGood;

/** Durable, apart from `rejected` items. A request without items is accepted too. */
export interface Accepted {
  readonly outcome: 'accepted';
  readonly items: number;
  readonly rejected: number;
  /** Why items were rejected; empty if none was. */
  readonly message: string;
  /** The items that are durable by what they are. */
  readonly kinds: ItemKinds;
}

/** Nothing was stored; the same request may succeed later. */
export interface RefusedForNow {
  readonly outcome: 'refused';
  readonly retryable: true;
  readonly reason: RetryableReason;
  readonly message: string;
  readonly retryAfterSeconds: number;
}

/** Nothing was stored, and the same request never will be. */
export interface RefusedForGood {
  readonly outcome: 'refused';
  readonly retryable: false;
  readonly reason: FinalReason;
  readonly message: string;
}

export const refuseForGood = (reason: FinalReason, message: string): RefusedForGood => ({
  outcome: 'refused',
  retryable: false,
  reason,
  message,
});

export const refuseForNow = (
  reason: RetryableReason,
  message: string,
  retryAfterSeconds: number,
): RefusedForNow => ({ outcome: 'refused', retryable: true, reason, message, retryAfterSeconds });
