import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
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
      const file = openSync(path, 'wx');
      writeSync(file, `${process.pid}\n`);
      closeSync(file);
      return () => rmSync(path, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST' || attempt > 3) throw error;
      const holder = Number(readFileSync(path, 'utf8'));
      if (holder !== process.pid && isAlive(holder)) throw new DataInUseError(directory, holder);
      rmSync(path, { force: true });
    }
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
