import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { TidewardenError } from '../../model/errors.ts';
import type { Clock } from '../../model/units.ts';
import type { EngineMessage } from './engine-process.ts';
import { RestartDelay } from './restart-delay.ts';

export interface EngineOptions {
  /** Holds the engine's store and configuration; created if missing. */
  readonly dataDirectory: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** How many of people's queries run at once; rules, loads and writes have their own beside. Default 3. */
  readonly sessions?: number;
  /** What ClickHouse may use of memory in all, in bytes. Default 2 GiB. */
  readonly maxMemoryBytes?: number;
}

export interface Engine {
  /** Stable over restarts of the engine. */
  readonly url: string;
  readonly username: string;
  /** Made anew at every start; never logged. */
  readonly password: string;
  /** The child's process id; null while it is down. */
  pid(): number | null;
  /** Calls back after each restart, once queries are answered again. Returns how to stop that. */
  onRestart(callback: () => void): () => void;
  /** Ends the engine and waits until it is gone. */
  stop(): Promise<void>;
}

/** The embedded engine did not start. */
export class EngineStartError extends TidewardenError {
  override readonly name = 'EngineStartError';
}

const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 5_000;

/**
 * Starts the embedded ClickHouse as a child process and keeps it running: when it dies, it is started again on the same
 * port, after 50 ms at first and up to 5 s when it keeps dying. Throws {@link EngineStartError} if the first start fails.
 */
export async function startEngine(options: EngineOptions): Promise<Engine> {
  const supervisor = new Supervisor(options);
  await supervisor.start();
  return supervisor;
}

class Supervisor implements Engine {
  readonly username = 'tidewarden';
  readonly password = randomBytes(24).toString('base64url');
  readonly #options: EngineOptions;
  readonly #callbacks = new Set<() => void>();
  readonly #restarts: Counter;
  readonly #up: Gauge;
  #port = 0;
  #child: ChildProcess | null = null;
  #stopping = false;
  readonly #delay = new RestartDelay();
  #timer: NodeJS.Timeout | null = null;

  constructor(options: EngineOptions) {
    this.#options = options;
    this.#restarts = new Counter({
      name: 'tidewarden_storage_engine_restarts_total',
      help: 'Times that the embedded ClickHouse died and was started again',
      registers: [options.registry],
    });
    this.#up = new Gauge({
      name: 'tidewarden_storage_engine_up',
      help: '1 while the embedded ClickHouse answers',
      registers: [options.registry],
    });
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  pid(): number | null {
    return this.#child?.pid ?? null;
  }

  onRestart(callback: () => void): () => void {
    this.#callbacks.add(callback);
    return () => this.#callbacks.delete(callback);
  }

  async start(): Promise<void> {
    const { child, ready } = this.#spawn();
    this.#child = child;
    try {
      this.#port = await ready;
    } catch (error) {
      child.kill('SIGKILL');
      throw error;
    }
    this.#watch(child);
    this.#up.set(1);
  }

  #spawn(): { child: ChildProcess; ready: Promise<number> } {
    const { dataDirectory, sessions = 3, maxMemoryBytes = 2 * 1024 ** 3, logger } = this.#options;
    // Two for rules, one for writes, two for loads, and three for the control connection and compression.
    const threads = sessions + 8;
    mkdirSync(dataDirectory, { recursive: true });
    const child = spawn(
      process.execPath,
      ['--max-old-space-size=256', fileURLToPath(new URL('./engine-process.ts', import.meta.url))],
      // Nothing is inherited: the engine must not depend on what the shell happened to hold, and what it caches beside itself
      // stays with its data.
      {
        cwd: dataDirectory,
        env: { UV_THREADPOOL_SIZE: String(threads), TZ: 'UTC' },
        stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      },
    );
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      logger.warn({ pid: child.pid, text: text.slice(0, 4000) }, 'The embedded ClickHouse wrote to stderr');
    });
    child.on('error', (error) => logger.error({ err: error }, 'The embedded ClickHouse cannot be run'));
    const ready = this.#ready(child);
    child.send({
      dataDirectory,
      port: this.#port,
      username: this.username,
      password: this.password,
      readers: sessions,
      maxMemoryBytes,
    });
    return { child, ready };
  }

  #ready(child: ChildProcess): Promise<number> {
    return new Promise((resolve, reject) => {
      const refuse = (reason: string): void =>
        reject(
          new EngineStartError(
            'engine_start',
            `The embedded ClickHouse did not start in ${this.#options.dataDirectory}: ${reason}. ` +
              'Check that no other process uses that directory and that it can be written.',
          ),
        );
      const timer = setTimeout(
        () => refuse(`no answer within ${START_TIMEOUT_MS / 1000} s`),
        START_TIMEOUT_MS,
      );
      child.once('exit', (code, signal) => refuse(`it ended with ${signal ?? `code ${code}`}`));
      child.on('message', (message) => {
        clearTimeout(timer);
        const told = message as EngineMessage;
        if (told.type === 'failed') return refuse(told.reason);
        if (told.mended > 0)
          this.#options.logger.info(
            { tokens: told.mended },
            'Dropped insert tokens whose rows a crash had lost',
          );
        resolve(told.port);
      });
    });
  }

  #watch(child: ChildProcess): void {
    const startedMs = this.#options.clock.monotonic();
    const onExit = (code: number | null, signal: string | null): void => {
      this.#child = null;
      this.#up.set(0);
      if (this.#stopping) return;
      this.#delay.ended(this.#options.clock.monotonic() - startedMs);
      this.#options.logger.error({ code, signal }, 'The embedded ClickHouse died; starting it again');
      this.#later();
    };
    if (child.exitCode !== null || child.signalCode !== null) onExit(child.exitCode, child.signalCode);
    else child.once('exit', onExit);
  }

  #later(): void {
    this.#timer = setTimeout(() => void this.#restart(), this.#delay.next());
  }

  async #restart(): Promise<void> {
    if (this.#stopping) return;
    this.#restarts.inc();
    const { child, ready } = this.#spawn();
    this.#child = child;
    try {
      await ready;
    } catch (error) {
      child.kill('SIGKILL');
      this.#child = null;
      if (this.#stopping) return;
      this.#options.logger.error({ err: error }, 'The embedded ClickHouse did not come back; trying again');
      this.#later();
      return;
    }
    this.#up.set(1);
    this.#watch(child);
    for (const callback of this.#callbacks) callback();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    const child = this.#child;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await gone;
    clearTimeout(timer);
  }
}
