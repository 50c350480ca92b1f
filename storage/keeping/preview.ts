import { z } from 'zod';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { type Decision, decideSql } from './decide-sql.ts';
import { KEEP_REASONS, type KeepReason } from './policy.ts';

export interface Amount {
  readonly traces: number;
  readonly spans: number;
  /** On disk, estimated from what a span takes there. */
  readonly bytes: number;
}

/** What a policy would keep of the traces that began in a range. */
export interface KeepingPreview {
  readonly bytesPerSpan: number;
  readonly all: Amount;
  readonly kept: Amount;
  /** By reason; a trace with several counts in each, and in `only` where it has no other. */
  readonly reasons: readonly (Amount & { readonly reason: KeepReason; readonly only: Amount })[];
}

const LIMITS = { maxSeconds: 30, maxMemoryBytes: 1024 ** 3 };
const row = z.object({
  reasons: z.array(z.enum(KEEP_REASONS)),
  traces: z.coerce.number(),
  spans: z.coerce.number(),
});

/** Throws `StoreError`. */
export async function previewKeeping(
  reader: Reader,
  decision: Decision,
  abort?: AbortSignal,
): Promise<KeepingPreview> {
  const { sql, parameters } = decideSql(decision);
  const request = { limits: LIMITS, what: 'preview of keeping', ...(abort && { abort }) };
  const rows = await reader.rows({
    ...request,
    sql: `SELECT reasons, count() AS traces, sum(spans) AS spans FROM (${sql}) GROUP BY reasons`,
    parameters,
  });
  const bytesPerSpan = await readBytesPerSpan(reader, request);
  const groups = rows.map((each) => row.parse(each));
  const amount = (of: (reasons: readonly KeepReason[]) => boolean): Amount => {
    const counted = groups.filter(({ reasons }) => of(reasons));
    const spans = counted.reduce((sum, each) => sum + each.spans, 0);
    const traces = counted.reduce((sum, each) => sum + each.traces, 0);
    return { traces, spans, bytes: Math.round(spans * bytesPerSpan) };
  };
  return {
    bytesPerSpan,
    all: amount(() => true),
    kept: amount((reasons) => reasons.length > 0),
    reasons: KEEP_REASONS.map((reason) => ({
      reason,
      ...amount((reasons) => reasons.includes(reason)),
      only: amount((reasons) => reasons.length === 1 && reasons[0] === reason),
    })),
  };
}

/** What a span takes on disk, its share of its trace's row included. */
async function readBytesPerSpan(
  reader: Reader,
  request: { readonly what: string; readonly abort?: AbortSignal },
): Promise<number> {
  const [read] = await reader.rows({
    ...request,
    sql: `SELECT sum(bytes_on_disk) AS bytes, sumIf(rows, table = 'spans') AS spans FROM system.parts
      WHERE database = currentDatabase() AND table IN ('spans', 'traces') AND active`,
  });
  const spans = Number(read?.spans ?? 0);
  return spans === 0 ? 0 : Number(read?.bytes ?? 0) / spans;
}
