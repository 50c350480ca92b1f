import { readFile } from 'node:fs/promises';
import type { Signal } from '../../model/telemetry.ts';
import type { ClickHouse, Written } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import type { Parameters } from '../clickhouse/parameters.ts';
import { Lock } from './lock.ts';
import { type Refusal, refuseExcessSeries } from './series-limit.ts';
import * as deltas from './sql/deltas.ts';
import { insertLogs, selectLogs } from './sql/logs.ts';
import * as metrics from './sql/metrics.ts';
import { fromBody, fromFiles, GREATEST_DEPTH, readSettings, USUAL_DEPTH } from './sql/otlp-schema.ts';
import { insertWrites, selectWrites } from './sql/remote-write.ts';
import { insertSpans, selectSpans } from './sql/spans.ts';
import { INSERT_STALE_POINTS } from './sql/stale-points.ts';
import { TOO_DEEP } from './sql/values.ts';
import { removeLowered, stageDeltaHistograms, stageDeltas } from './stage-deltas.ts';
import type { Totals } from './totals-publisher.ts';

/** Files that go into the store together, exactly once, under one token. */
export interface Batch {
  readonly signal: Signal;
  readonly token: string;
  /** Absolute paths of files of length-delimited requests. */
  readonly paths: readonly string[];
  /** The oldest and newest time of an item, in epoch milliseconds. */
  readonly oldestMs: number;
  readonly newestMs: number;
  /** When the newest record was accepted, in epoch milliseconds: the same whenever the batch is loaded again. */
  readonly acceptedMs: number;
}

/** What became of a batch. */
export interface Inserted {
  /** Rows of telemetry that it had: written and refused. */
  readonly rows: number;
  /** Refused, because a metric has as many active series in a campaign as it may. */
  readonly refused: readonly Refusal[];
}

/** Which totals of spans become samples. Times are epoch milliseconds, those of the store as it prints them. */
export interface TotalsMoment {
  /** The samples' time. */
  readonly atMs: number;
  /** Totals that grew after it. */
  readonly seen: string;
  /** And those that did not, of keys that had spans after it. */
  readonly sinceMs: number;
}

export interface Inserter {
  /** Puts the batch into its tables and says what it had. Throws `StoreError`. */
  insert(batch: Batch): Promise<Inserted>;
  /** Puts the totals of spans into the tables of metrics as samples of a moment, and says how many those are. Throws `StoreError`. */
  insertTotals(totals: Pick<Totals, 'name' | 'insert'>, moment: TotalsMoment): Promise<Inserted>;
  /** Does all of the work of {@link insert} but the writing. Throws what it would throw. */
  rehearse(signal: Signal, paths: readonly string[]): Promise<void>;
}

/** Days of data in one insert of a batch that has too many: each day is a partition, and an insert into more than 100 is refused. */
const SPAN_DAYS = 64;
const DAY_MS = 86_400_000;
const TOO_MANY_DAYS = /partitions for single INSERT block/;
const LIMITS = { maxSeconds: 300, maxMemoryBytes: 1.5 * 1024 ** 3, maxRowsToRead: 1e12, maxThreads: 1 };
/** One insert is one block, and one block goes in whole or not at all. */
const ONE_BLOCK = {
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 100_000_000_000,
  insert_deduplicate: 1,
  deduplicate_blocks_in_dependent_materialized_views: 1,
  async_insert: 0,
  do_not_merge_across_partitions_select_final: 1,
};

/** The plan is what we wrote: looking for a better one costs half as much again, and small loads are mostly planning. */
const PLAN = { query_plan_enable_optimizations: 0 };

export interface InserterOptions {
  readonly clickhouse: ClickHouse;
  /** ClickHouse reads the batch's files itself; else they are sent. */
  readonly embedded: boolean;
  /** Active series that a metric may have in a campaign. */
  readonly seriesPerMetric: number;
}

/** Loads through ClickHouse's own protobuf reader. */
export function createInserter({ clickhouse, embedded, seriesPerMetric }: InserterOptions): Inserter {
  /** Runs with as few declared levels of lists and maps as will do. */
  const atDepth = async <Result>(run: (depth: number) => Promise<Result>): Promise<Result> => {
    try {
      return await run(USUAL_DEPTH);
    } catch (error) {
      if (!(error instanceof StoreError && error.message.includes(TOO_DEEP))) throw error;
      return run(GREATEST_DEPTH);
    }
  };

  /** Runs a statement that reads the batch's files. */
  const reading = async (
    signal: Signal,
    paths: readonly string[],
    settings: Readonly<Record<string, string | number>>,
    sql: (source: string, depth: number) => string,
  ): Promise<Written> =>
    atDepth(async (depth) => {
      const request = {
        what: `load ${signal}`,
        settings: { ...readSettings(signal), ...PLAN, ...settings },
        limits: LIMITS,
        load: true,
      };
      if (embedded)
        return clickhouse.command({ ...request, sql: sql(fromFiles(signal, paths, depth), depth) });
      const body = Buffer.concat(await Promise.all(paths.map((path) => readFile(path))));
      return clickhouse.insert({
        ...request,
        sql: `${sql(fromBody(signal, depth), depth)} FORMAT Protobuf`,
        body,
      });
    });

  const simple = async (
    batch: Batch,
    select: typeof selectSpans,
    insert: (rows: string) => string,
  ): Promise<Inserted> => ({
    refused: [],
    ...(await inPeriods(batch, batch.token, 'time', async (token, where) =>
      reading(
        batch.signal,
        batch.paths,
        { ...ONE_BLOCK, insert_deduplication_token: token },
        (source, depth) => {
          const selected = select(source, depth);
          return insert(where === null ? selected : `SELECT * FROM (${selected}) WHERE ${where}`);
        },
      ),
    )),
  });

  /** Metrics and remote writes are loaded through the same table, one batch at a time. */
  const pointsLock = new Lock();
  const points = async (
    batch: Omit<Batch, 'signal' | 'paths'>,
    stage: () => Promise<unknown>,
  ): Promise<Inserted> => {
    const run = async (sql: string, parameters: Parameters = {}): Promise<Written> =>
      clickhouse.command({ sql, parameters, what: 'load metrics', limits: LIMITS, load: true });
    const ask = async (sql: string, parameters: Parameters = {}) =>
      (await clickhouse.rows({ sql, parameters, what: 'load metrics', load: true }))[0];
    await run('TRUNCATE TABLE load_points');
    await stage();
    let facts = await ask(metrics.FACTS);
    const fact = (name: string): number => Number(facts?.[name] ?? 0);
    const targets = fact('targets') > 0 ? (await run(metrics.INSERT_TARGET_POINTS)).rows : 0;
    const ended = fact('ended') > 0 ? (await run(INSERT_STALE_POINTS)).rows : 0;
    const parameters = { from: String(facts?.from), to: String(facts?.to) };
    const news = await ask(metrics.NEWS, parameters);
    const isNew = (name: string): boolean => Number(news?.[name] ?? 0) > 0;
    const refused =
      isNew('series') || isNew('native')
        ? await refuseExcessSeries(clickhouse, batch, seriesPerMetric, ONE_BLOCK)
        : [];
    let samples = fact('samples') + targets + ended;
    if (refused.length > 0) {
      facts = await ask(metrics.FACTS);
      samples = fact('samples');
    }

    const write = async (kind: string, sql: string): Promise<number> => {
      const written = await inPeriods(batch, `${batch.token}-${kind}`, 'ts', (token, where) =>
        clickhouse.command({
          sql: where === null ? sql : within(sql, where),
          what: 'load metrics',
          settings: { ...ONE_BLOCK, insert_deduplication_token: token },
          limits: LIMITS,
          load: true,
        }),
      );
      return written.rows;
    };
    // What the product adds of itself was not counted at the wire.
    let rows = refused.reduce((sum, each) => sum + each.samples, -targets - ended);
    if (samples > fact('deltas')) rows += await write('samples', metrics.INSERT_SAMPLES);
    // Those that come late change later ones too, and those that come again change nothing.
    const staging = { clickhouse, token: batch.token, settings: ONE_BLOCK, limits: LIMITS };
    if (fact('deltas') > 0) {
      await stageDeltas(staging);
      await write('deltas', deltas.INSERT_DELTAS);
      await removeLowered(clickhouse);
      rows += fact('deltas');
    }
    if (fact('delta_exponentials') > 0) {
      await stageDeltaHistograms(staging);
      await write('delta-native', deltas.INSERT_DELTA_HISTOGRAMS);
      rows += fact('delta_exponentials');
    }
    if (fact('exponentials') > 0) rows += await write('native', metrics.INSERT_NATIVE);
    if (fact('natives') > 0) rows += await write('written-native', metrics.INSERT_WRITTEN_NATIVE);
    if (fact('exemplars') > 0) await write('exemplars', metrics.INSERT_EXEMPLARS);
    // Series come after their samples: whoever polls `written` finds samples for every new series.
    if (isNew('series')) await run(metrics.INSERT_SERIES, parameters);
    if (isNew('native')) await run(metrics.INSERT_NATIVE_SERIES, parameters);
    if (isNew('families')) await run(metrics.INSERT_META);
    await run('TRUNCATE TABLE load_points');
    return { rows, refused };
  };

  const selects = {
    traces: selectSpans,
    logs: selectLogs,
    metrics: metrics.selectPoints,
    remote_write: selectWrites,
  } as const satisfies Record<Signal, unknown>;
  return {
    insert: (batch) => {
      if (batch.signal === 'metrics' || batch.signal === 'remote_write') {
        const insert = batch.signal === 'metrics' ? metrics.insertPoints : insertWrites;
        return pointsLock.hold(() => points(batch, () => reading(batch.signal, batch.paths, {}, insert)));
      }
      return batch.signal === 'traces'
        ? simple(batch, selectSpans, insertSpans)
        : simple(batch, selectLogs, (rows) => insertLogs(rows, batch.acceptedMs));
    },
    insertTotals: ({ name, insert }, { atMs, seen, sinceMs }) => {
      const times = { oldestMs: atMs, newestMs: atMs, acceptedMs: atMs };
      const parameters = { ts: storeTime(atMs), seen, since: storeTime(sinceMs) };
      return pointsLock.hold(() =>
        points({ token: `${name.replaceAll(' ', '-')}-${atMs}`, ...times }, () =>
          clickhouse.command({
            sql: insert,
            parameters,
            what: name,
            limits: LIMITS,
            load: true,
          }),
        ),
      );
    },
    rehearse: async (signal, paths) => {
      const select = selects[signal];
      await reading(signal, paths, {}, (source, depth) =>
        embedded
          ? `SELECT * FROM (${select(source, depth)}) FORMAT Null`
          : `INSERT INTO FUNCTION null('x UInt8') SELECT toUInt8(ignore(*)) FROM (${select(source, depth)})`,
      );
    },
  };
}

/** Epoch milliseconds as a parameter of the type `DateTime64(3, 'UTC')`. */
export const storeTime = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

/**
 * Inserts a batch in one go or, when it has more days than one insert may (ClickHouse refuses it before anything is written), period by
 * period, each under a token of its own. A few items of a wrong clock do not make it slow: only the number of days counts.
 */
async function inPeriods(
  batch: Pick<Batch, 'oldestMs' | 'newestMs'>,
  token: string,
  column: string,
  insert: (token: string, where: string | null) => Promise<Written>,
): Promise<Written> {
  try {
    return await insert(token, null);
  } catch (error) {
    if (!(error instanceof StoreError && TOO_MANY_DAYS.test(error.message))) throw error;
  }
  let rows = 0;
  const last = Math.floor(batch.newestMs / DAY_MS / SPAN_DAYS);
  for (let period = Math.floor(batch.oldestMs / DAY_MS / SPAN_DAYS); period <= last; period++) {
    const where = `intDiv(toUInt32(toDate(${column})), ${SPAN_DAYS}) = ${period}`;
    rows += (await insert(`${token}-${period}`, where)).rows;
  }
  return { rows };
}

/** Restricts the rows of an INSERT … SELECT of ours, which always is `INSERT INTO t (columns) SELECT …`. */
function within(sql: string, where: string): string {
  const at = sql.indexOf(')') + 1;
  return `${sql.slice(0, at)} SELECT * FROM (${sql.slice(at)}) WHERE ${where}`;
}
