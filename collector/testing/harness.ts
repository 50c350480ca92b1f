import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { SIGNALS, type Signal } from '../../model/telemetry.ts';
import { type Clock, durationMs, epochMs } from '../../model/units.ts';
import { type Collector, type CollectorOptions, createCollector } from '../collector.ts';
import { COLLECTOR_DEFAULTS, type CollectorConfig } from '../config.ts';
import { readVarint } from '../wire/varint.ts';

/** What the tests of this room share: a running collector on free ports in a directory of its own. */

/** The machine's clock; tests that need another hand one in. */
export const machineClock: Clock = {
  now: () => epochMs(Math.floor(performance.timeOrigin + performance.now())),
  monotonic: () => durationMs(performance.now()),
};

export const silent = pino({ level: 'silent' });

/** Small, quick limits for tests; `walDirectory` is the caller's. */
export function testConfig(walDirectory: string, overrides: Partial<CollectorConfig> = {}): CollectorConfig {
  return {
    ...COLLECTOR_DEFAULTS,
    otlpHttp: { host: '127.0.0.1', port: 0 },
    otlpGrpc: { host: '127.0.0.1', port: 0 },
    segmentMs: 100,
    walDirectory,
    ...overrides,
  };
}

export interface TestCollector extends AsyncDisposable {
  readonly collector: Collector;
  readonly registry: Registry;
  readonly directory: string;
  readonly httpUrl: string;
  readonly grpcAddress: string;
}

export const makeDirectory = (): Promise<string> => mkdtemp(join(tmpdir(), 'tidewarden-collector-'));

/** Starts a collector; disposing stops it and, unless a directory was handed in, removes its files. */
export async function startCollector(
  overrides: Partial<CollectorConfig> = {},
  options: Partial<CollectorOptions> = {},
): Promise<TestCollector> {
  const directory = overrides.walDirectory ?? (await makeDirectory());
  const registry = new Registry();
  const collector = createCollector({
    config: testConfig(directory, overrides),
    clock: machineClock,
    logger: silent,
    registry,
    ...options,
  });
  await collector.start();
  return {
    collector,
    registry,
    directory,
    httpUrl: `http://127.0.0.1:${collector.addresses.http.port}`,
    grpcAddress: `127.0.0.1:${collector.addresses.grpc.port}`,
    async [Symbol.asyncDispose]() {
      await collector.stop();
      if (overrides.walDirectory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Every message in the data files of a WAL directory, per signal. The collector must be stopped or idle. */
export async function readWal(directory: string): Promise<Record<Signal, Buffer[]>> {
  const messages: Record<Signal, Buffer[]> = { traces: [], metrics: [], logs: [], remote_write: [] };
  for (const signal of SIGNALS) {
    const names = (await readdir(join(directory, signal)).catch(() => [])).filter((name) =>
      name.endsWith('.pb'),
    );
    for (const name of names.sort()) {
      // An empty segment may go between the listing and here.
      const data = await readFile(join(directory, signal, name)).catch(() => Buffer.alloc(0));
      messages[signal].push(...splitMessages(data));
    }
  }
  return messages;
}

/** The messages of a length-delimited stream. */
export function splitMessages(data: Buffer): Buffer[] {
  const messages: Buffer[] = [];
  for (let p = 0; p < data.length; ) {
    const prefix = readVarint(data, p);
    p = prefix.next + prefix.value;
    messages.push(data.subarray(prefix.next, p));
  }
  return messages;
}

/** Asks again until the answer is not undefined; throws after `timeoutMs`. */
export async function eventually<T>(
  ask: () => T | undefined | Promise<T | undefined>,
  timeoutMs = 10_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`nothing after ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
