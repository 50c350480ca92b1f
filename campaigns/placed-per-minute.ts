/** Orders placed in each of the last minutes, for the sparkline of a campaign's row. */
import { MINUTE_MS } from '../model/units.ts';
import type { Increment } from './increments.ts';

const PLACED_MINUTES = 30;

/** By minute (epoch milliseconds of its start, as text). A minute is there when anything was reported in it. */
export type PlacedByMinute = Record<string, number>;

/**
 * Adds increments and forgets minutes that are over. The first sample of a series is left out: it may hold hours of
 * orders that were placed before anybody looked, and would draw a peak that never was.
 */
export function addPlaced(counts: PlacedByMinute, increments: readonly Increment[], nowMs: number): void {
  for (const { afterMs, atMs, amount } of increments) {
    const minute = String(Math.floor(atMs / MINUTE_MS) * MINUTE_MS);
    counts[minute] = (counts[minute] ?? 0) + (afterMs === null ? 0 : amount);
  }
  for (const minute of Object.keys(counts)) {
    if (Number(minute) < nowMs - (PLACED_MINUTES + 2) * MINUTE_MS) delete counts[minute];
  }
}

/** The last 30 whole minutes, oldest first; null where nothing was reported. */
export function placedPerMinute(counts: PlacedByMinute, nowMs: number): [number, number | null][] {
  const current = Math.floor(nowMs / MINUTE_MS) * MINUTE_MS;
  return Array.from({ length: PLACED_MINUTES }, (_, index) => {
    const minute = current - (PLACED_MINUTES - index) * MINUTE_MS;
    return [minute, counts[String(minute)] ?? null];
  });
}
