/** The life of any demo process: settings, faults, and a clean end whoever asks for it. */
import { setTimeout as delay } from 'node:timers/promises';
import { type Random, seededRandom } from '../random.ts';
import { type FaultSwitches, type MessageFromChild, messageToChild, NO_FAULTS } from './faults.ts';
import { type ProcessSettings, settingsFromArguments } from './settings.ts';

const SHUTDOWN_LIMIT_MS = 3_000;

export interface ProcessContext {
  readonly settings: ProcessSettings;
  readonly random: Random;
  /** Epoch milliseconds. */
  now(): number;
  /** The switches as they are at this moment; ask again for every request. */
  faults(): FaultSwitches;
}

export interface StartedProcess {
  /** Where it listens on loopback; 0: nowhere. */
  readonly port: number;
  close(): void | Promise<void>;
}

/**
 * Runs `start` and then waits for SIGTERM, SIGINT or, under a supervisor, the supervisor's end. The first message of a
 * supervisor brings the faults, and nothing is served before it, so that a restarted service has no healthy moment.
 */
export async function runChild(
  name: string,
  defaultPort: number,
  start: (running: ProcessContext) => Promise<StartedProcess>,
): Promise<void> {
  let started: StartedProcess = { port: 0, close: () => {} };
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    const closed = (async () => started.close())().catch(() => {});
    await Promise.race([closed, delay(SHUTDOWN_LIMIT_MS)]);
    process.exit(code);
  };
  process.on('SIGTERM', () => void stop(0));
  process.on('SIGINT', () => void stop(0));
  // The channel closes when the supervisor dies, however it dies: no orphans.
  process.on('disconnect', () => void stop(0));

  try {
    const faults = await receiveFaults();
    const settings = await settingsFromArguments(process.argv.slice(2), process.env, defaultPort);
    started = await start({
      settings,
      random: seededRandom(settings.seed + seedOffset(name)),
      now: () => Date.now(),
      faults,
    });
    report({ type: 'ready', port: started.port });
    if (process.send === undefined)
      process.stdout.write(
        `${name} is up${started.port === 0 ? '' : ` on 127.0.0.1:${started.port}`}; Ctrl-C ends it\n`,
      );
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    report({ type: 'failed', message });
    process.stderr.write(`${name} cannot start: ${message}\n`);
    await stop(1);
  }
}

/** Resolves when the first switches have come; at once, with none on, for a process without a supervisor. */
async function receiveFaults(): Promise<() => FaultSwitches> {
  let current = NO_FAULTS;
  if (process.send !== undefined)
    await new Promise<void>((resolve) => {
      process.on('message', (message) => {
        current = messageToChild.parse(message).faults;
        resolve();
      });
    });
  return () => current;
}

function report(message: MessageFromChild): void {
  if (process.connected) process.send?.(message);
}

/** Different processes draw different numbers from one seed. */
const seedOffset = (name: string) => [...name].reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7);
