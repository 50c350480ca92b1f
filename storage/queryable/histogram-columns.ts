import {
  type CounterResetHint,
  CUSTOM_BUCKETS_SCHEMA,
  type NativeHistogram,
  type Span,
} from '../../promql/histogram/native-histogram.ts';
import { floatsOf, NativeReader, wordsOf64 } from '../clickhouse/native-blocks.ts';

/** Histograms of one series by time, which rises strictly; undefined stands for a staleness marker. */
export interface HistogramColumns {
  readonly timesMs: number[];
  /** Start times, 0 where unknown. */
  readonly startsMs: number[];
  readonly histograms: (NativeHistogram | undefined)[];
}

/** What {@link readHistograms} expects, in this order, sorted by id and time. */
export const HISTOGRAM_COLUMNS = `id, ts, start, stale, schema, hint, count, sum, zero_threshold, zero_count, positive_offsets, positive_lengths,
  positive_counts, negative_offsets, negative_lengths, negative_counts, custom_values`;
const COLUMNS = HISTOGRAM_COLUMNS.split(',').length;

/** By the value of the column's Enum8. */
const HINTS: readonly CounterResetHint[] = ['unknown', 'reset', 'not_reset', 'gauge'];

/** Reads an answer in Native format into series. `rows` is how many there were. */
export function readHistograms(bytes: Uint8Array): {
  readonly rows: number;
  readonly series: ReadonlyMap<bigint, HistogramColumns>;
} {
  const reader = new NativeReader(bytes);
  const series = new Map<bigint, HistogramColumns>();
  let total = 0;
  while (!reader.done) {
    const rows = reader.beginBlock(COLUMNS);
    const block = new HistogramBlock(reader, rows);
    for (let row = 0; row < rows; row++) append(series, block, row);
    total += rows;
  }
  return { rows: total, series };
}

function append(series: Map<bigint, HistogramColumns>, block: HistogramBlock, row: number): void {
  const id = block.ids[row]!;
  let columns = series.get(id);
  if (columns === undefined) {
    columns = { timesMs: [], startsMs: [], histograms: [] };
    series.set(id, columns);
  }
  columns.timesMs.push(block.times[row]!);
  columns.startsMs.push(block.starts[row]!);
  columns.histograms.push(block.stale[row] === 1 ? undefined : block.histogram(row));
}

/** The columns of one block, read in their order. */
class HistogramBlock {
  readonly ids: BigUint64Array;
  readonly times: Float64Array;
  readonly starts: Float64Array;
  readonly stale: Uint8Array;
  readonly #schemas: Int8Array;
  readonly #hints: Uint8Array;
  readonly #counts: Float64Array;
  readonly #sums: Float64Array;
  readonly #zeroThresholds: Float64Array;
  readonly #zeroCounts: Float64Array;
  readonly #positive: Side;
  readonly #negative: Side;
  readonly #customValues: Lists;

  constructor(reader: NativeReader, rows: number) {
    const column = (width: number): Uint8Array => {
      reader.skipColumnHeader();
      return reader.take(rows * width);
    };
    this.ids = new BigUint64Array(floatsOf(column(8)).slice().buffer);
    this.times = timesOf(column(8));
    this.starts = timesOf(column(8));
    this.stale = column(1);
    this.#schemas = Int8Array.from(column(1));
    this.#hints = column(1);
    this.#counts = floatsOf(column(8));
    this.#sums = floatsOf(column(8));
    this.#zeroThresholds = floatsOf(column(8));
    this.#zeroCounts = floatsOf(column(8));
    this.#positive = readSide(reader, rows);
    this.#negative = readSide(reader, rows);
    this.#customValues = readLists(reader, rows, 8);
  }

  histogram(row: number): NativeHistogram {
    const schema = this.#schemas[row]!;
    return {
      counterResetHint: HINTS[this.#hints[row]!] ?? 'unknown',
      schema,
      zeroThreshold: this.#zeroThresholds[row]!,
      zeroCount: this.#zeroCounts[row]!,
      count: this.#counts[row]!,
      sum: this.#sums[row]!,
      positiveSpans: spansAt(this.#positive, row),
      positiveBuckets: listAt(this.#positive.counts, row),
      negativeSpans: spansAt(this.#negative, row),
      negativeBuckets: listAt(this.#negative.counts, row),
      customValues: schema === CUSTOM_BUCKETS_SCHEMA ? listAt(this.#customValues, row) : [],
    };
  }
}

/** A column of arrays: where each row's ends, and all elements. */
interface Lists {
  readonly ends: Uint32Array;
  readonly elements: Int32Array | Uint32Array | Float64Array;
}

interface Side {
  readonly offsets: Lists;
  readonly lengths: Lists;
  readonly counts: Lists;
}

function readSide(reader: NativeReader, rows: number): Side {
  const offsets = readLists(reader, rows, 4);
  const lengths = readLists(reader, rows, 4);
  return { offsets, lengths, counts: readLists(reader, rows, 8) };
}

/** An array column is its ends (UInt64), then its elements: 32-bit integers or floats by their width. */
function readLists(reader: NativeReader, rows: number, width: 4 | 8): Lists {
  reader.skipColumnHeader();
  const words = wordsOf64(reader.take(rows * 8));
  const ends = Uint32Array.from({ length: rows }, (_, row) => words[2 * row]!);
  const bytes = reader.take((ends.at(-1) ?? 0) * width);
  if (width === 8) return { ends, elements: floatsOf(bytes) };
  return { ends, elements: new Int32Array(Uint8Array.from(bytes).buffer) };
}

function listAt({ ends, elements }: Lists, row: number): number[] {
  return Array.from(elements.subarray(row === 0 ? 0 : ends[row - 1]!, ends[row]!));
}

function spansAt({ offsets, lengths }: Side, row: number): Span[] {
  const lengthsHere = listAt(lengths, row);
  return listAt(offsets, row).map((offset, i) => ({ offset, length: lengthsHere[i]! }));
}

/** DateTime64(3) as epoch milliseconds. */
function timesOf(bytes: Uint8Array): Float64Array {
  const words = wordsOf64(bytes);
  return Float64Array.from(
    { length: words.length / 2 },
    (_, row) => (words[2 * row + 1]! | 0) * 0x1_0000_0000 + words[2 * row]!,
  );
}
