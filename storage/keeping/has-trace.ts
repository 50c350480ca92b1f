import type { Reader } from '../clickhouse/clickhouse.ts';

/** Whether any span of a trace (32 hex digits) can be read. Throws `StoreError`. */
export async function hasTrace(reader: Reader, traceId: string, abort?: AbortSignal): Promise<boolean> {
  const rows = await reader.rows({
    sql: `WITH toFixedString(unhex({id:String}), 16) AS wanted,
        (SELECT (min(start), max(end)) FROM traces WHERE trace_id = wanted) AS extent
      SELECT 1 FROM spans WHERE trace_id = wanted AND time >= extent.1 AND time <= extent.2 LIMIT 1`,
    parameters: { id: traceId },
    limits: { maxSeconds: 10 },
    what: 'trace by id',
    ...(abort && { abort }),
  });
  return rows.length > 0;
}
