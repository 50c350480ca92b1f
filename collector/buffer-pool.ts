/** Smaller buffers are cheaper to make anew. */
const SMALLEST = 32 * 1024;
/** Larger ones are rare, and would fill the pool alone. */
const LARGEST = 4 * 1024 * 1024;

/**
 * Buffers that are used again, in sizes of powers of two. Memory outside the heap is what makes V8 collect garbage when
 * bodies of some hundred KiB come by the thousand: each collection marks the whole heap of the product.
 */
export class BufferPool {
  readonly #free = new Map<number, Buffer[]>();
  readonly #limit: number;
  #pooled = 0;

  /** Keeps at most `limit` bytes. */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** A buffer of at least `size` bytes with anything in it. */
  take(size: number): Buffer {
    if (size < SMALLEST || size > LARGEST) return Buffer.allocUnsafeSlow(size);
    const capacity = 2 ** Math.ceil(Math.log2(size));
    const free = this.#free.get(capacity)?.pop();
    if (free === undefined) return Buffer.allocUnsafeSlow(capacity);
    this.#pooled -= capacity;
    return free;
  }

  /** Takes back what `take` gave, whole. Nobody may read it any more. */
  give(buffer: Buffer): void {
    const capacity = buffer.length;
    if (capacity < SMALLEST || capacity > LARGEST || this.#pooled + capacity > this.#limit) return;
    const free = this.#free.get(capacity);
    if (free === undefined) this.#free.set(capacity, [buffer]);
    else free.push(buffer);
    this.#pooled += capacity;
  }
}
