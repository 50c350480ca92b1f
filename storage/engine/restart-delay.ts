const FIRST_MS = 50;
const LAST_MS = 5_000;
const GOOD_RUN_MS = 60_000;

/** How long to wait before what has ended is started again: twice as long each time, and as at first once it had run for a minute. */
export class RestartDelay {
  #nextMs = FIRST_MS;

  /** It ended after running for so long. */
  ended(ranMs: number): void {
    if (ranMs > GOOD_RUN_MS) this.#nextMs = FIRST_MS;
  }

  /** Milliseconds, from 50 to 5,000. */
  next(): number {
    const now = this.#nextMs;
    this.#nextMs = Math.min(now * 2, LAST_MS);
    return now;
  }
}
