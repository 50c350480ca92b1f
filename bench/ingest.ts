import { rmSync } from 'node:fs';
import { type Product, startProduct } from '../tests/support/product.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { cpuByProcess, sendLoad, settled } from './load.ts';
import { BATCH, SAMPLES_PER_REQUEST } from './load-bodies.ts';
import { storedBytes } from './stored-bytes.ts';

interface Figures {
  readonly signal: 'traces' | 'metrics';
  readonly what: string;
  readonly itemsPerRequest: number;
  readonly itemsPerCoreMin: number;
  readonly bytesPerItemMax: number;
}

const SETTLE_MS = 300_000;

/** The whole product under as much as it takes for ten minutes, half over gRPC and half over HTTP. */
function ingestBench(name: string, figures: Figures): Bench {
  return {
    name,
    about: `${figures.what} through receiver, WAL with fsync, load and merges, batches of ${BATCH}, gRPC and HTTP at once`,
    run: async (options) => {
      const product = await startProduct({ environment: { TIDEWARDEN_LOG_LEVEL: 'error' } });
      try {
        return await measure(product, figures, options);
      } finally {
        await product.stop();
        rmSync(product.dataDirectory, { recursive: true, force: true });
      }
    },
  };
}

async function measure(
  product: Product,
  figures: Figures,
  { quick, say }: BenchOptions,
): Promise<BenchResult> {
  const seconds = quick ? 10 : 600;
  await settled(product, 30_000);
  const cpuBefore = cpuByProcess(product);
  say(`sending for ${seconds} s`);
  const load = { signal: figures.signal, seconds, requestsPerSecond: 0 };
  const accepted = await Promise.all([
    sendLoad(product, { ...load, protocol: 'grpc' }),
    sendLoad(product, { ...load, protocol: 'http' }),
  ]);
  say('waiting for loads and merges');
  await settled(product, SETTLE_MS);
  const items = (accepted[0].accepted + accepted[1].accepted) * figures.itemsPerRequest;
  const parts = [...cpuByProcess(product)].map(([part, cpu]) => ({
    part,
    cpu: cpu - (cpuBefore.get(part) ?? 0),
  }));
  const cpu = parts.reduce((sum, part) => sum + part.cpu, 0);
  await product.stop();
  const bytes = (await storedBytes(product.dataDirectory)) / items;
  const perCore = items / cpu;
  return {
    rows: [
      ...parts.map(({ part, cpu: own }) => ({
        part,
        cpuSeconds: own,
        share: own / cpu,
        itemsPerCpuSecond: Math.round(items / own),
      })),
      {
        part: 'all',
        cpuSeconds: cpu,
        share: 1,
        itemsPerCpuSecond: Math.round(perCore),
        itemsPerSecond: Math.round(items / seconds),
        items,
        bytesPerItem: bytes,
      },
    ],
    verdicts: [
      {
        figure: `${figures.what} per core and second`,
        wanted: `≥ ${figures.itemsPerCoreMin}`,
        got: String(Math.round(perCore)),
        holds: perCore >= figures.itemsPerCoreMin,
      },
      {
        figure: 'bytes each on disk',
        wanted: `≤ ${figures.bytesPerItemMax}`,
        got: bytes.toFixed(2),
        holds: bytes <= figures.bytesPerItemMax,
      },
    ],
  };
}

export const traces = ingestBench('traces', {
  signal: 'traces',
  what: 'spans with 11 attributes',
  itemsPerRequest: BATCH,
  itemsPerCoreMin: 80_000,
  bytesPerItemMax: 45,
});

export const metrics = ingestBench('metrics', {
  signal: 'metrics',
  what: 'samples, histograms among them',
  itemsPerRequest: SAMPLES_PER_REQUEST,
  itemsPerCoreMin: 300_000,
  bytesPerItemMax: 1,
});
