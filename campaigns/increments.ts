/**
 * What counters grew by, exactly: the difference of successive cumulative samples of one series. Unlike `increase()`
 * nothing is extrapolated, so that the sum over all steps is the number of units, not an estimate of it.
 */
import { type Labels, labelsKey } from '../model/labels.ts';
import type { FloatSeries } from '../model/series.ts';

/** The last sample taken of each series, by `labelsKey`: epoch milliseconds and value. */
export type Positions = Record<string, readonly [atMs: number, value: number]>;

export interface Increment {
  readonly labels: Labels;
  /** The series' sample before this one; null for its first. */
  readonly afterMs: number | null;
  readonly atMs: number;
  /** Never below zero. */
  readonly amount: number;
}

/**
 * Takes the samples that are newer than each series' position, moves the positions, and returns what was added after
 * `fromMs`. A value below the one before is a counter that began again from zero. The first sample of a series counts
 * whole, unless it lies at or before `fromMs`: then it is only what later ones are compared with. Series whose clocks
 * differ, and samples that come again, do no harm; stale markers are skipped. Samples that add nothing are left out
 * unless `zeros` asks for them.
 */
export function takeIncrements(
  positions: Positions,
  series: readonly FloatSeries[],
  fromMs: number,
  zeros = false,
): Increment[] {
  const increments: Increment[] = [];
  for (const { labels, timestampsMs, values } of series) {
    const key = labelsKey(labels);
    let position = positions[key];
    for (let i = 0; i < timestampsMs.length; i++) {
      const atMs = timestampsMs[i]!;
      const value = values[i]!;
      if (!Number.isFinite(value) || (position !== undefined && atMs <= position[0])) continue;
      if (atMs > fromMs) {
        const before = position?.[1] ?? 0;
        const amount = value >= before ? value - before : value;
        if (amount > 0 || zeros)
          increments.push({ labels, afterMs: position?.[0] ?? null, atMs, amount: Math.max(0, amount) });
      }
      position = [atMs, value];
    }
    if (position !== undefined) positions[key] = position;
  }
  return increments;
}
