import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DataInUseError, lockData } from './data-lock.ts';

describe('the lock of the data directory', () => {
  let directory: string;
  const lock = () => join(directory, 'tidewarden.pid');
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), 'tidewarden-lock-'));
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  /** Another process that holds the lock until it is killed; its command line ends in `main.ts` as ours does. */
  const holder = async () => {
    const child = spawn(
      process.execPath,
      [
        '--input-type=module',
        '-e',
        `import { lockData } from ${JSON.stringify(resolve(import.meta.dirname, 'data-lock.ts'))};
         lockData(${JSON.stringify(directory)}); console.log('locked'); setInterval(() => {}, 1000);`,
        'main.ts',
      ],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const gone = new Promise<void>((exited) => child.once('exit', () => exited()));
    await new Promise((locked) => child.stdout.once('data', locked));
    const kill = () => {
      child.kill('SIGKILL');
      return gone;
    };
    return { pid: child.pid!, kill };
  };

  it('makes the directory, says who holds it, and gives it back', () => {
    directory = join(directory, 'deep', 'data');
    const unlock = lockData(directory);
    expect(readFileSync(lock(), 'utf8')).toBe(`${process.pid}\n`);
    unlock();
    expect(existsSync(lock())).toBe(false);
  });

  it('is refused while another process holds it, and taken over when that was killed', async () => {
    const other = await holder();
    try {
      expect(() => lockData(directory)).toThrow(DataInUseError);
      expect(() => lockData(directory)).toThrow(`in use by process ${other.pid}`);
    } finally {
      await other.kill();
    }
    expect(readFileSync(lock(), 'utf8')).toBe(`${other.pid}\n`);
    lockData(directory)();
  });

  it.each(['', '\n', 'no number', '0', '-1', '99999999999'])('takes over a lock that holds «%s»', (text) => {
    writeFileSync(lock(), text);
    lockData(directory)();
  });

  it.skipIf(process.platform !== 'linux')('takes over where the number is another program’s by now', () => {
    writeFileSync(lock(), '1\n');
    if (readFileSync('/proc/1/cmdline', 'utf8').includes('main.ts')) return;
    lockData(directory)();
  });
});
