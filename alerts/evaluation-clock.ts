import { type Clock, type EpochMs, epochMs } from '../model/units.ts';

/** The times of one evaluation. */
export interface EvaluationTime {
  /** What queries are asked for: wall time without the jumps. */
  readonly atMs: EpochMs;
  /** What elapsed times are measured on. */
  readonly monotonicMs: number;
  /** false: the wall clock jumped lately, so that an empty result may be the jump's doing. */
  readonly settled: boolean;
}

/** Wall and monotonic clock may differ by this much between two evaluations without it being a jump: slewing, suspended timers. */
const TOLERANCE_MS = 5_000;
/** A new wall time that stays this long is believed. Longer than the ranges of the rules that page. */
const SETTLE_MS = 120_000;

/**
 * A wall clock that does not jump. As long as the machine's clock goes along with the monotonic one it is followed,
 * drift included. When it jumps, the time before the jump is continued; if the new time lasts (the old one was
 * wrong, or the machine slept), it is taken over, and if the clock jumps back, nothing has happened.
 */
export function createEvaluationClock(clock: Clock): {
  /** `wallMs` in place of the clock's own wall time is for tests. */
  read(wallMs?: number): EvaluationTime;
  /** Jumps seen so far. */
  jumps(): number;
} {
  let offsetMs: number | null = null;
  let candidate: { readonly offsetMs: number; readonly sinceMs: number } | null = null;
  let unsettledUntilMs = Number.NEGATIVE_INFINITY;
  let jumps = 0;

  return {
    jumps: () => jumps,
    read: (wallMs = clock.now()) => {
      const monotonicMs = clock.monotonic();
      const seen = wallMs - monotonicMs;
      if (offsetMs === null || Math.abs(seen - offsetMs) <= TOLERANCE_MS) {
        offsetMs = seen;
        candidate = null;
      } else if (candidate === null || Math.abs(seen - candidate.offsetMs) > TOLERANCE_MS) {
        candidate = { offsetMs: seen, sinceMs: monotonicMs };
        jumps += 1;
      } else if (monotonicMs - candidate.sinceMs >= SETTLE_MS) {
        offsetMs = seen;
        candidate = null;
        unsettledUntilMs = monotonicMs + SETTLE_MS;
      } else {
        candidate = { ...candidate, offsetMs: seen };
      }
      const settled = candidate === null && monotonicMs >= unsettledUntilMs;
      return { atMs: epochMs(monotonicMs + offsetMs), monotonicMs, settled };
    },
  };
}
