import { z } from 'zod';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import type { Parameters } from '../clickhouse/parameters.ts';
import { partitionId, type ThinnedDays } from './thinned-days.ts';

/** A table of traces, of which a day is thinned out. */
export interface ThinnedTable {
  readonly name: 'spans' | 'traces';
  /** What tells its rows of a day from any others, however they are merged. */
  readonly rows: string;
  readonly hash: string;
  /** By what its rows are copied in portions. */
  readonly portion: string;
}

export const THINNED_TABLES: readonly ThinnedTable[] = [
  {
    name: 'spans',
    rows: 'count()',
    hash: 'groupBitXor(sipHash64(trace_id, span_id, time))',
    portion: 'toStartOfHour(time)',
  },
  // Rows of one trace are merged, so that only what they say together stays as it is.
  {
    name: 'traces',
    rows: 'sum(spans)',
    hash: 'sum(spans * (sipHash64(trace_id) % 4294967291))',
    portion: 'toDateTime(day)',
  },
];

/** Which of a day's rows stay, as a condition on `trace_id`. */
export interface Kept {
  readonly condition: string;
  readonly parameters: Parameters;
}

export interface Swap {
  readonly clickhouse: ClickHouse;
  readonly days: ThinnedDays;
  /** Which traces stay, as of now. */
  readonly kept: () => Promise<Kept>;
  readonly onPortion: () => void;
  readonly abort: AbortSignal;
}

const WHAT = 'keep traces';
const LIMITS = { maxSeconds: 550, maxMemoryBytes: 2 * 1024 ** 3, maxRowsToRead: 1e12, maxThreads: 1 };

const contentRow = z.object({ rows: z.coerce.number(), hash: z.string() });
type Content = z.infer<typeof contentRow>;

/**
 * Puts what is kept of a day in the place of the day. It is copied to `…_keeping`; then the whole day leaves to `…_leaving`, the copy takes its
 * place, and what left is dropped. What came to the day while it was copied is seen by comparing, and copied again from what left; what comes
 * after that makes a new part of the day, which is thinned out another time. The day is away for the few milliseconds between two moves.
 * Cut off anywhere, {@link completeSwap} goes on.
 */
export async function swapDay(swap: Swap, table: ThinnedTable, day: string): Promise<Swapped | null> {
  const { clickhouse, days, abort } = swap;
  await command(clickhouse, `DROP TABLE IF EXISTS ${table.name}_leaving SYNC`);
  await command(clickhouse, `CREATE TABLE ${table.name}_leaving AS ${table.name}`);
  const before = await contentOf(clickhouse, table, table.name, day);
  const kept = await swap.kept();
  if (!(await copy(swap, table, table.name, day, kept))) return null;
  if (abort.aborted) return null;
  await days.mark(day, table.name, 'begun');
  await command(clickhouse, movePartition(day, table.name, `${table.name}_leaving`));
  const left = await contentOf(clickhouse, table, `${table.name}_leaving`, day);
  const keptNow = await swap.kept();
  const changed = !isSame(before, left) || JSON.stringify(kept) !== JSON.stringify(keptNow);
  if (changed && !(await copy(swap, table, `${table.name}_leaving`, day, keptNow))) return null;
  await days.mark(
    day,
    table.name,
    'copied',
    (await contentOf(clickhouse, table, keepingOf(table), day)).rows,
  );
  return finish(swap, table, day, left);
}

export interface Swapped {
  /** Rows that there were, and that are left. */
  readonly before: number;
  readonly after: number;
}

/** Goes on with a day that a swap had moved away when it was cut off. Null: it was cut off again, or had not been moved away. */
export async function completeSwap(swap: Swap, table: ThinnedTable, day: string): Promise<Swapped | null> {
  const { clickhouse, days } = swap;
  const leaving = `${table.name}_leaving`;
  const left = await contentOf(clickhouse, table, leaving, day);
  await command(clickhouse, `CREATE TABLE IF NOT EXISTS ${keepingOf(table)} AS ${table.name}`);
  if ((await days.stateOf(day, table.name))?.state === 'copied') return finish(swap, table, day, left);
  if (isSame(left, await contentOf(clickhouse, table, table.name, day))) {
    // The move itself was cut off, and the day came back to where it was.
    await command(clickhouse, dropPartition(day, leaving));
    return null;
  }
  if (!(await copy(swap, table, leaving, day, await swap.kept()))) return null;
  await days.mark(
    day,
    table.name,
    'copied',
    (await contentOf(clickhouse, table, keepingOf(table), day)).rows,
  );
  return finish(swap, table, day, left);
}

/** After the copy: puts it in the day's place, unless that was done before it was cut off, and lets go of what left. */
async function finish(
  { clickhouse, days }: Swap,
  table: ThinnedTable,
  day: string,
  left: Content,
): Promise<Swapped> {
  const keeping = keepingOf(table);
  const kept = await contentOf(clickhouse, table, keeping, day);
  const isThere = kept.rows > 0 && isSame(kept, await contentOf(clickhouse, table, table.name, day));
  if (kept.rows > 0 && !isThere) await command(clickhouse, movePartition(day, keeping, table.name));
  await command(clickhouse, `DROP TABLE ${keeping} SYNC`);
  await command(clickhouse, dropPartition(day, `${table.name}_leaving`));
  return { before: left.rows, after: (await days.stateOf(day, table.name))?.rows ?? 0 };
}

/** Copies what is kept, from the beginning. Whether it came to the end. */
async function copy(
  { clickhouse, onPortion, abort }: Swap,
  table: ThinnedTable,
  from: string,
  day: string,
  { condition, parameters }: Kept,
): Promise<boolean> {
  const keeping = keepingOf(table);
  await command(clickhouse, `DROP TABLE IF EXISTS ${keeping} SYNC`);
  await command(clickhouse, `CREATE TABLE ${keeping} AS ${table.name}`);
  const columns = await columnsOf(clickhouse, [keeping, from]);
  const portions = await clickhouse.rows({
    sql: `SELECT DISTINCT toUnixTimestamp(${table.portion}) AS portion FROM ${from} WHERE _partition_id = {partition:String} ORDER BY portion`,
    parameters: { partition: day },
    ...{ limits: LIMITS, what: WHAT, abort },
  });
  for (const { portion } of portions) {
    if (abort.aborted) return false;
    await clickhouse.command({
      sql: `INSERT INTO ${keeping} (${columns}) SELECT ${columns} FROM ${from} 
        WHERE _partition_id = {partition:String} AND ${table.portion} = toDateTime({portion:UInt32}, 'UTC') AND ${condition}`,
      parameters: { ...parameters, partition: day, portion: Number(portion) },
      settings: { max_insert_threads: 1, insert_deduplicate: 0 },
      ...{ limits: LIMITS, what: WHAT, abort },
    });
    onPortion();
  }
  return true;
}

/** The columns that both tables have: what left before an upgrade may lack some. */
async function columnsOf(clickhouse: ClickHouse, tables: readonly string[]): Promise<string> {
  const rows = await clickhouse.rows({
    sql: `SELECT name FROM system.columns
      WHERE database = currentDatabase() AND table IN {tables:Array(String)} AND default_kind NOT IN ('ALIAS', 'MATERIALIZED')
      GROUP BY name HAVING uniqExact(table) = {count:UInt8} ORDER BY min(position)`,
    parameters: { tables, count: new Set(tables).size },
    what: WHAT,
  });
  return rows.map(({ name }) => `\`${name}\``).join(', ');
}

/** What is in a day of a table. */
export async function contentOf(
  clickhouse: ClickHouse,
  table: ThinnedTable,
  name: string,
  day: string,
): Promise<Content> {
  const [row] = await clickhouse.rows({
    sql: `SELECT ${table.rows} AS rows, toString(${table.hash}) AS hash FROM ${name} WHERE _partition_id = {partition:String}`,
    parameters: { partition: day },
    ...{ limits: LIMITS, what: WHAT },
  });
  return contentRow.parse(row);
}

const isSame = (one: Content, other: Content): boolean => one.rows === other.rows && one.hash === other.hash;

const keepingOf = ({ name }: ThinnedTable): string => `${name}_keeping`;

const movePartition = (day: string, from: string, to: string): string =>
  `ALTER TABLE ${from} MOVE PARTITION ID '${partitionId(day)}' TO TABLE ${to}`;
const dropPartition = (day: string, table: string): string =>
  `ALTER TABLE ${table} DROP PARTITION ID '${partitionId(day)}'`;

const command = (clickhouse: ClickHouse, sql: string) => clickhouse.command({ sql, what: WHAT });
