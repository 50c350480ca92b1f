import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { type Collector, createCollector } from '../collector/collector.ts';
import { COLLECTOR_DEFAULTS } from '../collector/config.ts';
import { parseJson } from '../collector/json/parse.ts';
import { transcode } from '../collector/json/transcode.ts';
import { checkBody } from '../collector/wire/check.ts';
import { OTLP_SIGNALS } from '../model/telemetry.ts';
import { durationMs, epochMs } from '../model/units.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { BATCH, telemetryBody, telemetryJson } from './collector-bodies.ts';

type Row = Record<string, string | number>;

/** One core must carry 80,000 spans/s of everything; the collector may take a quarter of it. */
const SPANS_PER_CPU_SECOND = 320_000;
const CHECKED_PER_SECOND = 1_000_000;

export const collector: Bench = {
  name: 'collector',
  about: 'wire check, WAL and receivers alone: batches of 512 spans with 11 attributes, no store behind them',
  async run(options) {
    const rows: Row[] = [];
    for (const signal of OTLP_SIGNALS) rows.push(await benchCheck(signal, options));
    rows.push(await benchTranscode(options), await benchWal(options));
    for (const protocol of ['http', 'grpc'] as const) {
      for (const compression of ['none', 'gzip'] as const) {
        rows.push(await benchReceiver(protocol, compression, options));
      }
    }
    return { rows, verdicts: verdicts(rows) };
  },
};

function verdicts(rows: readonly Row[]): BenchResult['verdicts'] {
  const perCpu = (what: string) => Number(rows.find((row) => row.what === what)?.itemsPerCpuSecond ?? 0);
  const judge = (figure: string, wanted: number, what: string) => {
    const got = perCpu(what);
    return { figure, wanted: `≥ ${wanted}`, got: String(Math.round(got)), holds: got >= wanted };
  };
  return [
    judge('spans/s checked on one core', CHECKED_PER_SECOND, 'wire check, traces'),
    judge('spans per CPU second, OTLP/HTTP to fsync', SPANS_PER_CPU_SECOND, 'http, none'),
    judge('spans per CPU second, OTLP/gRPC to fsync', SPANS_PER_CPU_SECOND, 'grpc, none'),
  ];
}

/** Runs `work`, which says how many items and bytes it did, and states its wall time and this process's CPU. */
async function measure(what: string, work: () => Promise<{ items: number; bytes: number }>): Promise<Row> {
  const startedMs = performance.now();
  const cpuBefore = process.cpuUsage();
  const { items, bytes } = await work();
  const seconds = (performance.now() - startedMs) / 1_000;
  const cpu = process.cpuUsage(cpuBefore);
  const cpuSeconds = (cpu.user + cpu.system) / 1_000_000;
  return {
    what,
    itemsPerSecond: Math.round(items / seconds),
    itemsPerCpuSecond: Math.round(items / cpuSeconds),
    mebibytesPerSecond: bytes / seconds / 2 ** 20,
    cpus: cpuSeconds / seconds,
  };
}

function repeatFor(seconds: number, bytes: number, work: () => void): { items: number; bytes: number } {
  for (let warmup = 0; warmup < 50; warmup++) work();
  const until = performance.now() + seconds * 1_000;
  let times = 50;
  while (performance.now() < until) {
    work();
    times++;
  }
  return { items: times * BATCH, bytes: times * bytes };
}

function benchCheck(signal: (typeof OTLP_SIGNALS)[number], { quick, say }: BenchOptions): Promise<Row> {
  say(`wire check of ${signal}`);
  const body = telemetryBody(signal);
  return measure(`wire check, ${signal}`, async () =>
    repeatFor(quick ? 0.2 : 3, body.length, () => {
      const checked = checkBody(signal, body);
      if (!checked.ok || checked.items !== BATCH) throw new Error('the body is not what the bench thinks');
    }),
  );
}

function benchTranscode({ quick, say }: BenchOptions): Promise<Row> {
  say('JSON to protobuf');
  const text = Buffer.from(telemetryJson('traces'));
  return measure('parse and transcode JSON, traces', async () =>
    repeatFor(quick ? 0.2 : 3, text.length, () => {
      transcode('traces', parseJson(text), text.length);
    }),
  );
}

async function withCollector<T>(use: (collector: Collector) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'tidewarden-bench-'));
  const running = createCollector({
    config: {
      ...COLLECTOR_DEFAULTS,
      otlpHttp: { host: '127.0.0.1', port: 0 },
      otlpGrpc: { host: '127.0.0.1', port: 0 },
      walDirectory: directory,
    },
    clock: {
      now: () => epochMs(Math.floor(performance.timeOrigin + performance.now())),
      monotonic: () => durationMs(performance.now()),
    },
    logger: pino({ level: 'error' }),
    registry: new Registry(),
  });
  await running.start();
  const stopping = new AbortController();
  const released = releaseAll(running, stopping.signal);
  try {
    return await use(running);
  } finally {
    stopping.abort();
    await released;
    await running.stop();
    await rm(directory, { recursive: true, force: true });
  }
}

/** Stands in for the loader, so that the disk stays bounded. */
async function releaseAll({ segments }: Collector, signal: AbortSignal): Promise<void> {
  for (
    let next = await segments.next('traces', signal);
    next !== null;
    next = await segments.next('traces', signal)
  ) {
    await segments.release(next);
  }
}

function benchWal({ quick, say }: BenchOptions): Promise<Row> {
  say('wire check and WAL');
  const body = telemetryBody('traces');
  return withCollector((running) =>
    measure('wire check and WAL with fsync, traces', async () => {
      const until = performance.now() + (quick ? 300 : 5_000);
      let times = 0;
      const sender = async () => {
        while (performance.now() < until) {
          const result = await running.ingest('traces', body);
          if (result.outcome !== 'accepted') throw new Error(result.message);
          times++;
        }
      };
      await Promise.all(Array.from({ length: 16 }, sender));
      return { items: times * BATCH, bytes: times * body.length };
    }),
  );
}

function benchReceiver(
  protocol: 'http' | 'grpc',
  compression: 'none' | 'gzip',
  { quick, say }: BenchOptions,
): Promise<Row> {
  say(`${protocol}, ${compression}`);
  const bytes = telemetryBody('traces').length;
  return withCollector((running) =>
    measure(`${protocol}, ${compression}`, async () => {
      const port = running.addresses[protocol].port;
      const accepted = await runSender([protocol, String(port), compression, '8', quick ? '0.5' : '6']);
      return { items: accepted * BATCH, bytes: accepted * bytes };
    }),
  );
}

async function runSender(args: readonly string[]): Promise<number> {
  const script = fileURLToPath(new URL('./collector-sender.ts', import.meta.url));
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  const code = await new Promise<number | null>((resolve) => child.once('exit', resolve));
  if (code !== 0) throw new Error(`the sender ended with ${code}`);
  return Number(output);
}
