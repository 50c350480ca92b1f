import type { Logger } from 'pino';
import { z } from 'zod';
import type { Clock } from '../../model/units.ts';
import type { ClickHouse, QueryRequest } from '../clickhouse/clickhouse.ts';
import { pause } from '../loader/pause.ts';
import type { RollUpMetrics } from './roll-up-metrics.ts';
import * as sql from './sql.ts';

export interface RollUpOptions {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: RollUpMetrics;
  /** Whole days that samples stay as they came. */
  readonly samplesDays: number;
  /** Whole days that samples are kept at all. */
  readonly rolledUpDays: number;
  /** How long queries may go by what they knew of the boundary before a day is taken away from under them. */
  readonly settleMs: number;
}

interface Rolled {
  readonly table: string;
  readonly statements: readonly (readonly [kind: string, sql: string])[];
  /** Columns that tell samples of one series and time apart. */
  readonly tells: string;
}

const ROLLED: readonly Rolled[] = [
  {
    table: 'samples',
    statements: [
      ['samples', sql.INSERT_SAMPLES],
      ['figures', sql.INSERT_FIGURES],
    ],
    tells: 'int, float',
  },
  { table: 'native_histograms', statements: [['histograms', sql.INSERT_HISTOGRAMS]], tells: 'count, sum' },
];

const DAY_MS = 86_400_000;
/** Rows that one statement sorts in memory. */
const ROWS_AT_ONCE = 4_000_000;
const LIMITS = { maxSeconds: 600, maxMemoryBytes: 2 * 1024 ** 3, maxRowsToRead: 1e12, maxThreads: 1 };
const ONE_BLOCK = {
  max_insert_threads: 1,
  min_insert_block_size_rows: 1_000_000_000,
  min_insert_block_size_bytes: 100_000_000_000,
  insert_deduplicate: 1,
  optimize_aggregation_in_order: 1,
};

const runRow = z.object({ from: z.coerce.number(), rows: z.coerce.number(), fingerprint: z.string() });

/**
 * Rolls up every day that is due, oldest first, one at a time; first what was cut off before. A day's partition is moved aside as it is,
 * so that samples that come late go into a new one, which is rolled up like any other the next time: what is kept are samples, and more
 * of them do no harm. Each insert has a token of what is in it: done again after a crash, it changes nothing.
 *
 * @throws StoreError; the next call goes on where this one ended.
 */
export async function rollUpDue(options: RollUpOptions, abort: AbortSignal): Promise<void> {
  for (const day of await partitions(
    options,
    ROLLED.map(({ table }) => `${table}_rolling`),
  )) {
    if (abort.aborted) return;
    await finish(options, day, abort);
  }
  const due = await dueDays(options);
  options.metrics.waiting.set(due.length);
  for (const day of due) {
    if (abort.aborted) return;
    await mark(options, day, 'begun');
    await pause(options.settleMs, abort);
    if (abort.aborted) return;
    await moveAside(options, day);
    await finish(options, day, abort);
    options.metrics.waiting.dec();
  }
}

/** Days as `20261120`, the name of their partitions. */
async function partitions({ clickhouse }: RollUpOptions, tables: readonly string[]): Promise<string[]> {
  const rows = await clickhouse.rows({
    sql: `SELECT DISTINCT partition_id AS day FROM system.parts
      WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND active AND rows > 0 ORDER BY day`,
    parameters: { tables },
    what: 'roll-up',
  });
  return rows.map(({ day }) => String(day));
}

async function dueDays(options: RollUpOptions): Promise<string[]> {
  const { clock, samplesDays, rolledUpDays } = options;
  const dayBefore = (days: number): string =>
    new Date(clock.now() - days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  const days = await partitions(
    options,
    ROLLED.map(({ table }) => table),
  );
  // What is older than anything is kept goes by itself.
  return days.filter((day) => day < dayBefore(samplesDays) && day >= dayBefore(rolledUpDays));
}

async function mark(
  { clickhouse, clock }: RollUpOptions,
  day: string,
  state: 'begun' | 'done',
): Promise<void> {
  await clickhouse.command({
    sql: 'INSERT INTO roll_ups (day, state, at) SELECT toDate({day:String}), {state:String}, fromUnixTimestamp64Milli({at:Int64})',
    parameters: { day: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`, state, at: clock.now() },
    what: 'roll-up',
  });
}

async function moveAside(options: RollUpOptions, day: string): Promise<void> {
  for (const { table } of ROLLED) {
    if (!(await partitions(options, [table])).includes(day)) continue;
    await options.clickhouse.command({
      sql: `ALTER TABLE ${table} MOVE PARTITION ID '${partitionId(day)}' TO TABLE ${table}_rolling`,
      what: 'roll-up',
    });
  }
}

/** Rolls up what was moved aside of a day, and drops it. */
async function finish(options: RollUpOptions, day: string, abort: AbortSignal): Promise<void> {
  const { clickhouse, clock, logger, metrics } = options;
  const began = clock.monotonic();
  let read = 0;
  let written = 0;
  for (const rolled of ROLLED) {
    const runs = await clickhouse.rows({
      sql: sql.runsOf(`${rolled.table}_rolling`, rolled.tells),
      parameters: { partition: day },
      limits: LIMITS,
      what: 'roll-up',
    });
    for (const raw of runs) {
      const run = runRow.parse(raw);
      for (const request of statementsOf(rolled, run)) {
        if (abort.aborted) return;
        written += (await clickhouse.command({ ...request, abort })).rows;
      }
      read += run.rows;
    }
    if (runs.length === 0) continue;
    await clickhouse.command({
      sql: `ALTER TABLE ${rolled.table}_rolling DROP PARTITION ID '${partitionId(day)}'`,
      what: 'roll-up',
    });
  }
  await mark(options, day, 'done');
  metrics.days.inc();
  metrics.rows.inc(read);
  logger.info(
    { day, read, written, ms: Math.round(clock.monotonic() - began) },
    'a day of samples was rolled up',
  );
}

/** The inserts of one run, in slices of its series that fit in memory. */
function* statementsOf(
  { statements }: Rolled,
  { from, rows, fingerprint }: z.infer<typeof runRow>,
): IterableIterator<QueryRequest> {
  const slices = Math.ceil(rows / ROWS_AT_ONCE);
  for (let slice = 0; slice < slices; slice++) {
    for (const [kind, text] of statements) {
      yield {
        sql: text,
        parameters: { from: new Date(from).toISOString().slice(0, -1).replace('T', ' '), slices, slice },
        settings: {
          ...ONE_BLOCK,
          insert_deduplication_token: `roll-up-${kind}-${from}-${rows}-${fingerprint}-${slice}`,
        },
        limits: LIMITS,
        what: 'roll-up',
      };
    }
  }
}

/** A partition's name stands in the statement itself, where no parameter can. */
function partitionId(day: string): string {
  if (!/^\d{8}$/.test(day)) throw new RangeError(`«${day}» is no day`);
  return day;
}
