import type { SelectRequest } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { END_OF_TIME_MS } from './grid-query.ts';
import { HISTOGRAM_COLUMNS, type HistogramColumns, readHistograms } from './histogram-columns.ts';
import { readNativeBlocks } from './native-blocks.ts';
import { SampleCollector, type SampleColumns } from './sample-columns.ts';
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

interface Samples<Columns> {
  readonly rows: number;
  readonly series: ReadonlyMap<bigint, Columns>;
}

/** Tells the request of rows that ClickHouse read for it. */
export const rowsTo =
  ({ onRead }: ReadRange, { resolution }: SampleSource) =>
  (rows: number): void =>
    onRead?.({ rows, where: 'clickhouse', resolution });

const IN_RANGE = `id IN {ids:Array(UInt64)}
  AND ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')`;

/** Floats; where the source is weighted, with their weights in the place of start times, which nothing needs beside them. Throws `StoreError`. */
export async function readSamples(
  clickhouse: Reader,
  read: Read,
  withStarts: boolean,
): Promise<Samples<SampleColumns>> {
  const { source } = read;
  const collector = new SampleCollector(withStarts || source.weighted);
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
  for (const block of readNativeBlocks(bytes, collector.widths)) collector.add(block);
  return { rows: collector.rows, series: new Map(collector.finish()) };
}

/** Native histograms; of two of one time the one with more observations, which a delta that came late has grown to. Throws `StoreError`. */
export async function readNativeHistograms(
  clickhouse: Reader,
  read: Read,
): Promise<Samples<HistogramColumns>> {
  const bytes = await clickhouse.bytes(
    {
      sql: `SELECT ${HISTOGRAM_COLUMNS} FROM ${read.source.histograms(HISTOGRAM_COLUMNS, IN_RANGE)}
        ORDER BY id, ts, count DESC LIMIT 1 BY id, ts LIMIT {limit:UInt64}`,
      what: 'promql histograms',
      ...requestOf(read),
    },
    'Native',
  );
  return readHistograms(bytes);
}

const requestOf = ({ found, range, source, limit }: Read) => ({
  parameters: {
    ids: found.map(({ id }) => id),
    // No sample is older than 1970, and a bound far outside would overflow DateTime64.
    start: Math.max(-1, Math.floor(range.startMs)),
    end: Math.min(END_OF_TIME_MS, Math.max(-1, Math.floor(range.endMs))),
    limit,
  },
  onRead: rowsTo(range, source),
  ...(range.abort && { abort: range.abort }),
});
