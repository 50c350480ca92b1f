import { BufferPool } from './buffer-pool.ts';

/** Memory kept for the next bodies. */
const POOLED_BYTES = 16 * 1024 * 1024;

/** Counts the bytes of requests that are in memory, and says when there are too many. */
export class FlightBudget {
  readonly #limit: number;
  readonly #pool = new BufferPool(POOLED_BYTES);
  #used = 0;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get used(): number {
    return this.#used;
  }

  /** A ticket for one request; give it back once nothing reads the request's bytes any more. */
  board(): FlightTicket {
    return new FlightTicket(this.#pool, (bytes) => {
      if (bytes > 0 && this.#used + bytes > this.#limit) return false;
      this.#used += bytes;
      return true;
    });
  }
}

/** What one request holds of the budget. */
export class FlightTicket {
  readonly #pool: BufferPool;
  readonly #change: (bytes: number) => boolean;
  readonly #borrowed: Buffer[] = [];
  #held = 0;

  constructor(pool: BufferPool, change: (bytes: number) => boolean) {
    this.#pool = pool;
    this.#change = change;
  }

  /** Holds `bytes` more; false if the budget does not have them. */
  take(bytes: number): boolean {
    if (!this.#change(bytes)) return false;
    this.#held += bytes;
    return true;
  }

  /** The chunks, `size` bytes in all, in one buffer that is valid until `release`. */
  gather(chunks: readonly Buffer[], size: number): Buffer {
    const [only] = chunks;
    if (only !== undefined && chunks.length === 1) return only;
    const borrowed = this.#pool.take(size);
    this.#borrowed.push(borrowed);
    let at = 0;
    for (const chunk of chunks) {
      borrowed.set(chunk, at);
      at += chunk.length;
    }
    return borrowed.subarray(0, size);
  }

  /** Gives everything back. Safe to call more than once. */
  release(): void {
    this.#change(-this.#held);
    this.#held = 0;
    for (const borrowed of this.#borrowed.splice(0)) this.#pool.give(borrowed);
  }
}
