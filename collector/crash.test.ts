import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { tracesBody } from './testing/bodies.ts';
import { seededRandom } from './testing/damage.ts';
import { RawGrpcClient } from './testing/grpc-client.ts';
import { eventually, makeDirectory, readWal, startCollector } from './testing/harness.ts';

const KILLS = 32;
const CLIENTS = 6;
const SEED = 7;

const ports = z.object({ http: z.number(), grpc: z.number() });

async function startChild(
  walDirectory: string,
): Promise<{ child: ChildProcess; http: number; grpc: number }> {
  const script = fileURLToPath(new URL('./testing/crash-child.ts', import.meta.url));
  const child = spawn(process.execPath, [script, walDirectory], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await Promise.race([
    once(child.stdout!, 'data'),
    once(child, 'exit').then(([code]) => Promise.reject(new Error(`the collector ended with ${code}`))),
  ]);
  return { child, ...ports.parse(JSON.parse(String(line))) };
}

test(`killed ${KILLS} times under load, every acknowledged span is there exactly once`, {
  timeout: 180_000,
}, async () => {
  const walDirectory = await makeDirectory();
  const random = seededRandom(SEED);
  const acknowledged = new Set<number>();
  let sent = 0;

  for (let kill = 0; kill < KILLS; kill++) {
    const { child, http, grpc } = await startChild(walDirectory);
    const client = new RawGrpcClient(`127.0.0.1:${grpc}`);
    let alive = true;
    const overHttp = async (number: number) => {
      const response = await fetch(`http://127.0.0.1:${http}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: tracesBody(number),
      });
      return response.status === 200;
    };
    const clients = Array.from({ length: CLIENTS }, async (_, index) => {
      while (alive) {
        const number = ++sent;
        const stored =
          index % 2 === 0
            ? await overHttp(number).catch(() => false)
            : (await client.export('traces', tracesBody(number))).ok;
        if (stored) acknowledged.add(number);
      }
    });
    // After a random number of answers, so that a slow machine kills under load, too; then at any moment.
    const enough = acknowledged.size + 1 + Math.floor(random() * 60);
    await eventually(() => (acknowledged.size >= enough ? true : undefined), 30_000);
    await new Promise((resolve) => setTimeout(resolve, random() * 15));
    child.kill('SIGKILL');
    await once(child, 'exit');
    alive = false;
    client.close();
    await Promise.all(clients);
  }

  await using target = await startCollector({ walDirectory });
  await target.collector.stop();
  const found = new Map<number, number>();
  for (const message of (await readWal(walDirectory)).traces) {
    const number = spanNumber(message);
    found.set(number, (found.get(number) ?? 0) + 1);
  }
  const lost = [...acknowledged].filter((number) => !found.has(number));
  const doubled = [...found].filter(([, times]) => times > 1);
  expect({ lost, doubled }).toEqual({ lost: [], doubled: [] });
  expect(acknowledged.size).toBeGreaterThan(KILLS * 10);
  expect(await target.registry.metrics()).toMatch(/wal_damaged_records_total\{signal="traces"\} 0/);
  await rm(walDirectory, { recursive: true, force: true });
});

/** The number that `tracesBody` made the ids from. */
function spanNumber(message: Buffer): number {
  // Span.trace_id: tag 0x0a, length 16.
  const at = message.indexOf(Buffer.from([0x0a, 16, 0, 0, 0, 0, 0, 0, 0, 0]));
  return Number(message.readBigUInt64BE(at + 10));
}
