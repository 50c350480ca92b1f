import { type TooMuch, TooMuchError } from '../../promql/queryable.ts';
import type { IndexedSeries } from './series-index.ts';

/** Samples of a batch: making grids takes ClickHouse 50 to 100 B of memory for each, of which there may be two at once. */
export const BATCH_SAMPLES = 2_000_000;
/**
 * Where it is not known how dense the series are, a batch of a third tells: should they have a sample a second and not every 15 s, it is not
 * more than ClickHouse has memory for.
 */
const FIRST_SHARE = 1 / 3;
/** A batch has at most so many times the series that those before had: few series say little of many. */
const GROWTH = 16;
/** A query of which the first batches say that it would be so many times too much is not carried on. */
const HOPELESS = 1.5;

export interface BatchOptions {
  /** Samples that a batch is to have. */
  readonly batchSamples: number;
  /** Samples that a series is thought to have. */
  readonly samplesEach: number;
  /** Whether that was seen and not only guessed. */
  readonly seen: boolean;
  /** Samples that all may have together. */
  readonly maxSamples: number;
  /** Which limit that is. */
  readonly limit: TooMuch;
  /** Batches that are read at the same time, once one has told how dense the series are. */
  readonly atOnce: number;
}

/**
 * Reads series batch by batch, neighbours in the table together, each of about as many samples, so that the memory that a query takes does
 * not grow with what it reads, and others have their turns between the batches. `read` says how many samples a batch had. Where one is too
 * much, no other is begun.
 *
 * @throws TooMuchError where all together have more than they may, as soon as that is clear
 */
export async function inBatches(
  series: readonly IndexedSeries[],
  { batchSamples, samplesEach, seen, maxSamples, limit, atOnce }: BatchOptions,
  read: (batch: readonly IndexedSeries[]) => Promise<number>,
): Promise<void> {
  let each = samplesEach;
  let together = seen ? batchSamples : batchSamples * FIRST_SHARE;
  if (series.length * each <= together) {
    if ((await read(series)) > maxSamples) throw new TooMuchError(limit, maxSamples);
    return;
  }
  const sorted = series.toSorted((a, b) => (a.id < b.id ? -1 : 1));
  let samples = 0;
  let begun = 0;
  let done = 0;
  const readNext = async (): Promise<void> => {
    const most = done === 0 ? sorted.length : GROWTH * done;
    const batch = sorted.slice(begun, begun + Math.max(1, Math.min(most, Math.floor(together / each))));
    begun += batch.length;
    samples += await read(batch);
    done += batch.length;
    each = Math.max(1, samples / done);
    together = batchSamples;
    const expected = samples + each * (sorted.length - done);
    if (samples > maxSamples || expected > HOPELESS * maxSamples) throw new TooMuchError(limit, maxSamples);
  };
  const readOn = async (): Promise<void> => {
    try {
      while (begun < sorted.length) await readNext();
    } catch (error) {
      begun = sorted.length;
      throw error;
    }
  };
  await readNext();
  await Promise.all(Array.from({ length: atOnce }, readOn));
}
