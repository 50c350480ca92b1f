import { z } from 'zod';
import type { Reader } from './clickhouse/clickhouse.ts';

const LIMITS = { maxSeconds: 10, maxMemoryBytes: 500 * 1024 ** 2 };
const NAMES_MAX = 10_000;

const serviceRow = z.object({ service: z.string() });

/** Services that sent spans since an epoch time, by name; at most 10,000. Throws `StoreError`. */
export async function readServiceNames(
  reader: Reader,
  sinceMs: number,
  abort?: AbortSignal,
): Promise<readonly string[]> {
  const rows = await reader.rows({
    sql: `SELECT DISTINCT service FROM spans WHERE time >= fromUnixTimestamp64Milli({since:Int64}) AND service != ''
      ORDER BY service LIMIT ${NAMES_MAX}`,
    parameters: { since: Math.floor(sinceMs) },
    limits: LIMITS,
    what: 'names of services',
    ...(abort && { abort }),
  });
  return rows.map((row) => serviceRow.parse(row).service);
}

const operationRow = z.object({
  name: z.string(),
  kind: z.enum(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer']),
});
export type Operation = z.infer<typeof operationRow>;

/** Names of a service's spans with their kinds, since an epoch time, by name; at most 10,000. Throws `StoreError`. */
export async function readOperations(
  reader: Reader,
  service: string,
  sinceMs: number,
  abort?: AbortSignal,
): Promise<readonly Operation[]> {
  const rows = await reader.rows({
    sql: `SELECT DISTINCT name, kind FROM spans WHERE time >= fromUnixTimestamp64Milli({since:Int64}) AND service = {service:String}
      ORDER BY name, kind LIMIT ${NAMES_MAX}`,
    parameters: { service, since: Math.floor(sinceMs) },
    limits: LIMITS,
    what: 'names of operations',
    ...(abort && { abort }),
  });
  return rows.map((row) => operationRow.parse(row));
}
