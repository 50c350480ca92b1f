import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { TidewardenError } from '../model/errors.ts';

/** Another process has the data directory open. */
export class DataInUseError extends TidewardenError {
  override readonly name = 'DataInUseError';
  constructor(directory: string, pid: number) {
    super(
      'data_in_use',
      `The data directory ${directory} is in use by process ${pid}. Stop that one, or start this one with another TIDEWARDEN_DATA.`,
    );
  }
}

/**
 * Takes the data directory for this process, creating it where it is missing; two processes on one embedded store
 * would destroy it. A lock left by a process that was killed is taken over.
 * @returns the function that gives it back. @throws DataInUseError
 */
export function lockData(directory: string): () => void {
  mkdirSync(directory, { recursive: true });
  const path = join(directory, 'tidewarden.pid');
  for (let attempt = 0; ; attempt++) {
    try {
      writeFileSync(path, `${process.pid}\n`, { flag: 'wx' });
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > ATTEMPTS_MAX) throw error;
      const holder = holderOf(path);
      if (holder === null && attempt < ATTEMPTS_MAX) {
        sleep(20);
        continue;
      }
      if (holder !== null && holder !== process.pid && isAlive(holder))
        throw new DataInUseError(directory, holder);
      rmSync(path, { force: true });
    }
  }
}

const ATTEMPTS_MAX = 5;

const sleep = (ms: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Null where another process is just writing its number, or has just given the lock back. */
function holderOf(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8').trim();
    return text === '' ? null : Number(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** A number may have been given to another program since: where the system tells, only one of ours counts. */
function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
  const commandLine = `/proc/${pid}/cmdline`;
  return !existsSync(commandLine) || readFileSync(commandLine, 'utf8').includes('main.ts');
}
