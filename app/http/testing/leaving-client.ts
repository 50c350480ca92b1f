import { expect } from 'vitest';
import { until } from '../../../storage/testing/store.ts';
import { port } from './http-client.ts';

/** Asks for `path`, leaves once something runs for it, and sees that end; `running` tells how many queries run. */
export async function leaveWhileItRuns(path: string, running: () => Promise<number>): Promise<void> {
  const leaving = new AbortController();
  const asked = fetch(`http://127.0.0.1:${port()}${path}`, { signal: leaving.signal }).catch(() => 'left');
  await until(async () => (await running()) > 0);
  leaving.abort();
  expect(await asked).toBe('left');
  await until(async () => (await running()) === 0);
}
