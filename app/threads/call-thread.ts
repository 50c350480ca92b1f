import { Worker } from 'node:worker_threads';
import type { Logger } from 'pino';
import { Counter, type Registry } from 'prom-client';
import { TidewardenError } from '../../model/errors.ts';
import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import { RestartDelay } from '../../storage/engine/restart-delay.ts';
import { toError } from './faults.ts';
import type { CallsOf, FromThread, Priority, ThreadData, ToThread } from './messages.ts';

export interface CallThreadOptions<Data> {
  /** What it is the thread of: `queries`, for messages, metrics and debuggers. */
  readonly name: string;
  /** The module that runs in the thread. */
  readonly entry: URL;
  readonly data: Data;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Of JavaScript's heap; a thread that needs more ends, and only the thread. Default 1 GiB. */
  readonly maxHeapMiB?: number;
  /** A thread that does not turn to its messages for so long is replaced. Default 10 s. */
  readonly stuckMs?: number;
}

export interface CallOptions {
  readonly priority: Priority;
  readonly abort?: AbortSignal | undefined;
  /** The caller waits no longer, whatever the thread does; for an answer in pieces, no longer for the first one. */
  readonly deadlineMs?: number | undefined;
  /** Takes a piece of the answer; the next one comes when it resolves. */
  readonly onPiece?: ((piece: Uint8Array) => Promise<void>) | undefined;
}

/** Asks things of a thread. */
export interface CallThread<Calls extends CallsOf<Calls>, News = never> {
  /**
   * @throws what the call throws in the thread; QueryTimeoutError after `deadlineMs`; the abort signal's reason;
   * StoreUnavailableError when the thread ended before it answered, which may be asked again.
   */
  call<Name extends keyof Calls>(
    op: Name,
    ask: Calls[Name]['ask'],
    options: CallOptions,
  ): Promise<Calls[Name]['answer']>;
  tell(news: News): void;
  /** Ends the thread and what runs in it. */
  stop(): Promise<void>;
}

/** A thread did not start. */
export class ThreadStartError extends TidewardenError {
  override readonly name = 'ThreadStartError';
}

const START_TIMEOUT_MS = 30_000;
const PULSE_CHECKS = 10;

/** Starts a thread and replaces it whenever it ends or gets stuck. @throws ThreadStartError */
export async function startCallThread<Calls extends CallsOf<Calls>, News = never>(
  options: CallThreadOptions<object>,
): Promise<CallThread<Calls, News>> {
  const supervisor = new Supervisor<Calls, News>(options);
  await supervisor.start();
  return supervisor;
}

interface Pending {
  readonly settle: (outcome: { answer: unknown } | { error: unknown }) => void;
  readonly take: (piece: Uint8Array) => void;
}

class Supervisor<Calls extends CallsOf<Calls>, News> implements CallThread<Calls, News> {
  readonly #options: CallThreadOptions<object>;
  readonly #restarts: Counter.Internal;
  readonly #pending = new Map<number, Pending>();
  #worker: Worker | null = null;
  #nextId = 0;
  #stopping = false;
  readonly #delay = new RestartDelay();
  #timer: NodeJS.Timeout | undefined;

  constructor(options: CallThreadOptions<object>) {
    this.#options = options;
    this.#restarts = restartsIn(options.registry).labels(options.name);
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
    throw new ThreadStartError('thread_start', `${this.#called} did not start: ${textOf(why)}`, {
      cause: why,
    });
  }

  call<Name extends keyof Calls>(
    op: Name,
    ask: Calls[Name]['ask'],
    { priority, abort, deadlineMs, onPiece = async () => {} }: CallOptions,
  ): Promise<Calls[Name]['answer']> {
    return new Promise((resolve, reject) => {
      if (abort?.aborted) return reject(abort.reason);
      const worker = this.#worker;
      if (worker === null)
        return reject(new StoreUnavailableError(`${this.#called} is being replaced; ask again`));
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
      const take: Pending['take'] = (piece) => {
        clearTimeout(deadline);
        onPiece(piece).then(() => send(worker, { type: 'more', id }), giveUp);
      };
      abort?.addEventListener('abort', onAbort, { once: true });
      this.#pending.set(id, { settle, take });
      send(worker, { type: 'call', id, priority, op, ask, given });
    });
  }

  tell(news: News): void {
    if (this.#worker !== null) send(this.#worker, { type: 'news', news });
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    clearTimeout(this.#timer);
    await this.#worker?.terminate();
    this.#failAll('Tidewarden is stopping');
  }

  get #called(): string {
    return `The thread of ${this.#options.name}`;
  }

  /** Resolves to whether the new thread got ready; `onEnd` hears why it ended. */
  #spawn(onEnd: (reason: unknown) => void): Promise<boolean> {
    const { name, data, entry, maxHeapMiB = 1_024 } = this.#options;
    const pulse = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(entry, {
      name,
      workerData: { ...data, pulse } satisfies ThreadData,
      resourceLimits: { maxOldGenerationSizeMb: maxHeapMiB },
    });
    this.#worker = worker;
    let reason: unknown = 'it ended by itself';
    let watch: NodeJS.Timeout | undefined;
    return new Promise((resolve) => {
      worker.on('message', (message: FromThread) => {
        switch (message.type) {
          case 'ready':
            watch = this.#watchPulse(worker, pulse, (why) => {
              reason = why;
            });
            return resolve(true);
          case 'piece':
            return this.#pending.get(message.id)?.take(message.piece);
          case 'answer':
            return this.#pending.get(message.id)?.settle({ answer: message.answer });
          case 'fault':
            this.#pending.get(message.id)?.settle({ error: toError(message.fault) });
        }
      });
      worker.on('error', (error) => {
        reason = error;
      });
      worker.on('exit', () => {
        clearInterval(watch);
        this.#worker = null;
        onEnd(reason);
        this.#failAll(
          `${this.#called} was replaced (${textOf(reason)}): ask again, and for less at once if you asked for much`,
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
      this.#options.logger.error({ err: reason() }, `${this.#called} ended; starting another`);
      this.#delay.ended(performance.now() - startedMs);
      this.#later();
    };
    worker.once('exit', onExit);
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#restart(), this.#delay.next());
  }

  async #restart(): Promise<void> {
    if (this.#stopping) return;
    this.#restarts.inc();
    let why: unknown;
    const ready = await this.#spawn((reason) => {
      why = reason;
    });
    if (ready || this.#stopping) return;
    this.#options.logger.error({ err: why }, `${this.#called} did not come back; trying again`);
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

function send<News>(worker: Worker, message: ToThread<News>): void {
  worker.postMessage(message);
}

function restartsIn(registry: Registry): Counter {
  const name = 'tidewarden_query_thread_restarts_total';
  const known = registry.getSingleMetric(name) as Counter | undefined;
  return (
    known ??
    new Counter({
      name,
      help: 'Times that a thread that answers queries ended or got stuck and was replaced',
      labelNames: ['thread'],
      registers: [registry],
    })
  );
}

const textOf = (reason: unknown): string => (reason instanceof Error ? reason.message : String(reason));
