import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { HISTOGRAM_COLUMNS, readHistograms } from '../queryable/histogram-columns.ts';
import { accumulate, type TotalHistogram } from './delta-histograms.ts';
import * as sql from './sql/deltas.ts';

export interface StageOptions {
  readonly clickhouse: ClickHouse;
  /** The batch's. */
  readonly token: string;
  /** Settings under which an insert goes in whole or not at all. */
  readonly settings: Readonly<Record<string, string | number>>;
  readonly limits: { readonly maxSeconds: number; readonly maxMemoryBytes: number };
}

const shared = { what: 'stage deltas', load: true } as const;

/** Works the batch's delta samples out into `load_deltas`, unless that was done under this token before. Throws `StoreError`. */
export async function stageDeltas({ clickhouse, token, settings, limits }: StageOptions): Promise<void> {
  if (await isStaged(clickhouse, 'load_deltas', token)) return;
  await clickhouse.command({ ...shared, sql: 'TRUNCATE TABLE load_deltas' });
  await clickhouse.command({ ...shared, sql: sql.STAGE_DELTAS, parameters: { token }, settings, limits });
}

/** Removes samples that staged ones took the place of although they are larger. */
export async function removeLowered(clickhouse: ClickHouse): Promise<void> {
  const [row] = await clickhouse.rows({ ...shared, sql: sql.LOWERED });
  if (Number(row?.samples) > 0) await clickhouse.command({ ...shared, sql: sql.DELETE_LOWERED });
}

/** Works the batch's delta histograms out into `load_delta_histograms`, unless that was done under this token before. Throws `StoreError`. */
export async function stageDeltaHistograms(options: StageOptions): Promise<void> {
  const { clickhouse, token, settings, limits } = options;
  if (await isStaged(clickhouse, 'load_delta_histograms', token)) return;
  await clickhouse.command({ ...shared, sql: 'TRUNCATE TABLE load_delta_histograms' });
  const read = async (text: string) =>
    readHistograms(await clickhouse.bytes({ ...shared, sql: text, limits }, 'Native')).series;
  const deltas = await read(sql.DELTA_HISTOGRAMS);
  const stored = await read(sql.STORED_HISTOGRAMS(HISTOGRAM_COLUMNS));
  const lines: string[] = [];
  for (const [id, columns] of deltas)
    for (const total of accumulate(columns, stored.get(id))) lines.push(rowOf(token, id, total));
  if (lines.length === 0) return;
  await clickhouse.insert({
    ...shared,
    sql: sql.STAGE_HISTOGRAMS,
    body: Buffer.from(lines.join('\n')),
    settings: { ...settings, precise_float_parsing: 1, date_time_input_format: 'basic' },
    limits,
  });
}

async function isStaged(clickhouse: ClickHouse, table: string, token: string): Promise<boolean> {
  const found = await clickhouse.rows({
    ...shared,
    sql: `SELECT 1 FROM ${table} WHERE token = {token:String} LIMIT 1`,
    parameters: { token },
  });
  return found.length > 0;
}

/** A row as a JSON object, with numbers that JSON does not know as text. */
function rowOf(token: string, id: bigint, { timeMs, startMs, histogram: h }: TotalHistogram): string {
  const marker = { token, id: String(id), ts: dateTime(timeMs), start: dateTime(startMs) };
  if (h === undefined) return JSON.stringify({ ...marker, stale: true });
  return JSON.stringify({
    ...marker,
    schema: h.schema,
    count: h.count,
    sum: Number.isFinite(h.sum) ? h.sum : String(h.sum).replace('Infinity', 'inf'),
    zero_threshold: h.zeroThreshold,
    zero_count: h.zeroCount,
    positive_offsets: h.positiveSpans.map(({ offset }) => offset),
    positive_lengths: h.positiveSpans.map(({ length }) => length),
    positive_counts: h.positiveBuckets,
    negative_offsets: h.negativeSpans.map(({ offset }) => offset),
    negative_lengths: h.negativeSpans.map(({ length }) => length),
    negative_counts: h.negativeBuckets,
    custom_values: h.customValues,
  });
}

const dateTime = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');
