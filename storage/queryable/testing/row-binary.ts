import {
  CUSTOM_BUCKETS_SCHEMA,
  type NativeHistogram,
  type Span,
} from '../../../promql/histogram/native-histogram.ts';

/** Rows in ClickHouse's RowBinary format: values one after the other, little endian, bits as they are. */
export class RowBinary {
  #bytes = Buffer.allocUnsafe(4096);
  #length = 0;

  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  u8(value: number): this {
    const at = this.#grow(1);
    this.#bytes.writeUInt8(value & 0xff, at);
    return this;
  }

  i32(value: number): this {
    const at = this.#grow(4);
    this.#bytes.writeInt32LE(value, at);
    return this;
  }

  i64(value: bigint | number): this {
    const at = this.#grow(8);
    this.#bytes.writeBigInt64LE(BigInt.asIntN(64, BigInt(value)), at);
    return this;
  }

  f64(value: number): this {
    const at = this.#grow(8);
    this.#bytes.writeDoubleLE(value, at);
    return this;
  }

  /** An array: its length as a varint, then what `write` writes of each. */
  list<T>(values: readonly T[], write: (value: T) => void): this {
    let rest = values.length;
    for (; rest >= 0x80; rest >>>= 7) this.u8((rest & 0x7f) | 0x80);
    this.u8(rest);
    values.forEach(write);
    return this;
  }

  #grow(more: number): number {
    const at = this.#length;
    this.#length += more;
    if (this.#length > this.#bytes.length) {
      const larger = Buffer.allocUnsafe(this.#length * 2);
      this.#bytes.copy(larger, 0, 0, at);
      this.#bytes = larger;
    }
    return at;
  }
}

const STALE_BITS = 0x7ff0000000000002n;
const HINTS = ['unknown', 'reset', 'not_reset', 'gauge'] as const;

export const SAMPLE_COLUMNS = 'id UInt64, ts DateTime64(3), int Int64, float Float64, start DateTime64(3)';
export const HISTOGRAM_COLUMNS = `id UInt64, ts DateTime64(3), start DateTime64(3), stale Bool, schema Int8, hint Int8, count Float64, sum Float64,
  zero_threshold Float64, zero_count Float64, positive_offsets Array(Int32), positive_lengths Array(UInt32), positive_counts Array(Float64),
  negative_offsets Array(Int32), negative_lengths Array(UInt32), negative_counts Array(Float64), custom_values Array(Float64)`;

/** A row of {@link SAMPLE_COLUMNS}, filled as the loader does. Times in epoch ms. */
export function writeSample(
  rows: RowBinary,
  id: bigint,
  timeMs: number,
  value: number | 'stale',
  startMs: number,
): void {
  rows.i64(id).i64(timeMs);
  if (value === 'stale') rows.i64(0).i64(STALE_BITS);
  else if (Number.isInteger(value) && Math.abs(value) <= 2 ** 53 && !Object.is(value, -0))
    rows.i64(value).f64(0);
  else rows.i64(0).f64(value);
  rows.i64(startMs);
}

/** A row of {@link HISTOGRAM_COLUMNS}. */
export function writeHistogram(
  rows: RowBinary,
  id: bigint,
  timeMs: number,
  h: NativeHistogram,
  startMs: number,
): void {
  rows.i64(id).i64(timeMs).i64(startMs).u8(0).u8(h.schema).u8(HINTS.indexOf(h.counterResetHint));
  rows.f64(h.count).f64(h.sum).f64(h.zeroThreshold).f64(h.zeroCount);
  writeSide(rows, h.positiveSpans, h.positiveBuckets);
  writeSide(rows, h.negativeSpans, h.negativeBuckets);
  rows.list(h.schema === CUSTOM_BUCKETS_SCHEMA ? h.customValues : [], (bound) => rows.f64(bound));
}

function writeSide(rows: RowBinary, spans: readonly Span[], counts: readonly number[]): void {
  rows.list(spans, ({ offset }) => rows.i32(offset));
  rows.list(spans, ({ length }) => rows.i32(length));
  rows.list(counts, (count) => rows.f64(count));
}
