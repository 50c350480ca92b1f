import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { TidewardenError } from '../../model/errors.ts';
import type { Loaded } from '../../model/telemetry.ts';
import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import { toError } from './faults.ts';
import type { Call, Calls, FromThread, Op, Priority, QueryThreadData, ToThread } from './protocol.ts';

export interface QueryThreadOptions {
  readonly data: Omit<QueryThreadData, 'pulse'>;
  readonly logger: Logger;
  readonly registry: Registry;
  /** The module that runs in the thread; default `thread.ts`. */
  readonly entry?: URL;
  /** Of JavaScript's heap; a thread that needs more ends, and only the thread. Default 1 GiB. */
  readonly maxHeapMiB?: number;
  /** A thread that does not turn to its messages for so long is replaced. Default 10 s. */
  readonly stuckMs?: number;
}

export interface CallOptions {
  readonly priority: Priority;
  readonly abort?: AbortSignal | undefined;
  /** The caller waits no longer, whatever the thread does. */
  readonly deadlineMs?: number | undefined;
}

/** Asks things of the query thread. */
export interface QueryThread {
  /**
   * @throws what the call throws in the thread; QueryTimeoutError after `deadlineMs`; the abort signal's reason;
   * StoreUnavailableError when the thread ended before it answered, which may be asked again.
   */
  call<Name extends Op>(
    op: Name,
    ask: Calls[Name]['ask'],
    options: CallOptions,
  ): Promise<Calls[Name]['answer']>;
  loaded(load: Loaded): void;
  /** Ends the thread and what runs in it. */
  stop(): Promise<void>;
}

/** The query thread did not start. */
export class QueryThreadStartError extends TidewardenError {
  override readonly name = 'QueryThreadStartError';
}

const START_TIMEOUT_MS = 30_000;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_LAST_MS = 5_000;
const PULSE_CHECKS = 10;

/** Starts the thread and replaces it whenever it ends or gets stuck. @throws QueryThreadStartError */
export async function startQueryThread(options: QueryThreadOptions): Promise<QueryThread> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

interface Pending {
  readonly settle: (outcome: { answer: Calls[Op]['answer'] } | { error: unknown }) => void;
}

class Supervisor implements QueryThread {
  readonly #options: QueryThreadOptions;
  readonly #restarts: Counter;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #nextId = 0;
  #stopping = false;
  #backoffMs = BACKOFF_FIRST_MS;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: QueryThreadOptions) {
    this.#options = options;
    this.#restarts = new Counter({
      name: 'tidewarden_query_thread_restarts_total',
      help: 'Times that the thread of queries ended or got stuck and was replaced',
      registers: [options.registry],
    });
  }

  async start(): Promise<void> {
    let why: unknown = `no answer within ${START_TIMEOUT_MS / 1_000} s`;
    const timer = setTimeout(() => void this.#worker?.terminate(), START_TIMEOUT_MS);
    const ready = await this.#spawn((reason) => {
      why = reason;
    });
    clearTimeout(timer);
    if (ready) return;
    await this.stop();
    throw new QueryThreadStartError(
      'query_thread_start',
      `The thread of queries did not start: ${textOf(why)}`,
      {
        cause: why,
      },
    );
  }

  call<Name extends Op>(
    op: Name,
    ask: Calls[Name]['ask'],
    { priority, abort, deadlineMs }: CallOptions,
  ): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (abort?.aborted) return reject(abort.reason);
      const worker = this.#worker;
      if (worker === null)
        return reject(new StoreUnavailableError('the thread of queries is being replaced; ask again'));
      const id = ++this.#nextId;
      const given = new Int32Array(new SharedArrayBuffer(4));
      const giveUp = (error: unknown) => {
        Atomics.store(given, 0, 1);
        send(worker, { type: 'abort', id });
        settle({ error });
      };
      const onAbort = () => giveUp(abort?.reason);
      const deadline =
        deadlineMs === undefined
          ? undefined
          : setTimeout(() => giveUp(new QueryTimeoutError('query execution')), deadlineMs);
      const settle: Pending['settle'] = (outcome) => {
        this.#pending.delete(id);
        clearTimeout(deadline);
        abort?.removeEventListener('abort', onAbort);
        if ('error' in outcome) reject(outcome.error);
        else resolve(outcome.answer as Calls[Name]['answer']);
      };
      abort?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, { settle });
      send(worker, { type: 'call', id, priority, call: { op, ask } as Call, given });
    });
  }

  loaded(load: Loaded): void {
    if (this.#worker !== null) send(this.#worker, { type: 'loaded', load });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
    this.#failAll('Tidewarden is stopping');
  }

  /** Resolves to whether the new thread got ready; `onEnd` hears why it ended. */
  #spawn(onEnd: (reason: unknown) => void): Promise<boolean> {
    const { data, entry, maxHeapMiB = 1_024 } = this.#options;
    const pulse = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(entry ?? new URL('./thread.ts', import.meta.url), {
      name: 'queries',
      workerData: { ...data, pulse } satisfies QueryThreadData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
    });
    this.#worker = worker;
    let reason: unknown = 'it ended by itself';
    let watch: NodeJS.Timeout | undefined;
    return new Promise((resolve) => {
      worker.on('message', (message: FromThread) => {
        if (message.type === 'ready') {
          watch = this.#watchPulse(worker, pulse, (why) => {
            reason = why;
          });
          resolve(true);
        } else if (message.type === 'answer')
          this.#pending.get(message.id)?.settle({ answer: message.answer });
        else this.#pending.get(message.id)?.settle({ error: toError(message.fault) });
      });
      worker.on('error', (error) => {
        reason = error;
      });
      worker.on('exit', () => {
        clearInterval(watch);
        this.#worker = null;
        onEnd(reason);
        this.#failAll(
          `the thread of queries was replaced (${textOf(reason)}): ask again, and for less at once if you asked for much`,
        );
        resolve(false);
      });
    }).then((ready) => {
      if (ready) this.#replaceWhenGone(worker, () => reason);
      return ready as boolean;
    });
  }

  #replaceWhenGone(worker: Worker, reason: () => unknown): void {
    const startedMs = performance.now();
    const onExit = () => {
      if (this.#stopping) return;
      this.#options.logger.error({ err: reason() }, 'The thread of queries ended; starting another');
      if (performance.now() - startedMs > 60_000) this.#backoffMs = BACKOFF_FIRST_MS;
      this.#later();
    };
    worker.once('exit', onExit);
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#restart(), this.#backoffMs);
    this.#backoffMs = Math.min(this.#backoffMs * 2, BACKOFF_LAST_MS);
  }

  async #restart(): Promise<void> {
    if (this.#stopping) return;
    this.#restarts.inc();
    let why: unknown;
    const ready = await this.#spawn((reason) => {
      why = reason;
    });
    if (ready || this.#stopping) return;
    this.#options.logger.error({ err: why }, 'The thread of queries did not come back; trying again');
    this.#later();
  }

  /** Counts our own turns and not time, so that a machine that slept does not look like a thread that hangs. */
  #watchPulse(
    worker: Worker,
    pulse: Int32Array<SharedArrayBuffer>,
    onStuck: (why: string) => void,
  ): NodeJS.Timeout {
    const { stuckMs = 10_000 } = this.#options;
    let seen = Atomics.load(pulse, 0);
    let still = 0;
    const check = () => {
      const now = Atomics.load(pulse, 0);
      still = now === seen ? still + 1 : 0;
      seen = now;
      if (still < PULSE_CHECKS) return;
      onStuck(`it did not move for ${stuckMs / 1_000} s`);
      void worker.terminate();
    };
    return setInterval(check, stuckMs / PULSE_CHECKS).unref();
  }

  #failAll(message: string): void {
    for (const { settle } of [...this.#pending.values()])
      settle({ error: new StoreUnavailableError(message) });
  }
}

const send = (worker: Worker, message: ToThread): void => worker.postMessage(message);

const textOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
