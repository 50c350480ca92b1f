import type { LogRecord, LogTailEvent } from '../../../model/api/log.ts';

/** A record with a number of its own: records as such have no identity. */
export interface TailedRecord {
  readonly key: number;
  readonly record: LogRecord;
}

/** What a live tail has shown and holds back; both newest first. */
export interface TailState {
  readonly shown: readonly TailedRecord[];
  /** Came while the reader was elsewhere or had paused. */
  readonly waiting: readonly TailedRecord[];
  /** Came and will not be shown: too many at once for the product, or too long held back. */
  readonly dropped: number;
  /** Why nothing comes at the moment. */
  readonly delayed: string | null;
  readonly nextKey: number;
}

export const EMPTY_TAIL: TailState = { shown: [], waiting: [], dropped: 0, delayed: null, nextKey: 0 };

const MOST_SHOWN = 500;
const MOST_WAITING = 500;

/** What has come joins what is shown, or waits while `isHeld`. */
export function received(state: TailState, event: LogTailEvent, isHeld: boolean): TailState {
  if (event.kind === 'hello') return { ...state, delayed: null };
  if (event.kind === 'delayed') return { ...state, delayed: event.reason };
  const fresh = event.records
    .map((record, index): TailedRecord => ({ key: state.nextKey + index, record }))
    .toReversed();
  const waiting = [...fresh, ...state.waiting];
  const next: TailState = {
    ...state,
    delayed: null,
    dropped: state.dropped + event.dropped + Math.max(0, waiting.length - MOST_WAITING),
    waiting: waiting.slice(0, MOST_WAITING),
    nextKey: state.nextKey + fresh.length,
  };
  return isHeld ? next : released(next);
}

/** What waited is shown; the oldest go. */
export const released = (state: TailState): TailState =>
  state.waiting.length === 0
    ? state
    : { ...state, waiting: [], shown: [...state.waiting, ...state.shown].slice(0, MOST_SHOWN) };
