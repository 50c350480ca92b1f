import type { SelectRequest } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { readNativeBlocks } from '../clickhouse/native-blocks.ts';
import { END_OF_TIME_MS } from './grid-query.ts';
import { HISTOGRAM_COLUMNS, readHistograms } from './histogram-columns.ts';
import type { SampleCollector } from './sample-columns.ts';
import type { SampleSource } from './sample-source.ts';
import type { IndexedSeries } from './series-index.ts';

/** Samples in (startMs, endMs]. */
export type ReadRange = Pick<SelectRequest, 'startMs' | 'endMs' | 'abort' | 'onRead'>;

/** What is to be read of which series, from where, and at most so many rows. */
interface Read {
  readonly found: readonly IndexedSeries[];
  readonly range: ReadRange;
  readonly source: SampleSource;
  readonly limit: number;
}

/** Tells the request of samples that ClickHouse went through for it. */
export const rowsTo =
  ({ onRead }: ReadRange, { resolution }: SampleSource) =>
  (rows: number): void =>
    onRead?.({ rows, where: 'clickhouse', resolution });

const IN_RANGE = `id IN {ids:Array(UInt64)}
  AND ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;

/**
 * Adds floats to a collector and gives how many there were. Where the source is weighted, their weights stand in the place of start times,
 * which nothing needs beside them. Throws `StoreError`.
 */
export async function readSamples(
  clickhouse: Reader,
  read: Read,
  withStarts: boolean,
  collector: SampleCollector,
): Promise<number> {
  const { source } = read;
  const weights = ", fromUnixTimestamp64Milli(toInt64(weight), 'UTC')";
  const more = source.weighted ? weights : withStarts ? ', start' : '';
  const bytes = await clickhouse.bytes(
    {
      sql: `SELECT id, ts, value${more} FROM ${source.samples(IN_RANGE)} LIMIT {limit:UInt64}`,
      what: 'promql samples',
      ...requestOf(read),
    },
    'Native',
  );
  const before = collector.rows;
  for (const block of readNativeBlocks(bytes, collector.widths)) collector.add(block);
  const rows = collector.rows - before;
  rowsTo(read.range, source)(rows);
  return rows;
}

/** Native histograms; of two of one time the one with more observations, which a delta that came late has grown to. Throws `StoreError`. */
export async function readNativeHistograms(
  clickhouse: Reader,
  read: Read,
): Promise<ReturnType<typeof readHistograms>> {
  const bytes = await clickhouse.bytes(
    {
      sql: `SELECT ${HISTOGRAM_COLUMNS} FROM ${read.source.histograms(HISTOGRAM_COLUMNS, IN_RANGE)}
        ORDER BY id, ts, count DESC LIMIT 1 BY id, ts LIMIT {limit:UInt64}`,
      what: 'promql histograms',
      ...requestOf(read),
    },
    'Native',
  );
  const found = readHistograms(bytes);
  rowsTo(read.range, read.source)(found.rows);
  return found;
}

const requestOf = ({ found, range, limit }: Read) => ({
  parameters: {
    ids: found.map(({ id }) => id),
    // No sample is older than 1970, and a bound far outside would overflow DateTime64.
    start: Math.max(-1, Math.floor(range.startMs)),
    end: Math.min(END_OF_TIME_MS, Math.max(-1, Math.floor(range.endMs))),
    limit,
  },
  ...(range.abort && { abort: range.abort }),
});
