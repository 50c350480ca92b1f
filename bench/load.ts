import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Product } from '../tests/support/product.ts';
import { cpuSeconds, family } from './processes.ts';

export type Protocol = 'http' | 'grpc';

/** Runs one sender process to its end and resolves to how many requests were accepted, and how many were not. */
export function sendLoad(
  product: Product,
  options: { protocol: Protocol; signal: 'traces' | 'metrics'; seconds: number; requestsPerSecond: number },
): Promise<{ readonly accepted: number; readonly refused: number }> {
  const port =
    options.protocol === 'http' ? new URL(product.otlpHttp).port : product.otlpGrpc.split(':').at(-1)!;
  const script = fileURLToPath(new URL('./load-sender.ts', import.meta.url));
  const args = [options.protocol, port, options.signal, options.seconds, options.requestsPerSecond].map(
    String,
  );
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', script, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk) => {
    output += chunk;
  });
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => {
      const [accepted = 0, refused = 0] = output.trim().split(' ').map(Number);
      if (code === 0) resolve({ accepted, refused });
      else reject(new Error(`the sender ended with ${code}`));
    });
  });
}

/** CPU seconds of each of the product's processes, by what they run. */
export const cpuByProcess = (product: Product): Map<string, number> =>
  new Map(family(product.pid).map(({ pid, runs }) => [runs, cpuSeconds(pid)]));

/** CPU seconds a second that rules and health checks take when nothing is merged any more. */
const RESTING_CPUS = 0.4;
const WINDOW_S = 5;

/** Waits until the WAL is loaded and the engine rests, that is: merges are done. */
export async function settled(product: Product, deadlineMs: number): Promise<void> {
  const end = performance.now() + deadlineMs;
  const total = () => [...cpuByProcess(product).values()].reduce((sum, seconds) => sum + seconds, 0);
  for (let before = total(); performance.now() < end; ) {
    await delay(WINDOW_S * 1_000);
    const waiting = ['traces', 'metrics', 'logs'].some((signal) =>
      readdirSync(join(product.dataDirectory, 'wal', signal)).some((name) => name.endsWith('.pb')),
    );
    const cpu = total();
    if (!waiting && (cpu - before) / WINDOW_S < RESTING_CPUS) return;
    before = cpu;
  }
}
