/** A bounded number of things done at a time, first come first served, with a bounded queue. */
export class Slots {
  readonly #limit: number;
  readonly #queueLimit: number;
  readonly #waiting: { start(): void; abandoned: boolean }[] = [];
  #running = 0;

  constructor(limit: number, queueLimit: number) {
    this.#limit = limit;
    this.#queueLimit = queueLimit;
  }

  /**
   * Resolves to a release function once it is the caller's turn; null when `abort` fires first; `full` when the queue
   * is at its limit. The release function must be called exactly once.
   */
  acquire(abort: AbortSignal): Promise<(() => void) | null | 'full'> {
    if (this.#running < this.#limit) {
      this.#running++;
      return Promise.resolve(() => this.#release());
    }
    if (this.#waiting.length >= this.#queueLimit) return Promise.resolve('full');
    return new Promise((resolve) => {
      const onAbort = (): void => {
        entry.abandoned = true;
        this.#waiting.splice(this.#waiting.indexOf(entry), 1);
        resolve(null);
      };
      const entry = {
        abandoned: false,
        start: (): void => {
          abort.removeEventListener('abort', onAbort);
          resolve(() => this.#release());
        },
      };
      this.#waiting.push(entry);
      abort.addEventListener('abort', onAbort, { once: true });
    });
  }

  /** Running and waiting. */
  load(): { running: number; waiting: number } {
    return { running: this.#running, waiting: this.#waiting.length };
  }

  #release(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#running--;
    else next.start();
  }
}
