/**
 * Spans and log records lie in the order of the minute in which they began. ClickHouse does not work out from a bound of `time` which minutes
 * are meant: without a hint, a query of an hour goes through all granules of the day.
 */

/** SQL of a stretch of time: its ends, the last exclusive, and the minutes that they are in. */
interface Stretch {
  readonly from: string;
  readonly to: string;
  readonly fromMinute: string;
  readonly toMinute: string;
}

/** Spans or records that began in a stretch of time. */
export const beganIn = ({ from, to, ...minutes }: Stretch): string =>
  `time >= ${from} AND time < ${to} AND ${inMinutes(minutes)}`;

/** Finds the granules, and is not looked at row by row. */
export const inMinutes = ({ fromMinute, toMinute }: Pick<Stretch, 'fromMinute' | 'toMinute'>): string =>
  `indexHint(toStartOfMinute(time) >= ${fromMinute} AND toStartOfMinute(time) <= ${toMinute})`;

const MINUTES = {
  fromMinute: `toDateTime({fromMinute:UInt32}, 'UTC')`,
  toMinute: `toDateTime({toMinute:UInt32}, 'UTC')`,
};

/** Began in the window of {@link windowOfMs}. */
export const IN_WINDOW_OF_MS = beganIn({
  from: 'fromUnixTimestamp64Milli({from:Int64})',
  to: 'fromUnixTimestamp64Milli({to:Int64})',
  ...MINUTES,
});

/** Began in the window of {@link windowOfNanos}. */
export const IN_WINDOW_OF_NANOS = beganIn({
  from: 'fromUnixTimestamp64Nano({from:Int64})',
  to: 'fromUnixTimestamp64Nano({to:Int64})',
  ...MINUTES,
});

/** Began at `{start:Int64}`, epoch milliseconds of a time between 1970 and 2106, or later. */
export const SINCE_START_MS = `time >= fromUnixTimestamp64Milli({start:Int64})
  AND indexHint(toStartOfMinute(time) >= toStartOfMinute(fromUnixTimestamp64Milli({start:Int64}, 'UTC')))`;

/** Parameters of {@link IN_WINDOW_OF_MS}, from epoch milliseconds. */
export const windowOfMs = (startMs: number, endMs: number) => {
  const [from, to] = [Math.floor(startMs), Math.ceil(endMs)];
  return { from, to, ...minutesOf(from, to) };
};

/** Parameters of {@link IN_WINDOW_OF_NANOS}, from epoch nanoseconds. */
export const windowOfNanos = (from: bigint, to: bigint) => ({
  ...{ from, to },
  ...minutesOf(Number(from / 1_000_000n), Number(to / 1_000_000n)),
});

const LAST_SECOND = 2 ** 32 - 1;

/** A minute is a `DateTime`, of which there are those from 1970 to 2106: before and after, minutes begin anew and bound nothing. */
export const hasMinutes = (fromMs: number, toMs: number): boolean =>
  fromMs >= 0 && toMs <= LAST_SECOND * 1_000;

/** The minutes of epoch milliseconds, in epoch seconds; all there are where they are none. */
export function minutesOf(fromMs: number, toMs: number) {
  const minute = (ms: number): number => Math.floor(ms / 60_000) * 60;
  return hasMinutes(fromMs, toMs)
    ? { fromMinute: minute(fromMs), toMinute: minute(toMs) }
    : { fromMinute: 0, toMinute: LAST_SECOND };
}
