import type { Logger } from 'pino';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import type { CallOptions, CallThread } from './call-thread.ts';
import type { CallsOf } from './messages.ts';

export interface WhenAskedOptions<Calls extends CallsOf<Calls>> {
  readonly start: () => Promise<CallThread<Calls>>;
  /** It is ended when nothing was asked of it for so long. */
  readonly idleMs: number;
  readonly logger: Logger;
}

/** A thread that takes memory only while it is used: started by the first call, ended when there were none for a while. */
export class ThreadWhenAsked<Calls extends CallsOf<Calls>> {
  readonly #options: WhenAskedOptions<Calls>;
  #thread: Promise<CallThread<Calls>> | null = null;
  #running: CallThread<Calls> | null = null;
  #calls = 0;
  #stopping = false;
  #timer: NodeJS.Timeout | undefined;

  constructor(options: WhenAskedOptions<Calls>) {
    this.#options = options;
  }

  /** The thread if it is there; what is asked of it this way does not keep it. */
  get running(): CallThread<Calls> | null {
    return this.#running;
  }

  /** As {@link CallThread.call}; StoreUnavailableError also where it cannot be started. */
  async call<Name extends keyof Calls>(
    op: Name,
    ask: Calls[Name]['ask'],
    options: CallOptions,
  ): Promise<Calls[Name]['answer']> {
    clearTimeout(this.#timer);
    this.#calls++;
    try {
      const thread = await this.#started();
      return await thread.call(op, ask, options);
    } finally {
      this.#calls--;
      if (this.#calls === 0 && !this.#stopping)
        this.#timer = setTimeout(() => void this.#end(), this.#options.idleMs).unref();
    }
  }

  /** Ends the thread and what runs in it, for good. */
  async stop(): Promise<void> {
    this.#stopping = true;
    await this.#end();
  }

  #started(): Promise<CallThread<Calls>> {
    if (this.#stopping) throw new StoreUnavailableError('Tidewarden is stopping');
    this.#thread ??= this.#start();
    return this.#thread;
  }

  async #start(): Promise<CallThread<Calls>> {
    try {
      this.#running = await this.#options.start();
      return this.#running;
    } catch (error) {
      this.#thread = null;
      this.#options.logger.error({ err: error }, 'A thread did not start; the next question tries again');
      const why = error instanceof Error ? error.message : String(error);
      throw new StoreUnavailableError(`${why}: ask again in a moment`);
    }
  }

  async #end(): Promise<void> {
    clearTimeout(this.#timer);
    const ending = this.#thread;
    [this.#thread, this.#running] = [null, null];
    // One that does not start has told who asked.
    await ending?.then(
      (thread) => thread.stop(),
      () => {},
    );
  }
}
