import { execFileSync } from 'node:child_process';
import { mkdir, rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { status } from '@grpc/grpc-js';
import { afterAll, expect, test } from 'vitest';
import { tracesBody } from './testing/bodies.ts';
import { RawGrpcClient } from './testing/grpc-client.ts';
import { makeDirectory, readWal, startCollector, type TestCollector } from './testing/harness.ts';

const DISK = '3m';

/** A small disk of its own: a tmpfs where we may mount one. */
const disk = await mountSmallDisk();
if (disk === null) {
  const reason = 'cannot mount a tmpfs here (it takes root)';
  if (process.env.CI === 'true') throw new Error(reason);
  console.warn(`skipping the full disk: ${reason}`);
}

async function mountSmallDisk(): Promise<string | null> {
  const directory = await makeDirectory();
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK}`, 'tmpfs', directory], { stdio: 'pipe' });
    return directory;
  } catch {
    await rm(directory, { recursive: true, force: true });
    return null;
  }
}

afterAll(async () => {
  if (disk === null) return;
  execFileSync('umount', [disk]);
  await rm(disk, { recursive: true, force: true });
});

const post = (target: TestCollector, body: Uint8Array) =>
  fetch(`${target.httpUrl}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });

test.skipIf(disk === null)(
  'a full disk refuses as retryable, keeps what was acknowledged, and recovers by itself',
  async () => {
    const root = disk!;
    const walDirectory = join(root, 'wal');
    const filler = join(root, 'filler');
    const acknowledged: string[] = [];
    let number = 0;
    const nextBody = () => tracesBody(number++ * 1_000 + 1, 20 + (number % 7) * 30);
    const sendUntil = async (target: TestCollector, wanted: number) => {
      for (let sent = 0; sent < 2_000; sent++) {
        const body = nextBody();
        const response = await post(target, body);
        if (response.status === 200) acknowledged.push(body.toString('hex'));
        if (response.status === wanted) return response;
      }
      throw new Error(`never got ${wanted}`);
    };
    const stored = async () =>
      (await readWal(walDirectory)).traces.map((message) => message.toString('hex')).sort();

    await mkdir(walDirectory);
    const reserve = join(root, 'reserve');
    await writeFile(reserve, Buffer.alloc(1024 * 1024));
    {
      await using target = await startCollector({ walDirectory, segmentBytes: 400_000, segmentMs: 50 });
      const client = new RawGrpcClient(target.grpcAddress);
      const refused = await sendUntil(target, 503);
      expect(refused.headers.get('retry-after')).toBe('5');
      expect(await refused.text()).toContain('ENOSPC');
      const spare = await statfs(root);
      await writeFile(filler, Buffer.alloc(spare.bfree * spare.bsize)).catch(() => undefined);
      // Both transports, many at a time, go on being refused, and none of it hurts what is there.
      const answers = await Promise.all(
        Array.from({ length: 40 }, () => client.export('traces', nextBody())),
      );
      expect(answers.every((answer) => !answer.ok && answer.code === status.UNAVAILABLE)).toBe(true);
      const full = await Promise.all(Array.from({ length: 40 }, () => post(target, nextBody())));
      expect(full.map((response) => response.status)).toEqual(full.map(() => 503));
      expect(await target.registry.metrics()).toContain('tidewarden_collector_refusing 1');
      expect(await stored()).toEqual([...acknowledged].sort());

      // What is there is served meanwhile; loading it makes room, without a restart.
      const segment = await target.collector.segments.next('traces', AbortSignal.timeout(5_000));
      expect((await target.collector.segments.recordTable(segment!)).length).toBe(segment!.records);
      target.collector.segments.retry(segment!);
      await rm(filler, { force: true });
      await rm(reserve);
      await sendUntil(target, 200);
      expect(await target.registry.metrics()).toContain('tidewarden_collector_refusing 0');
      client.close();
    }
    expect(await stored()).toEqual([...acknowledged].sort());

    // A start on a disk that is full already is a start, too.
    const spare = await statfs(root);
    await writeFile(filler, Buffer.alloc(spare.bfree * spare.bsize)).catch(() => undefined);
    await using target = await startCollector({ walDirectory, segmentBytes: 400_000 });
    expect((await post(target, nextBody())).status).toBe(503);
    let items = 0;
    for (let records = 0; records < acknowledged.length; ) {
      const segment = await target.collector.segments.next('traces', AbortSignal.timeout(5_000));
      records += segment!.records;
      items += segment!.items;
      await target.collector.segments.release(segment!);
    }
    expect(items).toBeGreaterThan(acknowledged.length);
    expect((await post(target, nextBody())).status).toBe(200);
  },
);
