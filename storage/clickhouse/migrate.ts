import { TidewardenError } from '../../model/errors.ts';
import type { Clock } from '../../model/units.ts';
import type { ClickHouse } from './clickhouse.ts';
import { migration as samples } from './migrations/0001-samples.ts';
import { migration as spans } from './migrations/0002-spans.ts';
import { migration as loading } from './migrations/0003-loading.ts';
import { migration as seriesLimits } from './migrations/0004-series-limits.ts';
import { migration as nativeHistograms, setAside } from './migrations/0005-native-histograms.ts';
import { migration as seriesExpiry } from './migrations/0006-series-expiry.ts';
import { migration as spanScopes } from './migrations/0008-span-scopes.ts';
import { migration as remoteWrite } from './migrations/0009-remote-write.ts';
import { migration as rollUps } from './migrations/0010-roll-ups.ts';
import { migration as serviceGraph } from './migrations/0011-service-graph.ts';
import { migration as deltaStages } from './migrations/0012-delta-stages.ts';
import { migration as logArrivals } from './migrations/0013-log-arrivals.ts';
import { migration as denserSamples } from './migrations/0014-denser-samples.ts';
import { migration as keeping } from './migrations/0015-keeping.ts';
import { migration as spanMetrics } from './migrations/0016-span-metrics.ts';
import { migration as serviceGraphSeries } from './migrations/0017-service-graph-series.ts';
import { migration as fewerParts } from './migrations/0018-fewer-parts.ts';
import type { Migration } from './migrations/migration.ts';

export const MIGRATIONS: readonly Migration[] = [
  samples,
  spans,
  loading,
  seriesLimits,
  setAside,
  nativeHistograms,
  seriesExpiry,
  spanScopes,
  remoteWrite,
  rollUps,
  serviceGraph,
  deltaStages,
  logArrivals,
  denserSamples,
  keeping,
  spanMetrics,
  serviceGraphSeries,
  fewerParts,
];

/** The store was written by a newer version of the product. */
export class SchemaTooNewError extends TidewardenError {
  override readonly name = 'SchemaTooNewError';
}

const TABLE = `CREATE TABLE IF NOT EXISTS schema_migrations (
  version UInt32, name String, applied DateTime64(3, 'UTC')
) ENGINE = ReplacingMergeTree ORDER BY version SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/**
 * Brings the schema up to date and returns the versions that it applied. Cut off anywhere, it completes when run
 * again. Throws {@link SchemaTooNewError}, or `StoreError`.
 */
export async function migrate(clickhouse: ClickHouse, clock: Clock): Promise<readonly number[]> {
  await clickhouse.command({ sql: TABLE, what: 'migrate' });
  const rows = await clickhouse.rows({
    sql: 'SELECT DISTINCT version FROM schema_migrations ORDER BY version',
    what: 'migrate',
  });
  const applied = new Set(rows.map((row) => Number(row.version)));
  const newest = Math.max(0, ...applied);
  const known = MIGRATIONS.length;
  if (newest > known)
    throw new SchemaTooNewError(
      'schema_too_new',
      `The telemetry store has schema version ${newest} and this version of Tidewarden knows ${known}. ` +
        'Start the newer version, or another data directory.',
    );
  const done: number[] = [];
  for (const migration of MIGRATIONS) {
    if (applied.has(migration.version)) continue;
    for (const sql of migration.statements) await clickhouse.command({ sql, what: 'migrate' });
    await clickhouse.command({
      sql: 'INSERT INTO schema_migrations SELECT {version:UInt32}, {name:String}, fromUnixTimestamp64Milli({applied:Int64})',
      parameters: { version: migration.version, name: migration.name, applied: clock.now() },
      what: 'migrate',
    });
    done.push(migration.version);
  }
  return done;
}

/** Days that each kind of telemetry is kept. Samples are as they came for `samplesDays`, and rolled up until `rolledUpDays`. */
export interface Retention {
  readonly spansDays: number;
  /** Of traces that are worth keeping. */
  readonly keptTracesDays: number;
  readonly logsDays: number;
  readonly samplesDays: number;
  /** Not more than `samplesDays`: samples are not rolled up. */
  readonly rolledUpDays: number;
}

/** How many days samples are kept at all. */
export const keptSampleDays = (retention: Pick<Retention, 'samplesDays' | 'rolledUpDays'>): number =>
  Math.max(retention.samplesDays, retention.rolledUpDays);

/** Sets how long telemetry is kept; changes nothing that is already so. Throws `StoreError`. */
export async function applyRetention(clickhouse: ClickHouse, retention: Retention): Promise<void> {
  const keptDays = keptSampleDays(retention);
  const wanted: readonly (readonly [table: string, time: string, days: number])[] = [
    ['span_arrivals', 'minute', retention.spansDays],
    ['logs', 'toDateTime(time)', retention.logsDays],
    // A trace's spans may come a week after it began.
    ['trace_decisions', 'day', Math.max(retention.spansDays, retention.keptTracesDays) + 7],
    // Taken away day by day as they are rolled up.
    ['samples', 'toDateTime(ts)', keptDays],
    ['samples_5m', 'toDateTime(ts)', keptDays],
    ['roll_ups', 'day', keptDays],
    ['series', 'toDateTime(last)', keptDays],
    ['series_refusals', 'minute', keptDays],
    ['service_edges', 'minute', retention.samplesDays],
    ['service_edge_runs', 'minute', retention.samplesDays],
    ['exemplars', 'toDateTime(ts)', retention.samplesDays],
    ['native_histograms', 'toDateTime(ts)', keptDays],
    ['native_histograms_5m', 'toDateTime(ts)', keptDays],
  ];
  const rows = await clickhouse.rows({
    sql: 'SELECT name, create_table_query AS sql FROM system.tables WHERE database = currentDatabase()',
    what: 'retention',
  });
  const current = new Map(rows.map((row) => [String(row.name), String(row.sql)]));
  // Days of traces leave when they are thinned out, never by themselves: some of them is kept.
  for (const table of ['spans', 'traces']) {
    if (/\sTTL\s/.test(current.get(table) ?? ''))
      await clickhouse.command({ sql: `ALTER TABLE ${table} REMOVE TTL`, what: 'retention' });
  }
  for (const [table, time, days] of wanted) {
    if (!Number.isInteger(days) || days < 1) throw new RangeError(`Retention of ${table} must be whole days`);
    const ttl = `${time} + toIntervalDay(${days})`;
    if (current.get(table)?.includes(ttl) === true) continue;
    await clickhouse.command({
      sql: `ALTER TABLE ${table} MODIFY TTL ${time} + INTERVAL ${days} DAY`,
      settings: { materialize_ttl_after_modify: 0 },
      what: 'retention',
    });
  }
}
