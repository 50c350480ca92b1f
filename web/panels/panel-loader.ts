import type { TimeRange } from '../charts/index.ts';
import {
  loadPanel,
  messageOf,
  type PanelProblem,
  type PanelResult,
  type Plan,
  type RunPanelQuery,
} from './panel-query.ts';
import type { QueryQueue } from './query-queue.ts';

/** What a panel knows: old data stays while new data is asked for, and an error does not take it away. */
export interface PanelData {
  readonly loading: boolean;
  readonly result: PanelResult | null;
  readonly problem: PanelProblem | null;
  /** When the result arrived, on the loader's clock, ms. */
  readonly arrivedAt: number | null;
}

export const nothingYet: PanelData = { loading: true, result: null, problem: null, arrivedAt: null };

/** One thing to show: what is asked for, and of what. */
export interface PanelRequest {
  readonly plan: Plan;
  readonly range: TimeRange;
  /** Panel and variables. Data of another subject is never shown while this one's is on its way. */
  readonly subject: string;
}

export interface PanelLoaderDependencies {
  readonly run: RunPanelQuery;
  readonly queue: QueryQueue;
  /** Milliseconds on a clock that never jumps. */
  readonly monotonic: () => number;
  readonly publish: (data: PanelData) => void;
}

const lengthOf = ({ fromMs, toMs }: TimeRange): number => Math.round((toMs - fromMs) / 1_000);

/**
 * Keeps one panel's data up to date. A refresh, which only moves the range, waits for the request under way, since a query
 * slower than the refresh would otherwise never end; anything else ends that request at once.
 */
export class PanelLoader {
  readonly #dependencies: PanelLoaderDependencies;
  #data = nothingYet;
  #subject: string | undefined;
  #underway: { readonly request: PanelRequest; readonly abort: AbortController } | undefined;
  #waiting: PanelRequest | undefined;

  constructor(dependencies: PanelLoaderDependencies) {
    this.#dependencies = dependencies;
  }

  /** Asks for a request's data and publishes it when it is there. */
  load(request: PanelRequest): void {
    const current = this.#underway?.request;
    if (
      current !== undefined &&
      current.subject === request.subject &&
      lengthOf(current.range) === lengthOf(request.range)
    ) {
      this.#waiting = request;
      return;
    }
    this.stop();
    this.#begin(request);
  }

  /** Ends what is under way; the data so far stays. */
  stop(): void {
    this.#underway?.abort.abort();
    this.#underway = undefined;
    this.#waiting = undefined;
  }

  #begin(request: PanelRequest): void {
    const old = this.#subject === request.subject ? this.#data : nothingYet;
    this.#subject = request.subject;
    if (!request.plan.ok) {
      this.#publish({ ...old, loading: false, problem: request.plan.problem });
      return;
    }
    const abort = new AbortController();
    this.#underway = { request, abort };
    this.#publish({ ...old, loading: true });
    const { run, queue, monotonic } = this.#dependencies;
    loadPanel(request.plan.queries, request.range, run, queue, abort.signal).then(
      (result) => this.#end(abort, { loading: false, result, problem: null, arrivedAt: monotonic() }),
      (error: unknown) =>
        this.#end(abort, {
          ...this.#data,
          loading: false,
          problem: { kind: 'failed', message: messageOf(error) },
        }),
    );
  }

  #end(abort: AbortController, data: PanelData): void {
    if (this.#underway?.abort !== abort) return;
    const next = this.#waiting;
    this.#underway = undefined;
    this.#waiting = undefined;
    this.#publish(data);
    if (next !== undefined) this.#begin(next);
  }

  #publish(data: PanelData): void {
    this.#data = data;
    this.#dependencies.publish(data);
  }
}
