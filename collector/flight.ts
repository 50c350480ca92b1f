/** Counts the bytes of requests that are in memory, and says when there are too many. */
export class FlightBudget {
  readonly limit: number;
  #used = 0;

  constructor(limit: number) {
    this.limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** A ticket for one request; give it back exactly once. */
  board(): FlightTicket {
    return new FlightTicket((bytes) => {
      if (bytes > 0 && this.#used + bytes > this.limit) return false;
      this.#used += bytes;
      return true;
    });
  }
}

/** What one request holds of the budget. */
export class FlightTicket {
  readonly #change: (bytes: number) => boolean;
  #held = 0;

  constructor(change: (bytes: number) => boolean) {
    this.#change = change;
  }

  /** Holds `bytes` more; false if the budget does not have them. */
  take(bytes: number): boolean {
    if (!this.#change(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  /** Gives everything back. Safe to call more than once. */
  release(): void {
    this.#change(-this.#held);
    this.#held = 0;
  }
}
