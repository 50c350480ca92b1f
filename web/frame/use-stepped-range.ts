import { resolveTime } from './time-range.ts';
import { useTimeRange } from './use-time-range.ts';

/** A moving range is asked for in steps of this, so that the same question stays the same for a while. */
const STEP_MS = 10_000;

/** Both ends in epoch milliseconds. */
export interface SteppedRange {
  readonly start: number;
  readonly end: number;
}

/** The page's time range as the product is asked for it. */
export function useSteppedRange(): SteppedRange {
  const range = useTimeRange();
  const end = range.moving ? Math.ceil(range.toMs / STEP_MS) * STEP_MS : range.toMs;
  return { start: resolveTime(range.from, end) ?? range.fromMs, end };
}
