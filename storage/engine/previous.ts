import { readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';

const WAIT_MS = 10_000;
const LOOK_EVERY_MS = 20;
const ORPHAN_AFTER_MS = 200;

/**
 * Waits until the engine that had the store open before is gone: one whose parent was killed takes a moment to notice, and one
 * that is busy inside ClickHouse may not notice at all, so an orphan is killed. ClickHouse's own lock would refuse then, but
 * only after the deduplication logs were mended under the other's feet. After 10 s it resolves all the same, and
 * ClickHouse refuses.
 */
export async function waitForPrevious(store: string): Promise<void> {
  for (let waited = 0; waited < WAIT_MS; waited += LOOK_EVERY_MS) {
    const pid = openedBy(store);
    if (pid === null) return;
    if (waited >= ORPHAN_AFTER_MS && isOrphan(pid)) process.kill(pid, 'SIGKILL');
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
}

/** The live engine that is written down in ClickHouse's `status` file, which is left behind by one that was killed. */
function openedBy(store: string): number | null {
  try {
    const pid = Number(/^PID: (\d+)/m.exec(readFileSync(join(store, 'status'), 'utf8'))?.[1]);
    return Number.isInteger(pid) && pid !== process.pid && isEngine(pid) ? pid : null;
  } catch {
    return null;
  }
}

/** Whether the process that started this engine is gone: its place was taken by one that is not Node. */
function isOrphan(pid: number): boolean {
  try {
    const parent = /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
    return parent === '1' || readlinkSync(`/proc/${parent}/exe`) !== readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return false;
  }
}

/** The number may belong to another program by now; where there is no /proc to ask, it counts as the engine's. */
function isEngine(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine-process');
  } catch {
    return process.platform !== 'linux';
  }
}
