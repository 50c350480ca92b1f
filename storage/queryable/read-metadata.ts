import { z } from 'zod';
import type { MetadataRequest, MetricMetadata } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';

const metaRow = z.object({ name: z.string(), type: z.string(), unit: z.string(), help: z.string() });
const METRIC_TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary']);

/** The newest that is known of each metric, by name. */
export async function readMetadata(
  clickhouse: Reader,
  request: MetadataRequest,
): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
  const one = request.metric !== undefined;
  const rows = await clickhouse.rows({
    sql: `SELECT name, argMax(type, written) AS type, argMax(unit, written) AS unit, argMax(help, written) AS help
      FROM metric_meta ${one ? 'WHERE name = {metric:String}' : ''} GROUP BY name ORDER BY name LIMIT {limit:UInt64}`,
    parameters: { limit: request.limit || 1_000_000, ...(one && { metric: request.metric! }) },
    what: 'promql metadata',
    ...(request.abort && { abort: request.abort }),
  });
  return new Map(
    rows.map((raw) => {
      const { name, type, unit, help } = metaRow.parse(raw);
      const known = METRIC_TYPES.has(type) ? (type as MetricMetadata['type']) : 'unknown';
      return [name, [{ type: known, unit, help }]];
    }),
  );
}
