import { z } from 'zod';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';

/** What stays of a day: what the policy keeps, and later only evidence. */
export type Stage = 'kept' | 'evidence';

const stateRow = z.object({ state: z.enum(['begun', 'copied']), rows: z.coerce.number() });
export type SwapState = z.infer<typeof stateRow>;

const doneRow = z.object({
  stage: z.enum(['kept', 'evidence']),
  rows: z.coerce.number(),
  atMs: z.coerce.number(),
});
/** A day that was thinned out: to what, how many spans were left, and when. */
export type Thinned = z.infer<typeof doneRow>;

const WHAT = 'keep traces';

/** How far days have come on their way out, as the table `thinned_days` says; the newest row of a day and table counts. */
export class ThinnedDays {
  readonly #clickhouse: ClickHouse;

  constructor(clickhouse: ClickHouse) {
    this.#clickhouse = clickhouse;
  }

  /** `rows`: how many were copied. */
  async mark(day: string, table: string, state: SwapState['state'], rows = 0): Promise<void> {
    await this.#clickhouse.command({
      sql: `INSERT INTO thinned_days (day, table, state, rows)
        SELECT toDate({day:String}), {table:String}, {state:String}, {rows:UInt64}`,
      parameters: { day: isoDay(day), table, state, rows },
      what: WHAT,
    });
  }

  async stateOf(day: string, table: string): Promise<SwapState | null> {
    const [row] = await this.#clickhouse.rows({
      sql: `SELECT state, rows FROM thinned_days WHERE day = toDate({day:String}) AND table = {table:String} AND state != 'done'
        ORDER BY written DESC LIMIT 1`,
      parameters: { day: isoDay(day), table },
      what: WHAT,
    });
    return row === undefined ? null : stateRow.parse(row);
  }

  async done(day: string, { stage, rows, atMs }: Thinned): Promise<void> {
    await this.#clickhouse.command({
      sql: `INSERT INTO thinned_days (day, table, state, stage, rows, at)
        SELECT toDate({day:String}), 'spans', 'done', {stage:String}, {rows:UInt64}, fromUnixTimestamp64Milli({at:Int64})`,
      parameters: { day: isoDay(day), stage, rows, at: Math.floor(atMs) },
      what: WHAT,
    });
  }

  async doneOf(day: string): Promise<Thinned | null> {
    const [row] = await this.#clickhouse.rows({
      sql: `SELECT stage, rows, toUnixTimestamp64Milli(at) AS atMs FROM thinned_days
        WHERE day = toDate({day:String}) AND state = 'done' ORDER BY written DESC LIMIT 1`,
      parameters: { day: isoDay(day) },
      what: WHAT,
    });
    return row === undefined ? null : doneRow.parse(row);
  }
}

/** `20261120` as `2026-11-20`. */
export const isoDay = (day: string): string => `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}`;

/** A partition's name stands in the statement itself, where no parameter can. */
export function partitionId(day: string): string {
  if (!/^\d{8}$/.test(day)) throw new RangeError(`«${day}» is no day`);
  return day;
}
