import { z } from 'zod';
import type { Reader } from '../clickhouse/clickhouse.ts';

/** A minute whose edges do not hold all of its spans yet. */
export interface OpenMinute {
  /** Epoch seconds. */
  readonly minute: number;
  /** Spans that came, those that were sent twice too. */
  readonly spans: number;
  /** When the newest of them came that its edges depend on, as ClickHouse prints it. */
  readonly seen: string;
  /** Milliseconds since then. */
  readonly quietMs: number;
  /** The last run that computed it, by the time it began (epoch milliseconds); 0 when none has. */
  readonly run: number;
}

const row = z.object({
  minute: z.coerce.number(),
  spans: z.coerce.number(),
  seen: z.string(),
  quietMs: z.coerce.number(),
  run: z.coerce.number(),
});

/** A call's sides may lie in neighbouring minutes, so what came of those counts too. */
const OPEN = `SELECT toUInt32(minute) AS minute, arrivals.spans AS spans, toString(arrivals.newest) AS seen,
    dateDiff('millisecond', arrivals.newest, now64(3, 'UTC')) AS quietMs, runs.run AS run
  FROM (
    SELECT toDateTime(minute + offset, 'UTC') AS minute, max(newest) AS newest, sumIf(spans, offset = 0) AS spans
    FROM (SELECT minute, max(newest) AS newest, sum(spans) AS spans FROM span_arrivals
      WHERE minute >= toDateTime({start:UInt32}, 'UTC') - 60 AND minute < toDateTime({end:UInt32}, 'UTC') + 60 GROUP BY minute)
    ARRAY JOIN [-60, 0, 60] AS offset GROUP BY minute
  ) AS arrivals
  LEFT JOIN (
    SELECT minute, max(seen) AS seen, max(run) AS run FROM service_edge_runs
    WHERE minute >= toDateTime({start:UInt32}, 'UTC') AND minute < toDateTime({end:UInt32}, 'UTC') GROUP BY minute
  ) AS runs USING (minute)
  WHERE spans > 0 AND arrivals.newest > runs.seen AND minute >= toDateTime({start:UInt32}, 'UTC') AND minute < toDateTime({end:UInt32}, 'UTC')`;

/** Minutes of `[startS, endS)`, newest first, of whose spans not all are in the table of edges. @throws StoreError */
export async function openMinutes(
  reader: Reader,
  { startS, endS, abort }: { readonly startS: number; readonly endS: number; readonly abort?: AbortSignal },
): Promise<readonly OpenMinute[]> {
  const rows = await reader.rows({
    sql: `${OPEN} ORDER BY minute DESC`,
    parameters: { start: startS, end: endS },
    what: 'service graph minutes',
    ...(abort && { abort }),
  });
  return rows.map((each) => row.parse(each));
}

/** What `SELECT_EDGES` asks for: the minutes and, because a call's sides may lie in two of them, those beside them. */
export function windowOf(minutes: readonly OpenMinute[]): { minutes: number[]; window: number[] } {
  const wanted = minutes.map(({ minute }) => minute);
  return {
    minutes: wanted,
    window: [...new Set(wanted.flatMap((minute) => [minute - 60, minute, minute + 60]))],
  };
}
