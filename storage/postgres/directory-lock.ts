import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseError } from './database-error.ts';

/** When a process started, in the kernel's ticks since boot with the boot's id, so that a pid used again is not taken for it. */
function processStart(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}:${ticks}`;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Whether the process that wrote this lock still runs. */
function isHeld(content: string): boolean {
  const [pidText, start = ''] = content.trim().split(' ');
  const pid = Number(pidText);
  if (!Number.isSafeInteger(pid) || pid <= 0 || !isAlive(pid)) return false;
  return start === '' || processStart(pid) === start;
}

/**
 * Takes `path` as this process's lock and returns what gives it back. Two embedded engines on one directory would
 * destroy it. A lock whose process is gone (kill -9) is taken over.
 * @throws DatabaseError, final, when another live process holds it.
 */
export function lockDirectory(path: string): () => void {
  const content = `${process.pid} ${processStart(process.pid) ?? ''}\n`;
  try {
    writeFileSync(path, content, { flag: 'wx' });
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    const held = readFileSync(path, 'utf8');
    if (isHeld(held)) {
      const owner = held.trim().split(' ')[0];
      throw new DatabaseError(
        `${path}: process ${owner} uses this data directory; stop it or use another directory`,
        false,
      );
    }
    writeFileSync(path, content);
  }
  return () => rmSync(path, { force: true });
}
