import { z } from 'zod';
import { LabelSet } from '../../promql/label-set.ts';
import type { Exemplar, ExemplarRequest, ExemplarSeries } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { END_OF_TIME_MS } from './grid-query.ts';
import type { IndexedSeries } from './series-index.ts';

const exemplarRow = z.object({
  id: z.string(),
  time: z.coerce.number(),
  value: z.string(),
  trace: z.string(),
  span: z.string(),
  labels: z.record(z.string(), z.string()),
});

/** The newest exemplars of these series, one that was sent twice only once. @throws StoreError */
export async function readExemplars(
  clickhouse: Reader,
  found: readonly IndexedSeries[],
  { startMs, endMs, limit, abort }: ExemplarRequest,
): Promise<ExemplarSeries[]> {
  if (found.length === 0) return [];
  const rows = await clickhouse.rows({
    sql: `SELECT toString(x.id) AS id, toUnixTimestamp64Milli(x.ts) AS time, toString(x.value) AS value,
        lower(hex(x.trace_id)) AS trace, lower(hex(x.span_id)) AS span, x.labels AS labels
      FROM exemplars AS x
      WHERE x.id IN {ids:Array(UInt64)}
        AND x.ts >= fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND x.ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
      ORDER BY x.ts DESC LIMIT 1 BY x.id, x.ts, x.value, x.trace_id, x.span_id LIMIT {limit:UInt64}`,
    parameters: {
      ids: found.map(({ id }) => id),
      start: clamp(Math.ceil(startMs)),
      end: clamp(Math.floor(endMs)),
      limit,
    },
    what: 'promql exemplars',
    ...(abort && { abort }),
  });
  const byId = Map.groupBy(rows.map((row) => exemplarRow.parse(row)).reverse(), ({ id }) => BigInt(id));
  return found.flatMap(({ id, labels }) => {
    const own = byId.get(id);
    return own === undefined ? [] : [{ labels, exemplars: own.map(toExemplar) }];
  });
}

/** What DateTime64 holds. */
const clamp = (timeMs: number): number => Math.min(END_OF_TIME_MS, Math.max(0, timeMs));

function toExemplar({ time, value, trace, span, labels }: z.infer<typeof exemplarRow>): Exemplar {
  const ids = [
    ['trace_id', trace],
    ['span_id', span],
  ] as const;
  const known = ids.filter(([, id]) => /[^0]/.test(id));
  return {
    timeMs: time,
    value: Number(value.replace(/inf$/, 'Infinity')),
    labels: LabelSet.fromEntries([...Object.entries(labels), ...known]),
  };
}
