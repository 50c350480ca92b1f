/** A token bucket: `perSecond` requests a second on the long run, two seconds' worth at once. */
export class Limiter {
  readonly perSecond: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAtMs: number;

  constructor(perSecond: number, now: () => number) {
    this.perSecond = perSecond;
    this.#now = now;
    this.#tokens = perSecond * 2;
    this.#filledAtMs = now();
  }

  /** Whether one more request fits now. A clock that jumps back adds nothing and takes nothing. */
  admit(): boolean {
    const nowMs = this.#now();
    const elapsedSeconds = Math.max(0, nowMs - this.#filledAtMs) / 1_000;
    this.#filledAtMs = nowMs;
    this.#tokens = Math.min(this.perSecond * 2, this.#tokens + elapsedSeconds * this.perSecond);
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
