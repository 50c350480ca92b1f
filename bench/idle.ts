import { rmSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { startProduct } from '../tests/support/product.ts';
import type { Bench } from './bench.ts';
import { cpuSeconds, family, pssBytes } from './processes.ts';

const MIB = 2 ** 20;
const MEMORY_MIB_MAX = 800;

/** What the product needs when nobody sends or asks anything. */
export const idle: Bench = {
  name: 'idle',
  about: 'memory (PSS) and CPU of all processes of a product that does nothing',
  run: async ({ quick, say }) => {
    const seconds = quick ? 10 : 120;
    const product = await startProduct();
    try {
      say(`letting it rest for ${seconds} s`);
      const before = new Map(family(product.pid).map(({ pid }) => [pid, cpuSeconds(pid)]));
      await delay(seconds * 1_000);
      const parts = family(product.pid).map(({ pid, runs }) => ({
        part: runs,
        memoryMiB: pssBytes(pid) / MIB,
        cpuPercent: ((cpuSeconds(pid) - (before.get(pid) ?? 0)) / seconds) * 100,
      }));
      const memory = parts.reduce((sum, part) => sum + part.memoryMiB, 0);
      return {
        rows: parts,
        verdicts: [
          {
            figure: 'memory of all processes',
            wanted: `≤ ${MEMORY_MIB_MAX} MiB`,
            got: `${Math.round(memory)} MiB`,
            holds: memory <= MEMORY_MIB_MAX,
          },
        ],
      };
    } finally {
      await product.stop();
      rmSync(product.dataDirectory, { recursive: true, force: true });
    }
  },
};
