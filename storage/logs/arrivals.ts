import type { LogRecord } from '../../model/api/log.ts';
import type { Loaded } from '../../model/telemetry.ts';
import { IN_WINDOW_OF_MS, windowOfMs } from '../minute-order.ts';
import { SqlParameters } from '../traceql/sql-parameters.ts';
import { type LogFilter, logFilterSql } from './log-filter.ts';
import { LOG_COLUMNS, NEWEST_FIRST, toLogRecord } from './log-rows.ts';
import { LIMITS, type LogReads } from './walk.ts';

export interface Arrivals {
  /** The newest of them, oldest first. */
  readonly records: readonly LogRecord[];
  /** How many more match. */
  readonly dropped: number;
}

/** Records that match among those of these loads, each of which is told apart by when it was accepted. Throws `StoreError`. */
export async function readArrivals(
  { clickhouse }: Pick<LogReads, 'clickhouse'>,
  filter: LogFilter,
  loads: readonly Loaded[],
  limit: number,
  abort: AbortSignal,
): Promise<Arrivals> {
  const parameters = new SqlParameters();
  const where = `${IN_WINDOW_OF_MS}
    AND loaded IN (SELECT fromUnixTimestamp64Milli(arrayJoin({loads:Array(Int64)}))) AND ${logFilterSql(filter, parameters)}`;
  const request = {
    parameters: {
      ...parameters.values,
      ...windowOfMs(
        Math.min(...loads.map(({ oldestMs }) => oldestMs)),
        Math.floor(Math.max(...loads.map(({ newestMs }) => newestMs))) + 1,
      ),
      loads: loads.map(({ acceptedMs }) => Math.floor(acceptedMs)),
    },
    limits: LIMITS,
    what: 'tail logs',
    abort,
  };
  const rows = await clickhouse.rows({
    ...request,
    sql: `SELECT ${LOG_COLUMNS} FROM logs WHERE ${where} ${NEWEST_FIRST} LIMIT {limit:UInt32}`,
    parameters: { ...request.parameters, limit },
  });
  const records = rows.map(toLogRecord).reverse();
  if (rows.length < limit) return { records, dropped: 0 };
  const [counted] = await clickhouse.rows({
    ...request,
    sql: `SELECT count() AS records FROM logs WHERE ${where}`,
  });
  return { records, dropped: Number(counted?.records ?? rows.length) - rows.length };
}
