import { addHistograms } from '../../promql/histogram/arithmetic.ts';
import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';
import type { HistogramColumns } from '../queryable/histogram-columns.ts';

/** One histogram of a series as it is to be stored. Times in epoch ms, the start 0 where it is not known. */
export interface TotalHistogram {
  readonly timeMs: number;
  readonly startMs: number;
  /** Undefined for a staleness marker. */
  readonly histogram: NativeHistogram | undefined;
}

/**
 * Histograms of delta temporality as a series' running totals, in the coarsest schema and the widest zero bucket so far. `stored` is what
 * the series has: its last histogram before the first delta, if any, and all from there on. A delta that comes later than a newer one is
 * added to all that come after it, which are part of the answer; one of a time that is stored already was sent twice. Both by
 * rising times.
 */
export function accumulate(
  deltas: HistogramColumns,
  stored: HistogramColumns = NOTHING,
): readonly TotalHistogram[] {
  const totals: TotalHistogram[] = [];
  let known: NativeHistogram | undefined;
  let added: NativeHistogram | undefined;
  let startMs = 0;
  let next = 0;
  const passStored = (upToMs: number): void => {
    for (; next < stored.timesMs.length && stored.timesMs[next]! <= upToMs; next++) {
      known = stored.histograms[next];
      startMs ||= stored.startsMs[next]!;
      if (added !== undefined)
        totals.push({ timeMs: stored.timesMs[next]!, startMs, histogram: plus(known, added) });
    }
  };
  deltas.timesMs.forEach((timeMs, i) => {
    passStored(timeMs);
    if (next > 0 && stored.timesMs[next - 1] === timeMs) return;
    const delta = deltas.histograms[i];
    startMs ||= deltas.startsMs[i]!;
    if (delta !== undefined) added = plus(added, delta);
    totals.push({ timeMs, startMs, histogram: delta && plus(known, added) });
  });
  passStored(Number.POSITIVE_INFINITY);
  return totals;
}

const NOTHING: HistogramColumns = { timesMs: [], startsMs: [], histograms: [] };

function plus(a: NativeHistogram | undefined, b: NativeHistogram | undefined): NativeHistogram | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  const sum = addHistograms(a, b);
  // Exponential buckets do not go on from custom ones, which someone else wrote: they begin anew.
  return sum.ok ? { ...sum.histogram, counterResetHint: 'unknown' } : b;
}
