import { z } from 'zod';
import { type LogCount, SEVERITY_RANGES } from '../../model/api/log.ts';
import { IN_WINDOW_OF_NANOS, windowOfNanos } from '../minute-order.ts';
import { SqlParameters } from '../traceql/sql-parameters.ts';
import { type LogFilter, logFilterSql } from './log-filter.ts';
import { LIMITS, type LogReads, nanosOf, onlySince, walkBackwards } from './walk.ts';

/** Times are epoch milliseconds; counted from the step that holds the start to the one before the end. */
export interface LogCountRequest extends LogFilter {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export interface CountedLogs {
  /** Every step that was counted, oldest first. */
  readonly points: readonly LogCount[];
  /** Why the oldest ones are missing. */
  readonly partial: string | null;
}

const HOUR_NANOS = 3_600_000_000_000n;
const row = z.object({ at: z.coerce.number(), range: z.coerce.number(), records: z.coerce.number() });

/** Log records that match, by step and range of severity. Throws `StoreError`. */
export async function countLogs(
  reads: LogReads,
  request: LogCountRequest,
  abort?: AbortSignal,
): Promise<CountedLogs> {
  const { startMs, endMs, stepMs } = request;
  const parameters = new SqlParameters();
  const condition = logFilterSql(request, parameters);
  const step = BigInt(stepMs) * 1_000_000n;
  const to = ((nanosOf(endMs) + step - 1n) / step) * step;
  const range = { from: (nanosOf(startMs) / step) * step, to };
  const counts = new Map<number, LogCount>();
  // Whole steps, so that none is counted in part.
  const first = step > HOUR_NANOS ? step : (HOUR_NANOS / step) * step;
  const stopped = await walkBackwards(reads, range, first, async ({ from, to }) => {
    const rows = await reads.clickhouse.rows({
      sql: `SELECT intDiv(toUnixTimestamp64Milli(time), {step:Int64}) * {step:Int64} AS at, intDiv(severity + 3, 4) AS range, count() AS records
        FROM logs
        WHERE ${IN_WINDOW_OF_NANOS} AND ${condition}
        GROUP BY at, range`,
      parameters: { ...parameters.values, ...windowOfNanos(from, to), step: stepMs },
      limits: LIMITS,
      what: 'count logs',
      ...(abort && { abort }),
    });
    for (const each of rows) {
      const { at, range, records } = row.parse(each);
      counts.set(at, { ...(counts.get(at) ?? none(at)), [SEVERITY_RANGES[range] ?? 'unset']: records });
    }
    return 'more';
  });
  const points: LogCount[] = [];
  for (let at = Number((stopped ?? range.from) / 1_000_000n); at < Number(to / 1_000_000n); at += stepMs)
    points.push(counts.get(at) ?? none(at));
  return { points, partial: stopped === null ? null : onlySince(stopped) };
}

const none = (atMs: number): LogCount => ({
  ...{ atMs, unset: 0, trace: 0, debug: 0, info: 0, warn: 0, error: 0, fatal: 0 },
});
