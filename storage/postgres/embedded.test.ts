import { type ChildProcess, spawn } from 'node:child_process';
import { fsyncSync, mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startEngine } from './embedded-engine.ts';
import { openPostgres } from './open.ts';

const WRITER = fileURLToPath(new URL('./testing/writer.ts', import.meta.url));
const KILLS = 6;

// Each opens several engines, and the machine may be busy.
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 });

let directory: string;
let writer: ChildProcess | undefined;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tidewarden-kill-'));
});
afterEach(() => {
  writer?.kill('SIGKILL');
  rmSync(directory, { recursive: true, force: true });
});

/** Runs the writer from `from`, kills it with SIGKILL after `writes` acknowledged writes; the last acknowledged one. */
function writeAndKill(from: number, writes: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [WRITER, directory, String(from)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    writer = child;
    let printed = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      if (printed.split('\n').length > writes + 1) child.kill('SIGKILL');
    });
    child.once('close', (code, signal) => {
      const whole = printed.slice(0, printed.lastIndexOf('\n')).split('\n');
      if (signal === 'SIGKILL') resolve(Number(whole.at(-1)));
      else reject(new Error(`the writer ended by itself with ${code}`));
    });
  });
}

describe('the embedded engine', () => {
  test(`is killed ${KILLS} times under writes and has every acknowledged one`, async () => {
    let from = 0;
    for (let kill = 0; kill < KILLS; kill += 1) {
      const last = await writeAndKill(from, 20 + 13 * kill);
      expect(last).toBeGreaterThan(from);
      const postgres = await openPostgres({ dataDirectory: directory });
      const written = await postgres.annotations.between({ fromMs: 0, toMs: last, limit: 100_000 });
      const state = await postgres.campaignStates.get(`campaign-${last % 50}`);
      await postgres.close();
      const ofThisRound = written.filter(({ time }) => time >= from).map(({ time }) => time);
      expect(ofThisRound).toEqual(Array.from({ length: last - from + 1 }, (_, index) => from + index));
      // One more may have been committed than was printed; leave its number out.
      from = last + 100;
      expect((state as { index: number }).index).toBeGreaterThanOrEqual(last);
    }
  });

  test.skipIf(process.platform !== 'linux')('makes a commit durable before it answers', async () => {
    const synced = new Set<string>();
    const engine = await startEngine(directory, (descriptor) => {
      synced.add(readlinkSync(`/proc/self/fd/${descriptor}`));
      fsyncSync(descriptor);
    });
    await engine.exec('CREATE TABLE t (a int)');
    synced.clear();
    await engine.query('INSERT INTO t VALUES (1)');
    const before = [...synced];
    await engine.close();
    expect(before.some((path) => path.startsWith(join(directory, 'pg_wal')))).toBe(true);
  });

  test('is copied from a template, which two processes may make at the same time', async () => {
    const templates = join(directory, 'templates');
    const opened = await Promise.all(
      ['a', 'b'].map((name) => openPostgres({ dataDirectory: join(directory, name), templates })),
    );
    for (const postgres of opened) {
      await postgres.campaignStates.put('c', { sold: 1 }, 1);
      await postgres.close();
    }
    expect(readdirSync(templates)).toEqual([expect.stringMatching(/^pglite-\d+\.\d+\.\d+$/)]);
    expect(readdirSync(join(directory, 'a'))).toEqual(['cluster']);
    // Where no template can be made, it goes without.
    writeFileSync(join(directory, 'file'), '');
    const third = await openPostgres({
      dataDirectory: join(directory, 'c'),
      templates: join(directory, 'file'),
    });
    expect(await third.campaignStates.get('c')).toBeNull();
    await third.close();
  });

  test('refuses a directory that a live process uses, and takes over a dead one’s lock', async () => {
    const first = await openPostgres({ dataDirectory: directory });
    await expect(openPostgres({ dataDirectory: directory })).rejects.toMatchObject({
      code: 'database_refused',
      message: expect.stringContaining(`process ${process.pid} uses this data directory`),
    });
    await first.close();
    writeFileSync(join(directory, 'lock'), '999999999 \n');
    const second = await openPostgres({ dataDirectory: directory });
    await second.close();
    // The same pid with another start time is another process.
    writeFileSync(join(directory, 'lock'), `${process.pid} another-boot:1\n`);
    const third = await openPostgres({ dataDirectory: directory });
    await third.ping();
    await third.close();
  });

  test('says what is wrong with a directory it cannot use', async () => {
    const file = join(directory, 'file');
    writeFileSync(file, 'a file in its place');
    await expect(openPostgres({ dataDirectory: file })).rejects.toMatchObject({
      name: 'DatabaseError',
      retryable: false,
    });
  });
});
