import { HOUR_MS } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { openMinutes } from './minutes.ts';
import { DELETE_BASES, INSERT_BASE, INSERT_TOTALS } from './totals-sql.ts';

/** Calls whose spans come later than this are in the graph, and not in its series. */
const LATE_MS = 6 * HOUR_MS;
const LIMITS = { maxSeconds: 60, maxMemoryBytes: 700 * 1024 ** 2, maxThreads: 1 };
const SHARED = { what: 'service graph totals', limits: LIMITS };

/** Brings the running totals of the service graph up to date with its minutes. Returns how many have grown. Throws `StoreError`. */
export async function updateTotals(clickhouse: ClickHouse): Promise<number> {
  return (await clickhouse.command({ ...SHARED, sql: INSERT_TOTALS })).rows;
}

/**
 * Sums the minutes up once that no span is waited for any more, so that they need not be summed up each time. Minutes that were never computed, and those
 * after them, wait until they are. Throws `StoreError`.
 */
export async function moveBase(clickhouse: ClickHouse, nowMs: number): Promise<void> {
  const settledS = (Math.floor((nowMs - LATE_MS) / HOUR_MS) * HOUR_MS) / 1_000;
  const open = await openMinutes(clickhouse, { startS: 60, endS: settledS });
  const upto = Math.min(settledS, ...open.filter(({ run }) => run === 0).map(({ minute }) => minute));
  const { rows } = await clickhouse.command({ ...SHARED, sql: INSERT_BASE, parameters: { upto } });
  if (rows > 0) await clickhouse.command({ ...SHARED, sql: DELETE_BASES });
}
