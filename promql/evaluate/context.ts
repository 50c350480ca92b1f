import type { Annotations } from '../annotations.ts';
import { QueryCanceledError, QueryTimeoutError } from '../errors.ts';
import type { QueryPlan } from '../plan.ts';
import { type Queryable, type SampleSeries, StoreUnavailableError, TooMuchError } from '../queryable.ts';
import type { PlanRecorder } from './plan-recorder.ts';
import type { SamplePool } from './sample-pool.ts';

/** What an evaluation needs beside the expression. */
export interface EvaluationContext {
  readonly query: string;
  readonly plan: QueryPlan;
  readonly queryable: Queryable;
  readonly annotations: Annotations;
  readonly budget: Budget;
  /** Where the plan is written down, if it is asked for. */
  readonly recorder: PlanRecorder | undefined;
}

export interface BudgetOptions {
  readonly maxSamples: number;
  /** On the clock `monotonic`. */
  readonly deadlineMs: number;
  readonly monotonic: () => number;
  readonly abort: AbortSignal;
  readonly interrupted?: (() => boolean) | undefined;
  readonly rest?: (() => Promise<void>) | undefined;
  /** What this query holds is taken from here. */
  readonly pool?: SamplePool | undefined;
}

/** Limits of one query: samples in memory, time, and whether anybody still waits. */
export class Budget {
  readonly #maxSamples: number;
  readonly #deadlineMs: number;
  readonly #monotonic: () => number;
  readonly #abort: AbortSignal;
  readonly #interrupted: () => boolean;
  readonly #rest: () => Promise<void>;
  readonly #pool: SamplePool | undefined;
  /** Taken from the pool. */
  #taken = 0;
  #samples = 0;
  #peak = 0;
  /** Samples read, kept to the query's end. */
  #kept = 0;
  /** Values of parts that are still needed. */
  #held = 0;
  #lastPauseMs: number;

  constructor({ maxSamples, deadlineMs, monotonic, abort, interrupted, rest, pool }: BudgetOptions) {
    this.#maxSamples = maxSamples;
    this.#deadlineMs = deadlineMs;
    this.#monotonic = monotonic;
    this.#abort = abort;
    this.#pool = pool;
    this.#interrupted = interrupted ?? (() => false);
    this.#rest = rest ?? nextTurn;
    this.#lastPauseMs = monotonic();
  }

  /** Samples read and made by subqueries, in all. */
  get samples(): number {
    return this.#samples;
  }

  /** The most samples that the query held at one time. */
  get peak(): number {
    return this.#peak;
  }

  /** Values that parts of the query hold now, in samples. */
  get held(): number {
    return this.#held;
  }

  get abort(): AbortSignal {
    return this.#abort;
  }

  /** Samples that were read and stay to the query's end. @throws TooMuchError */
  count(samples: number): void {
    this.#samples += samples;
    this.#kept += samples;
    this.#fit(0);
  }

  /** Samples that the store worked out; the part that they are the value of holds them. @throws TooMuchError */
  note(samples: number): void {
    this.#samples += samples;
    this.#fit(samples);
  }

  /** Samples that a part of the query holds until it is settled. @throws TooMuchError */
  hold(samples: number): void {
    this.#samples += samples;
    this.#held += samples;
    this.#fit(0);
  }

  /**
   * A part is worked out: its value takes `size` samples, and all that was held since `heldBefore` can go.
   * @throws TooMuchError where both together are too much
   */
  settle(heldBefore: number, size: number): void {
    this.#fit(size);
    this.#held = heldBefore + size;
  }

  /** The query is over. */
  close(): void {
    this.#pool?.give(this.#taken);
    this.#taken = 0;
  }

  /** @throws TooMuchError when so many samples more are more than allowed, StoreUnavailableError when others hold too many */
  #fit(more: number): void {
    const wanted = this.#kept + this.#held + more;
    this.#peak = Math.max(this.#peak, wanted);
    if (wanted > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    if (this.#pool === undefined || wanted <= this.#taken) return;
    if (!this.#pool.take(wanted - this.#taken))
      throw new StoreUnavailableError(
        `queries that run now hold as many samples as they may together (${this.#pool.max}): ask again in a moment, or for less`,
      );
    this.#taken = wanted;
  }

  countSeries(series: readonly SampleSeries[]): void {
    let total = 0;
    for (const one of series) total += one.timestampsMs.length;
    this.count(total);
  }

  /** @throws QueryTimeoutError, QueryCanceledError */
  check(where: string): void {
    if (this.#monotonic() >= this.#deadlineMs) throw new QueryTimeoutError(where);
    if (this.#abort.aborted) {
      throw this.#abort.reason instanceof QueryTimeoutError
        ? this.#abort.reason
        : new QueryCanceledError(where);
    }
    if (this.#interrupted()) throw new QueryCanceledError(where);
  }

  /** What `work` gives of each item, with a pause between any two where one is due. */
  async flatMap<Item, Result>(
    items: readonly Item[],
    work: (item: Item) => readonly Result[],
  ): Promise<Result[]> {
    const results: Result[] = [];
    for (const item of items) {
      if (this.#due) await this.pause('expression evaluation');
      for (const result of work(item)) results.push(result);
    }
    return results;
  }

  get #due(): boolean {
    return this.#monotonic() - this.#lastPauseMs >= TURN_MS;
  }

  /** Checks, and lets other work of the process run if this query has had the thread for a while. */
  async pause(where: string): Promise<void> {
    this.check(where);
    if (!this.#due) return;
    await this.#rest();
    this.#lastPauseMs = this.#monotonic();
    this.check(where);
  }
}

/** How long a query may keep the thread before others get their turn. */
const TURN_MS = 20;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
