import { rm } from 'node:fs/promises';
import { sumsPath } from './names.ts';
import type { SealedSegment } from './segment.ts';
import { SUMS_ENTRY_BYTES, SUMS_HEADER_BYTES } from './sums.ts';

/** The sealed segments of one signal, oldest first, and who waits for one. */
export class SealedQueue {
  readonly #ready: SealedSegment[];
  readonly #handedOut = new Map<string, SealedSegment>();
  readonly #waiting: ((segment: SealedSegment | null) => void)[] = [];
  #bytes: number;
  #ended = false;

  constructor(recovered: readonly SealedSegment[]) {
    this.#ready = [...recovered];
    this.#bytes = recovered.reduce((total, segment) => total + sizeOf(segment), 0);
  }

  /** Bytes on disk of all segments that are not released, sidecars included. */
  get bytes(): number {
    return this.#bytes;
  }

  get size(): number {
    return this.#ready.length + this.#handedOut.size;
  }

  push(segment: SealedSegment): void {
    this.#bytes += sizeOf(segment);
    this.#offer(segment, 'back');
  }

  /** Resolves with null when aborted, or when nothing is left after `end`. */
  next(abort: AbortSignal): Promise<SealedSegment | null> {
    if (abort.aborted) return Promise.resolve(null);
    const segment = this.#ready.shift();
    if (segment !== undefined) {
      this.#handedOut.set(segment.id, segment);
      return Promise.resolve(segment);
    }
    if (this.#ended) return Promise.resolve(null);
    return new Promise((resolve) => {
      const take = (taken: SealedSegment | null) => {
        abort.removeEventListener('abort', giveUp);
        resolve(taken);
      };
      const giveUp = () => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        resolve(null);
      };
      this.#waiting.push(take);
      abort.addEventListener('abort', giveUp, { once: true });
    });
  }

  retry(segment: SealedSegment): void {
    if (this.#handedOut.delete(segment.id)) this.#offer(segment, 'front');
  }

  async release(segment: SealedSegment): Promise<void> {
    if (!this.#handedOut.has(segment.id)) return;
    // The data first: a sidecar alone is swept up by recovery, data alone would look like damage.
    await rm(segment.path, { force: true });
    await rm(sumsPath(segment.path), { force: true });
    if (this.#handedOut.delete(segment.id)) this.#bytes -= sizeOf(segment);
  }

  /** Nothing more will come. */
  end(): void {
    this.#ended = true;
    for (const take of this.#waiting.splice(0)) take(null);
  }

  #offer(segment: SealedSegment, where: 'front' | 'back'): void {
    const take = this.#waiting.shift();
    if (take !== undefined) {
      this.#handedOut.set(segment.id, segment);
      take(segment);
    } else if (where === 'front') this.#ready.unshift(segment);
    else this.#ready.push(segment);
  }
}

const sizeOf = (segment: SealedSegment): number =>
  segment.bytes + SUMS_HEADER_BYTES + segment.records * SUMS_ENTRY_BYTES;
