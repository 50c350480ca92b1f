import type { LoadHistory } from './load-history.ts';

/** What is asked: the same key means the same answer, until telemetry up to `endMs` is loaded. */
export interface Question {
  readonly key: string;
  readonly endMs: number;
  readonly abort: AbortSignal | undefined;
}

export interface SharedAnswersOptions {
  /** Bytes that answers may take; 0 shares nothing. */
  readonly maxBytes: number;
  readonly loads: LoadHistory;
}

interface Kept<Answer> {
  readonly answer: Promise<Answer | undefined>;
  /** Loads up to this one are in it. */
  readonly load: number;
  readonly endMs: number;
  /** Ends the work. */
  readonly end: AbortController;
  /** Who waits for it. */
  waiting: number;
  /** 0 until it is there. */
  bytes: number;
}

/**
 * Answers that several ask for: the panels of a dashboard, and everybody who looks at it. What is asked while it is worked out
 * is worked out once, and goes on as long as anybody waits; then it is kept until a load may have changed it. Those that were
 * not asked for longest go first.
 */
export class SharedAnswers<Answer extends object> {
  readonly #options: SharedAnswersOptions;
  readonly #bytesOf: (answer: Answer) => number;
  /** In order of use. */
  readonly #kept = new Map<string, Kept<Answer>>();
  #bytes = 0;

  constructor(options: SharedAnswersOptions, bytesOf: (answer: Answer) => number) {
    this.#options = options;
    this.#bytesOf = bytesOf;
  }

  /** The answer, from before or through `work`; undefined is passed on and not kept. @throws what `work` throws, the abort signal's reason */
  async of(
    question: Question,
    work: (abort: AbortSignal | undefined) => Promise<Answer | undefined>,
  ): Promise<Answer | undefined> {
    const { key, abort } = question;
    if (this.#options.maxBytes === 0) return work(abort);
    abort?.throwIfAborted();
    const kept = this.#valid(key) ?? this.#begin(question, work);
    kept.waiting++;
    try {
      return await unlessAborted(kept.answer, abort);
    } finally {
      kept.waiting--;
      if (kept.waiting === 0 && kept.bytes === 0) {
        this.#drop(key, kept);
        kept.end.abort(abort?.reason);
      }
    }
  }

  /** What is known, now the one used last. */
  #valid(key: string): Kept<Answer> | undefined {
    const kept = this.#kept.get(key);
    if (kept === undefined) return undefined;
    this.#kept.delete(key);
    if (this.#options.loads.oldestSince(kept.load) <= kept.endMs) {
      this.#bytes -= kept.bytes;
      return undefined;
    }
    this.#kept.set(key, kept);
    return kept;
  }

  #begin({ key, endMs }: Question, work: (abort: AbortSignal) => Promise<Answer | undefined>): Kept<Answer> {
    const end = new AbortController();
    const load = this.#options.loads.newest;
    const answer = work(end.signal).then(
      (found) => {
        if (found === undefined) this.#drop(key, kept);
        else this.#arrived(key, kept, this.#bytesOf(found));
        return found;
      },
      (error: unknown) => {
        this.#drop(key, kept);
        throw error;
      },
    );
    // Whoever waits sees it fail; nobody may wait any more.
    answer.catch(() => {});
    const kept: Kept<Answer> = { answer, load, endMs, end, waiting: 0, bytes: 0 };
    this.#kept.set(key, kept);
    return kept;
  }

  #arrived(key: string, kept: Kept<Answer>, bytes: number): void {
    if (this.#kept.get(key) !== kept) return;
    kept.bytes = bytes;
    this.#bytes += bytes;
    for (const [oldest, { bytes: size }] of this.#kept) {
      if (this.#bytes <= this.#options.maxBytes) return;
      if (size === 0) continue;
      this.#kept.delete(oldest);
      this.#bytes -= size;
    }
  }

  #drop(key: string, kept: Kept<Answer>): void {
    if (this.#kept.get(key) !== kept) return;
    this.#kept.delete(key);
    this.#bytes -= kept.bytes;
  }
}

/** @throws the abort signal's reason as soon as it is aborted */
async function unlessAborted<T>(promise: Promise<T>, abort: AbortSignal | undefined): Promise<T> {
  if (abort === undefined) return promise;
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(abort.reason);
  abort.addEventListener('abort', onAbort, { once: true });
  try {
    return await Promise.race([promise, aborted.promise]);
  } finally {
    abort.removeEventListener('abort', onAbort);
  }
}
