import { describe, expect, it } from 'vitest';
import { LabelSet } from '../../promql/label-set.ts';
import { TooMuchError } from '../../promql/queryable.ts';
import { type BatchOptions, inBatches } from './series-batches.ts';
import type { IndexedSeries } from './series-index.ts';

/** Series of ids in no order. */
const series = (count: number): IndexedSeries[] =>
  Array.from({ length: count }, (_, i) => ({
    id: BigInt((i * 7) % count),
    labels: LabelSet.empty(),
    firstMs: 0,
    lastMs: 0,
    native: false,
  }));

/** How many series each batch has if each has so many samples. */
async function batches(count: number, samplesOfEach: number, options: Partial<BatchOptions> = {}) {
  const read: number[][] = [];
  const all = {
    batchSamples: 3_000,
    samplesEach: 100,
    seen: true,
    maxSamples: 1_000_000,
    limit: 'scanned',
    atOnce: 1,
    ...options,
  } as const;
  const done = inBatches(series(count), all, async (batch) => {
    read.push(batch.map(({ id }) => Number(id)));
    return batch.length * samplesOfEach;
  });
  const error = await done.catch((thrown: unknown) => thrown);
  return { sizes: read.map(({ length }) => length), ids: read.flat(), error };
}

describe('series that are read batch by batch', () => {
  it('are read at once if they are few', async () => {
    expect((await batches(30, 100)).sizes).toEqual([30]);
    expect((await batches(0, 100)).sizes).toEqual([0]);
  });

  it('are all read, neighbours together', async () => {
    const { sizes, ids } = await batches(100, 100);
    expect(sizes).toEqual([30, 30, 30, 10]);
    expect(ids).toEqual(Array.from({ length: 100 }, (_, i) => i));
  });

  it('tell in a first batch how dense they are', async () => {
    expect((await batches(100, 1_000, { seen: false })).sizes.slice(0, 4)).toEqual([10, 3, 3, 3]);
    expect((await batches(100, 10, { seen: false })).sizes).toEqual([10, 90]);
    expect((await batches(1_000, 0, { samplesEach: 10_000 })).sizes).toEqual([1, 16, 272, 711]);
  });

  it('are read two batches at a time after the first', async () => {
    let running = 0;
    let most = 0;
    const seen: number[] = [];
    const options = { batchSamples: 3_000, samplesEach: 100, seen: true, maxSamples: 1e6 };
    await inBatches(series(200), { ...options, limit: 'scanned', atOnce: 2 }, async (batch) => {
      running++;
      most = Math.max(most, running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      seen.push(...batch.map(({ id }) => Number(id)));
      return batch.length * 100;
    });
    expect(most).toBe(2);
    expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 200 }, (_, i) => i));
  });

  it('are not read on where a batch fails, beside another', async () => {
    let begun = 0;
    const options = { batchSamples: 3_000, samplesEach: 100, seen: true, maxSamples: 1e6 };
    const reading = inBatches(series(1_000), { ...options, limit: 'scanned', atOnce: 2 }, async (batch) => {
      begun++;
      await new Promise((resolve) => setImmediate(resolve));
      if (begun >= 3) throw new Error('gone');
      return batch.length * 100;
    });
    await expect(reading).rejects.toThrow('gone');
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(begun).toBe(3);
  });

  it('are too much as soon as that is clear', async () => {
    const tooMuch = new TooMuchError('scanned', 5_000);
    expect(await batches(40, 100, { maxSamples: 5_000 })).toMatchObject({ error: undefined });
    expect(await batches(51, 100, { maxSamples: 5_000 })).toMatchObject({ sizes: [30, 21], error: tooMuch });
    expect(await batches(1_000, 100, { maxSamples: 5_000 })).toMatchObject({ sizes: [30], error: tooMuch });
    expect(await batches(20, 1_000, { maxSamples: 5_000 })).toMatchObject({ sizes: [20], error: tooMuch });
  });
});
