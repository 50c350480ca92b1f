import type { SealedSegment, SegmentSource } from '../../collector/wal/segment.ts';
import type { Signal } from '../../model/telemetry.ts';
import { pause } from './pause.ts';

/** How much is taken from the collector ahead of the load that runs. */
const AHEAD_SEGMENTS = 256;
const RETRY_MS = 1_000;

/** Takes a signal's segments from the collector as they are sealed, so that those that wait can be loaded together. */
export class Feed {
  readonly #waiting: SealedSegment[] = [];
  readonly #done: Promise<void>;
  #wake: () => void = () => {};
  #ended = false;

  /** `onError` hears why the collector could not hand out a segment, which is asked for again. */
  constructor(source: SegmentSource, signal: Signal, abort: AbortSignal, onError: (error: unknown) => void) {
    this.#done = this.#run(source, signal, abort, onError);
  }

  async #run(
    source: SegmentSource,
    signal: Signal,
    abort: AbortSignal,
    onError: (error: unknown) => void,
  ): Promise<void> {
    abort.addEventListener('abort', () => this.#wake(), { once: true });
    while (!abort.aborted) {
      if (this.#waiting.length >= AHEAD_SEGMENTS) {
        await this.#changed();
        continue;
      }
      try {
        const segment = await source.next(signal, abort);
        if (segment === null) break;
        this.#waiting.push(segment);
        this.#wake();
      } catch (error) {
        onError(error);
        await pause(RETRY_MS, abort);
      }
    }
    this.#ended = true;
    this.#wake();
  }

  /** Segments that wait, oldest first. */
  waiting(): readonly SealedSegment[] {
    return this.#waiting;
  }

  /** Waits until more than `count` segments wait; false when there will not be. */
  async more(count: number): Promise<boolean> {
    while (this.#waiting.length <= count && !this.#ended) await this.#changed();
    return this.#waiting.length > count;
  }

  /** Removes the first `count`. */
  take(count: number): readonly SealedSegment[] {
    const taken = this.#waiting.splice(0, count);
    this.#wake();
    return taken;
  }

  /** Resolves once nothing is asked of the source any more. */
  ended(): Promise<void> {
    return this.#done;
  }

  #changed(): Promise<void> {
    return new Promise((resolve) => {
      const before = this.#wake;
      this.#wake = () => {
        before();
        resolve();
      };
    });
  }
}
