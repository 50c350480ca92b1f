import type { AlertTransition, TransitionListener } from './transition.ts';

/** Transitions on their way to one listener: in order, each until it was heard. */
export interface Outbox {
  push(transition: AlertTransition): void;
  /** Delivers what waits, up to the first failure. */
  deliver(): Promise<void>;
  waiting(): number;
}

/** More than this can wait only when a listener has failed for hours; then `updated` ones, which are superseded, go first. */
const WAITING_MAX = 10_000;

/** `onFailure` hears why a delivery failed; it is tried again with the next `deliver`. */
export function createOutbox(listener: TransitionListener, onFailure: (error: unknown) => void): Outbox {
  let waiting: AlertTransition[] = [];
  let delivering: Promise<void> | null = null;
  let next: Promise<void> | null = null;

  async function run(): Promise<void> {
    for (let first = waiting[0]; first !== undefined; first = waiting[0]) {
      try {
        await listener(first);
      } catch (error) {
        onFailure(error);
        return;
      }
      waiting.shift();
    }
  }

  /** One delivery runs at a time; at most one more follows it, for what was pushed meanwhile. */
  function deliver(): Promise<void> {
    if (delivering !== null) {
      next ??= delivering.then(() => {
        next = null;
        return deliver();
      });
      return next;
    }
    delivering = run().finally(() => {
      delivering = null;
    });
    return delivering;
  }

  return {
    push: (transition) => {
      if (waiting.length >= WAITING_MAX) {
        // The first one may be in the listener's hands right now.
        waiting = waiting.filter(({ kind }, index) => index === 0 || kind !== 'updated');
      }
      waiting.push(transition);
    },
    deliver,
    waiting: () => waiting.length,
  };
}
