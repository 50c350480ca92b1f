import type { Clock } from '../../model/units.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';

export interface LogReads {
  readonly clickhouse: Reader;
  readonly clock: Pick<Clock, 'monotonic'>;
  /** One search or count; what it has by then is its answer. Default 10 s. */
  readonly maxMs?: number | undefined;
}

export const LIMITS = { maxSeconds: 10, maxMemoryBytes: 700 * 1024 ** 2 };
const GROWTH = 4n;

/** A stretch of time in epoch nanoseconds, the end exclusive. */
export interface NanoWindow {
  readonly from: bigint;
  readonly to: bigint;
}

/**
 * Looks at a range backwards in time, in windows that grow, until `look` says that it has enough. Gives where it stopped: null when
 * nothing is left or there is enough, else the end of what was not looked at, because time was over.
 */
export async function walkBackwards(
  { clock, maxMs = 10_000 }: Omit<LogReads, 'clickhouse'>,
  range: NanoWindow,
  first: bigint,
  look: (window: NanoWindow) => Promise<'more' | 'enough'>,
): Promise<bigint | null> {
  const deadline = clock.monotonic() + maxMs;
  let { to } = range;
  for (let size = first; to > range.from; size *= GROWTH) {
    if (clock.monotonic() > deadline) return to;
    let from = to - size;
    if (from < range.from) from = range.from;
    try {
      if ((await look({ from, to })) === 'enough') return null;
    } catch (error) {
      if (error instanceof StoreError && error.failure === 'too_much') return to;
      throw error;
    }
    to = from;
  }
  return null;
}

/** Why an answer is partial. */
export const onlySince = (nanos: bigint): string =>
  `Only what was written since ${new Date(Number(nanos / 1_000_000n)).toISOString()} was looked at: shorten the range or ask for something more common`;

/** Milliseconds as nanoseconds, within what a time in the store can be. */
export const nanosOf = (ms: number): bigint =>
  BigInt(Math.min(Math.max(Math.floor(ms), 0), 9.2e12)) * 1_000_000n;
