import type { Logger } from 'pino';
import type { Clock } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { decideSql, PINNED } from './decide-sql.ts';
import type { KeepingMetrics } from './keeping-metrics.ts';
import type { IncidentTime, KeepPolicy } from './policy.ts';
import { completeSwap, contentOf, type Kept, type Swap, swapDay, THINNED_TABLES } from './swap.ts';
import { isoDay, type Stage, ThinnedDays } from './thinned-days.ts';

export interface KeepingOptions {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: KeepingMetrics;
  readonly policy: KeepPolicy;
  /** Whole days that every trace stays. */
  readonly spansDays: number;
  /** Whole days that those stay which the policy keeps. */
  readonly keptTracesDays: number;
  /** When campaigns were under incident. */
  readonly incidents: () => Promise<readonly IncidentTime[]>;
  /** Ids of traces that are evidence, which stay for ever. */
  readonly pinned: () => Promise<readonly string[]>;
}

const DAY_MS = 86_400_000;
/** What comes of a trace so many days after it began is judged as a trace of its own. */
const REACH_DAYS = 7;
const WHAT = 'keep traces';
const LIMITS = { maxSeconds: 550, maxMemoryBytes: 2 * 1024 ** 3, maxRowsToRead: 1e12, maxThreads: 1 };

/**
 * Thins out every day that leaves the hot range, oldest first, one at a time; first what was cut off before. A trace is judged once, whole,
 * on the day that it began, and the decision is written down; then what is kept takes the place of the day in `spans` and `traces`,
 * so that whoever reads sees hot and kept traces alike. When a day leaves the range of what is kept, only evidence stays.
 *
 * @throws StoreError; the next call goes on where this one ended.
 */
export async function thinDue(options: KeepingOptions, abort: AbortSignal): Promise<void> {
  for (const table of THINNED_TABLES) {
    for (const day of await partitions(options, [`${table.name}_leaving`])) {
      if (abort.aborted) return;
      await completeSwap(
        swapOf(options, day, stageOf(options, day) ?? 'kept', table.name, abort),
        table,
        day,
      );
    }
  }
  if (abort.aborted) return;
  const due = await dueDays(options);
  options.metrics.waiting.set(due.length);
  for (const { day, stage } of due) {
    if (!(await thin(options, day, stage, abort))) return;
    options.metrics.waiting.dec();
  }
}

/** Thins out a day. Whether it came to the end. */
async function thin(
  options: KeepingOptions,
  day: string,
  stage: Stage,
  abort: AbortSignal,
): Promise<boolean> {
  const { clock, clickhouse, logger, metrics } = options;
  const began = clock.monotonic();
  if (stage === 'kept') await decide(options, day, abort);
  let spans = { before: 0, after: 0 };
  for (const table of THINNED_TABLES) {
    if (abort.aborted) return false;
    if (!(await partitions(options, [table.name])).includes(day)) continue;
    const swapped = await swapDay(swapOf(options, day, stage, table.name, abort), table, day);
    metrics.hours.set(0);
    if (swapped === null) return false;
    if (table.name === 'spans') spans = swapped;
  }
  await new ThinnedDays(clickhouse).done(day, { stage, rows: spans.after, atMs: clock.now() });
  metrics.days.inc();
  metrics.spans.inc({ outcome: 'kept' }, spans.after);
  metrics.spans.inc({ outcome: 'let_go' }, Math.max(0, spans.before - spans.after));
  logger.info(
    {
      day: isoDay(day),
      stage,
      spans: spans.before,
      kept: spans.after,
      ms: Math.round(clock.monotonic() - began),
    },
    'a day of traces was thinned out',
  );
  return true;
}

/** Judges the traces that began on a day, whole, and writes down those that are kept and why. Its spans on later days stay by that too. */
async function decide(options: KeepingOptions, day: string, abort: AbortSignal): Promise<void> {
  const fromMs = Date.parse(isoDay(day));
  const { sql, parameters } = decideSql({
    policy: options.policy,
    incidents: await options.incidents(),
    pinned: await options.pinned(),
    ...{ fromMs, toMs: fromMs + DAY_MS },
  });
  await options.clickhouse.command({
    sql: `INSERT INTO trace_decisions (day, trace_id, reasons)
      SELECT toDate({day:String}), trace_id, reasons FROM (${sql}) WHERE notEmpty(reasons) AND trace_id NOT IN (${DECIDED})`,
    parameters: { ...parameters, day: isoDay(day), reach: REACH_DAYS },
    settings: { insert_deduplicate: 0, max_bytes_before_external_group_by: 1024 ** 3 },
    ...{ limits: LIMITS, what: WHAT, abort },
  });
}

const DECIDED = `SELECT trace_id FROM trace_decisions
  WHERE day >= toDate({day:String}) - {reach:UInt16} AND day <= toDate({day:String})`;

function swapOf(
  options: KeepingOptions,
  day: string,
  stage: Stage,
  table: 'spans' | 'traces',
  abort: AbortSignal,
): Swap {
  const { clickhouse, metrics } = options;
  return {
    ...{ clickhouse, abort, days: new ThinnedDays(clickhouse) },
    onPortion: () => metrics.hours.inc(),
    // A trace's row stays where its spans do.
    kept: async () =>
      table === 'spans' ? keptSpans(options, day, stage) : { condition: HAS_SPANS, parameters: {} },
  };
}

const HAS_SPANS = 'trace_id IN (SELECT trace_id FROM spans WHERE _partition_id = {partition:String})';

async function keptSpans({ pinned }: KeepingOptions, day: string, stage: Stage): Promise<Kept> {
  const evidence = `trace_id IN (${PINNED})`;
  const parameters = { pinned: [...(await pinned())].sort(), day: isoDay(day), reach: REACH_DAYS };
  if (stage === 'evidence') return { condition: evidence, parameters };
  return { condition: `(${evidence} OR trace_id IN (${DECIDED}))`, parameters };
}

/** To what a day is thinned out that is so old; null: it is hot. */
function stageOf({ clock, spansDays, keptTracesDays }: KeepingOptions, day: string): Stage | null {
  const dayBefore = (days: number): string =>
    new Date(clock.now() - days * DAY_MS).toISOString().slice(0, 10).replaceAll('-', '');
  if (day >= dayBefore(spansDays)) return null;
  return day < dayBefore(Math.max(spansDays, keptTracesDays)) || keptTracesDays <= spansDays
    ? 'evidence'
    : 'kept';
}

async function dueDays(options: KeepingOptions): Promise<{ readonly day: string; readonly stage: Stage }[]> {
  const due = [];
  for (const day of await partitions(options, ['spans', 'traces'])) {
    const stage = stageOf(options, day);
    if (stage !== null && (await isDue(options, day, stage))) due.push({ day, stage });
  }
  return due;
}

/** A day that was thinned out is due again, a day later, when spans came late or are no evidence any more. */
async function isDue(options: KeepingOptions, day: string, stage: Stage): Promise<boolean> {
  const { clickhouse, clock, pinned } = options;
  const done = await new ThinnedDays(clickhouse).doneOf(day);
  if (done?.stage !== stage) return true;
  if (clock.now() - done.atMs < DAY_MS) return false;
  const [spans] = THINNED_TABLES;
  if (stage === 'kept') return (await contentOf(clickhouse, spans!, 'spans', day)).rows > done.rows;
  const [other] = await clickhouse.rows({
    sql: `SELECT 1 FROM spans WHERE _partition_id = {partition:String} AND trace_id NOT IN (${PINNED}) LIMIT 1`,
    parameters: { partition: day, pinned: await pinned() },
    what: WHAT,
  });
  return other !== undefined;
}

/** Days as `20261120`, the name of their partitions. */
async function partitions({ clickhouse }: KeepingOptions, tables: readonly string[]): Promise<string[]> {
  const rows = await clickhouse.rows({
    sql: `SELECT DISTINCT partition_id AS day FROM system.parts
      WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND active AND rows > 0 ORDER BY day`,
    parameters: { tables },
    what: WHAT,
  });
  return rows.map(({ day }) => String(day));
}
