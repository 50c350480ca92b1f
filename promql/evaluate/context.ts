import type { Annotations } from '../annotations.ts';
import { QueryCanceledError, QueryTimeoutError } from '../errors.ts';
import type { QueryPlan } from '../plan.ts';
import { type Queryable, type SampleSeries, TooMuchError } from '../queryable.ts';
import type { PlanRecorder } from './plan-recorder.ts';

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
}

/** Limits of one query: samples in memory, time, and whether anybody still waits. */
export class Budget {
  readonly #maxSamples: number;
  readonly #deadlineMs: number;
  readonly #monotonic: () => number;
  readonly #abort: AbortSignal;
  readonly #interrupted: () => boolean;
  readonly #rest: () => Promise<void>;
  #samples = 0;
  #lastPauseMs: number;

  constructor({ maxSamples, deadlineMs, monotonic, abort, interrupted, rest }: BudgetOptions) {
    this.#maxSamples = maxSamples;
    this.#deadlineMs = deadlineMs;
    this.#monotonic = monotonic;
    this.#abort = abort;
    this.#interrupted = interrupted ?? (() => false);
    this.#rest = rest ?? nextTurn;
    this.#lastPauseMs = monotonic();
  }

  get samples(): number {
    return this.#samples;
  }

  get abort(): AbortSignal {
    return this.#abort;
  }

  /** @throws TooMuchError when there are more samples than allowed. */
  count(samples: number): void {
    this.#samples += samples;
    if (this.#samples > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
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

  /** Checks, and lets other work of the process run if this query has had the thread for a while. */
  async pause(where: string): Promise<void> {
    this.check(where);
    if (this.#monotonic() - this.#lastPauseMs < TURN_MS) return;
    await this.#rest();
    this.#lastPauseMs = this.#monotonic();
    this.check(where);
  }
}

/** How long a query may keep the thread before others get their turn. */
const TURN_MS = 20;

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
