/** One child process that is kept alive: started, restarted with growing pauses, told about faults, ended. */
import { type ChildProcess, fork } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { TidewardenError } from '../../model/errors.ts';
import { type FaultSwitches, type MessageToChild, messageFromChild } from './faults.ts';
import type { ProcessSettings } from './settings.ts';

const RESTART_FIRST_MS = 250;
const RESTART_MAX_MS = 10_000;
/** A process that lived this long had no trouble starting: its next restart is quick again. */
const HEALTHY_AFTER_MS = 30_000;
/** Generous: on a busy machine five processes start at once. */
const START_LIMIT_MS = 60_000;
const STOP_LIMIT_MS = 5_000;
/** Small heaps: a demo service holds little, and the product beside it needs the memory. */
const NODE_FLAGS = [
  '--max-old-space-size=128',
  '--max-semi-space-size=4',
  '--disable-warning=ExperimentalWarning',
];

export interface ProcessStatus {
  readonly name: string;
  readonly pid: number | null;
  readonly port: number | null;
  readonly state: 'starting' | 'running' | 'restarting' | 'stopped';
  readonly restarts: number;
}

export interface ManagedProcessOptions {
  readonly name: string;
  readonly file: URL;
  readonly settings: ProcessSettings;
  /** Asked at each start, so that a restarted process has the faults of that moment. */
  readonly faults: () => FaultSwitches;
  readonly logger: Logger;
}

export class ManagedProcess {
  readonly #options: ManagedProcessOptions;
  #child: ChildProcess | null = null;
  #state: ProcessStatus['state'] = 'stopped';
  #restarts = 0;
  #port: number | null = null;
  #pauseMs = RESTART_FIRST_MS;
  readonly #stopping = new AbortController();

  constructor(options: ManagedProcessOptions) {
    this.#options = options;
  }

  get status(): ProcessStatus {
    return {
      name: this.#options.name,
      pid: this.#child?.pid ?? null,
      port: this.#port,
      state: this.#state,
      restarts: this.#restarts,
    };
  }

  /** Resolves with the port when the process serves. Throws a TidewardenError with the child's own words when it cannot. */
  async start(): Promise<number> {
    this.#state = 'starting';
    const child = this.#spawn();
    const port = await this.#ready(child);
    this.#port = port;
    this.#state = 'running';
    this.#watch(child);
    return port;
  }

  /** Tells the process about a change of the switches; one that is just restarting gets them at its start. */
  applyFaults(): void {
    if (this.#state === 'running') this.#sendFaults(this.#child);
  }

  /** Ends the process: SIGTERM, and SIGKILL after five seconds. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const child = this.#child;
    this.#state = 'stopped';
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
    await exited;
    clearTimeout(timer);
  }

  #spawn(): ChildProcess {
    const { name, file, settings, logger } = this.#options;
    // After the first start the port is known, and peers hold on to it.
    const own = { ...settings, port: this.#port ?? settings.port };
    const child = fork(file, ['--settings', JSON.stringify(own)], {
      execArgv: NODE_FLAGS,
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    const say = (chunk: Buffer) => {
      for (const line of chunk.toString('utf8').split('\n')) {
        if (line.trim() !== '') logger.warn({ process: name }, line);
      }
    };
    child.stdout?.on('data', say);
    child.stderr?.on('data', say);
    // Without a listener a failed send would end the supervisor; the exit handler deals with the cause.
    child.on('error', (error) =>
      logger.warn({ process: name, err: error }, 'the channel to a process failed'),
    );
    this.#child = child;
    this.#sendFaults(child);
    return child;
  }

  #sendFaults(child: ChildProcess | null): void {
    const message: MessageToChild = { type: 'faults', faults: this.#options.faults() };
    if (child?.connected) child.send(message);
  }

  #ready(child: ChildProcess): Promise<number> {
    const { name } = this.#options;
    return new Promise((resolve, reject) => {
      const fail = (message: string) => {
        clearTimeout(timer);
        reject(new TidewardenError('demo_process', `The demo's ${name} process cannot start: ${message}`));
      };
      const timer = setTimeout(() => {
        child.kill('SIGKILL');
        fail(`not ready after ${START_LIMIT_MS / 1_000} s`);
      }, START_LIMIT_MS);
      child.once('exit', (code, signal) => fail(`it ended with ${signal ?? `code ${code}`}`));
      child.on('message', (received) => {
        const message = messageFromChild.safeParse(received);
        if (!message.success) return;
        if (message.data.type === 'failed') return fail(message.data.message);
        clearTimeout(timer);
        resolve(message.data.port);
      });
    });
  }

  #watch(child: ChildProcess): void {
    const startedAt = performance.now();
    const ended = (code: number | null, signal: string | null) => {
      if (this.#stopping.signal.aborted) return;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) this.#pauseMs = RESTART_FIRST_MS;
      this.#options.logger.warn(
        { process: this.#options.name, code, signal },
        `${this.#options.name} ended and is started again in ${this.#pauseMs} ms`,
      );
      void this.#restart();
    };
    if (child.exitCode !== null || child.signalCode !== null) ended(child.exitCode, child.signalCode);
    else child.once('exit', ended);
  }

  async #restart(): Promise<void> {
    while (!this.#stopping.signal.aborted) {
      this.#state = 'restarting';
      this.#restarts += 1;
      await delay(this.#pauseMs, undefined, { signal: this.#stopping.signal }).catch(() => {});
      if (this.#stopping.signal.aborted) return;
      this.#pauseMs = Math.min(RESTART_MAX_MS, this.#pauseMs * 2);
      try {
        await this.start();
        return;
      } catch (error) {
        this.#options.logger.warn({ process: this.#options.name, err: error }, 'a restart failed');
      }
    }
  }
}
