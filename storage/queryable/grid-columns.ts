import { floatsOf, NativeReader, wordsOf64 } from '../clickhouse/native-blocks.ts';

/** One row: a series' values on the grid. */
export interface GridRow {
  readonly id: bigint;
  readonly values: Float64Array;
  /** 1 where there is a value. */
  readonly present: Uint8Array;
  /** The newest start time of its counter, epoch ms; 0 if none is known. */
  readonly newestStartMs: number;
  /** Samples that it was worked out of. */
  readonly samples: number;
}

/**
 * Reads an answer of (id UInt64, grid Array(Nullable(Float64)), newest start DateTime64(3), samples UInt64) in Native format. An array column
 * is its ends (UInt64), then its elements; a nullable one a byte for each, 1 for null, then the values.
 */
export function* readGridRows(bytes: Uint8Array, steps: number): IterableIterator<GridRow> {
  const reader = new NativeReader(bytes);
  while (!reader.done) {
    const rows = reader.beginBlock(4);
    reader.skipColumnHeader();
    const ids = wordsOf64(reader.take(rows * 8));
    reader.skipColumnHeader();
    const ends = wordsOf64(reader.take(rows * 8));
    const total = rows === 0 ? 0 : ends[2 * (rows - 1)]!;
    if (total !== rows * steps)
      throw new Error(`expected ${steps} grid points a series, got ${total / rows}`);
    const nulls = reader.take(total);
    const values = floatsOf(reader.take(total * 8));
    reader.skipColumnHeader();
    const starts = wordsOf64(reader.take(rows * 8));
    reader.skipColumnHeader();
    const samples = wordsOf64(reader.take(rows * 8));
    for (let row = 0; row < rows; row++) {
      const from = row * steps;
      yield {
        id: (BigInt(ids[2 * row + 1]!) << 32n) | BigInt(ids[2 * row]!),
        values: values.slice(from, from + steps),
        present: presentOf(nulls, from, steps),
        newestStartMs: (starts[2 * row + 1]! | 0) * 0x1_0000_0000 + starts[2 * row]!,
        samples: samples[2 * row + 1]! * 0x1_0000_0000 + samples[2 * row]!,
      };
    }
  }
}

/** A loop, for there are millions: mapping an array through a function takes more than ten times as long. */
function presentOf(nulls: Uint8Array, from: number, steps: number): Uint8Array {
  const present = new Uint8Array(steps);
  for (let step = 0; step < steps; step++) present[step] = 1 - nulls[from + step]!;
  return present;
}
