import type { LogRecord } from '../../model/api/log.ts';
import { IN_WINDOW_OF_NANOS, windowOfNanos } from '../minute-order.ts';
import { SqlParameters } from '../traceql/sql-parameters.ts';
import { type LogFilter, logFilterSql } from './log-filter.ts';
import { LOG_COLUMNS, NEWEST_FIRST, toLogRecord } from './log-rows.ts';
import { LIMITS, type LogReads, nanosOf, onlySince, walkBackwards } from './walk.ts';

/** Where a page ended: at the record of this time, of which so many were shown. */
export interface LogCursor {
  readonly atNanos: bigint;
  readonly seen: number;
}

/** Times are epoch milliseconds, the end is exclusive. */
export interface LogSearch extends LogFilter {
  readonly startMs: number;
  readonly endMs: number;
  readonly limit: number;
  /** Goes on after the page that ended there. */
  readonly before?: LogCursor;
}

export interface LogPage {
  readonly records: readonly LogRecord[];
  /** Why records may be missing that are older than these. */
  readonly partial: string | null;
  readonly next: LogCursor | null;
}

const MINUTE_NANOS = 60_000_000_000n;
const DAY_NANOS = 1440n * MINUTE_NANOS;

/** Log records that match, the newest first. Throws `StoreError`. */
export async function searchLogs(reads: LogReads, search: LogSearch, abort?: AbortSignal): Promise<LogPage> {
  const { startMs, endMs, limit, before } = search;
  const parameters = new SqlParameters();
  const condition = logFilterSql(search, parameters);
  const end = nanosOf(endMs);
  const range = {
    from: nanosOf(startMs),
    to: before !== undefined && before.atNanos < end ? before.atNanos + 1n : end,
  };
  let skip = before?.seen ?? 0;
  const records: LogRecord[] = [];
  // A trace's records are found by an index, wherever they are.
  const first = search.traceId === undefined ? MINUTE_NANOS : DAY_NANOS;
  const stopped = await walkBackwards(reads, range, first, async ({ from, to }) => {
    const wanted = limit - records.length;
    const rows = await reads.clickhouse.rows({
      sql: `SELECT ${LOG_COLUMNS} FROM logs
        WHERE ${IN_WINDOW_OF_NANOS} AND ${condition}
        ${NEWEST_FIRST} LIMIT {wanted:UInt32} OFFSET {skip:UInt32}`,
      parameters: { ...parameters.values, ...windowOfNanos(from, to), wanted, skip },
      limits: LIMITS,
      what: 'search logs',
      ...(abort && { abort }),
    });
    records.push(...rows.map(toLogRecord));
    skip = 0;
    return rows.length < wanted ? 'more' : 'enough';
  });
  if (stopped !== null)
    return { records, partial: onlySince(stopped), next: { atNanos: stopped - 1n, seen: skip } };
  return { records, partial: null, next: records.length < limit ? null : after(records, before) };
}

function after(records: readonly LogRecord[], before: LogCursor | undefined): LogCursor | null {
  const last = records.at(-1);
  if (last === undefined) return null;
  const atNanos = BigInt(last.atUnixNano);
  const seen = records.filter(({ atUnixNano }) => atUnixNano === last.atUnixNano).length;
  return { atNanos, seen: seen + (before?.atNanos === atNanos ? before.seen : 0) };
}
