import type { TooMuch } from '../../promql/queryable.ts';
import type { StoreFailure } from '../../storage/clickhouse/errors.ts';

/** Rules and campaigns do not wait behind people. */
export type Priority = 'rules' | 'people';

/** Everything that can be asked of a thread, and what each gives; plain data both. */
export type CallsOf<Calls> = {
  readonly [Name in keyof Calls]: { readonly ask: unknown; readonly answer: unknown };
};

/** What every thread is started with, beside what it alone is. */
export interface ThreadData {
  /** One Int32 in shared memory that the thread raises while it is alive to others. */
  readonly pulse: Int32Array<SharedArrayBuffer>;
}

export interface CallMessage {
  readonly type: 'call';
  readonly id: number;
  readonly priority: Priority;
  readonly op: PropertyKey;
  readonly ask: unknown;
  /** One Int32 in shared memory; not 0: nobody waits any more. A thread that computes reads this, but no messages. */
  readonly given: Int32Array<SharedArrayBuffer>;
}

export type ToThread<News> =
  | CallMessage
  | { readonly type: 'abort'; readonly id: number }
  /** The last piece was taken. */
  | { readonly type: 'more'; readonly id: number }
  /** What every thread of its kind is told, whoever asks. */
  | { readonly type: 'news'; readonly news: News };

export type FromThread =
  | { readonly type: 'ready' }
  /** Some bytes of an answer that is long. The next one comes when this one was taken. */
  | { readonly type: 'piece'; readonly id: number; readonly piece: Uint8Array<ArrayBuffer> }
  | { readonly type: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly type: 'fault'; readonly id: number; readonly fault: QueryFault };

/** An error on its way between threads, where classes are lost. */
export type QueryFault =
  | { readonly kind: 'too_much'; readonly limit: TooMuch; readonly allowed: number }
  | { readonly kind: 'evaluation'; readonly message: string }
  | { readonly kind: 'unavailable'; readonly message: string }
  | { readonly kind: 'store'; readonly failure: StoreFailure; readonly message: string }
  | { readonly kind: 'defect'; readonly message: string; readonly stack: string };
