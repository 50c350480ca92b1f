import { z } from 'zod';
import type { ServiceHealth } from '../model/api/now.ts';
import type { Reader } from './clickhouse/clickhouse.ts';
import { SINCE_START_MS } from './minute-order.ts';

const RECENT_MS = 300_000;
const DAY_MS = 86_400_000;
/** SDKs export metrics once a minute unless told otherwise. */
const GOOD_MS = 150_000;
const LATE_MS = 900_000;
/** The last day is looked through this often; what came since is in the recent part. */
const DAY_SCAN_EVERY_MS = 60_000;
const LIMITS = { maxSeconds: 5, maxMemoryBytes: 500 * 1024 ** 2 };

interface Seen {
  tracesMs: number | null;
  metricsMs: number | null;
  logsMs: number | null;
}

/** When each service was last seen in the day before, as of a moment. A store that is gone takes its entry with it. */
const dayScans = new WeakMap<Reader, { readonly atMs: number; readonly seen: ReadonlyMap<string, Seen> }>();

const lastRow = z.object({
  service: z.string(),
  signal: z.enum(['tracesMs', 'metricsMs', 'logsMs']),
  last: z.coerce.number(),
});
const rateRow = z.object({
  service: z.string(),
  spans: z.coerce.number(),
  errors: z.coerce.number(),
  instances: z.coerce.number(),
});

/** The newest item by service and signal from `{start:Int64}` on. A job is `namespace/service` in metrics. */
const LAST = `SELECT toString(service) AS service, 'tracesMs' AS signal, toUnixTimestamp64Milli(max(time)) AS last FROM spans
    WHERE ${SINCE_START_MS} GROUP BY service
  UNION ALL SELECT toString(service) AS service, 'logsMs' AS signal, toUnixTimestamp64Milli(max(time)) AS last FROM logs
    WHERE ${SINCE_START_MS} GROUP BY service
  UNION ALL SELECT splitByChar('/', labels['job'])[-1] AS service, 'metricsMs' AS signal, toUnixTimestamp64Milli(max(ts)) AS last
    FROM samples INNER JOIN (SELECT id, any(labels) AS labels FROM series
      WHERE name = 'target_info' AND last >= fromUnixTimestamp64Milli({start:Int64}) GROUP BY id) AS targets USING (id)
    WHERE ts >= fromUnixTimestamp64Milli({start:Int64}) AND id IN (SELECT id FROM series WHERE name = 'target_info') GROUP BY service`;

const RATES = `SELECT toString(service) AS service, count() AS spans, countIf(status = 'error') AS errors,
    uniqExactIf(resource['service.instance.id'], resource['service.instance.id'] != '') AS instances
  FROM spans WHERE ${SINCE_START_MS} GROUP BY service`;

/** What arrives from each service that was heard of in the last day, by name. Throws `StoreError`. */
export async function serviceHealth(
  reader: Reader,
  nowMs: number,
  abort?: AbortSignal,
): Promise<ServiceHealth[]> {
  const given = abort === undefined ? {} : { abort };
  const since = (startMs: number) => ({
    parameters: { start: Math.floor(startMs) },
    limits: LIMITS,
    ...given,
  });
  const seen = await seenInDay(reader, nowMs, since(nowMs - DAY_MS));
  const [recent, rates] = await Promise.all([
    reader.rows({ sql: LAST, what: 'service health', ...since(nowMs - RECENT_MS) }),
    reader.rows({ sql: RATES, what: 'service health', ...since(nowMs - RECENT_MS) }),
  ]);
  merge(seen, recent);
  const rateOf = new Map(rates.map((row) => rateRow.parse(row)).map((row) => [row.service, row]));
  return [...seen]
    .filter(([service]) => service !== '')
    .sort(([a], [b]) => a.localeCompare(b))
    .map(([service, times]) => {
      const rate = rateOf.get(service);
      return {
        service,
        instances: Math.max(1, rate?.instances ?? 1),
        ...times,
        spansPerSecond: (rate?.spans ?? 0) / (RECENT_MS / 1000),
        errorRatio: rate === undefined || rate.spans === 0 ? null : rate.errors / rate.spans,
        state: stateOf(times, nowMs),
      };
    });
}

function stateOf(times: Seen, nowMs: number): ServiceHealth['state'] {
  const newest = Math.max(times.tracesMs ?? 0, times.metricsMs ?? 0, times.logsMs ?? 0);
  const age = nowMs - newest;
  return age <= GOOD_MS ? 'good' : age <= LATE_MS ? 'late' : 'silent';
}

async function seenInDay(
  reader: Reader,
  nowMs: number,
  request: { parameters: { start: number } },
): Promise<Map<string, Seen>> {
  const cached = dayScans.get(reader);
  if (cached !== undefined && Math.abs(nowMs - cached.atMs) < DAY_SCAN_EVERY_MS) return copyOf(cached.seen);
  const seen = new Map<string, Seen>();
  merge(
    seen,
    await reader.rows({
      sql: LAST,
      what: 'service health',
      ...request,
      // A day of much telemetry may take longer than anybody waits for: what was found by then is shown.
      settings: { timeout_overflow_mode: 'break' },
    }),
  );
  dayScans.set(reader, { atMs: nowMs, seen: copyOf(seen) });
  return seen;
}

const copyOf = (seen: ReadonlyMap<string, Seen>): Map<string, Seen> =>
  new Map([...seen].map(([service, times]) => [service, { ...times }]));

function merge(seen: Map<string, Seen>, rows: readonly Readonly<Record<string, unknown>>[]): void {
  for (const row of rows) {
    const { service, signal, last } = lastRow.parse(row);
    const times = seen.get(service) ?? { tracesMs: null, metricsMs: null, logsMs: null };
    times[signal] = Math.max(times[signal] ?? 0, last);
    seen.set(service, times);
  }
}
