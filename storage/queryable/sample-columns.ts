import { floatsOf, type NativeBlock, wordsOf64 } from './native-blocks.ts';

/** Samples of one series as they come, in growing arrays. */
class GrowingSeries {
  times = new Float64Array(64);
  values = new Float64Array(64);
  starts: Float64Array<ArrayBuffer> | undefined;
  length = 0;
  /** Whether times rise strictly so far. */
  sorted = true;

  constructor(withStarts: boolean) {
    if (withStarts) this.starts = new Float64Array(64);
  }

  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.times.length) return;
    const size = Math.max(needed, this.times.length * 2);
    this.times = grown(this.times, size);
    this.values = grown(this.values, size);
    if (this.starts !== undefined) this.starts = grown(this.starts, size);
  }
}

function grown(array: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(size);
  larger.set(array);
  return larger;
}

/** Samples of one series: `timesMs` rises strictly, staleness markers keep their bits. */
export interface SampleColumns {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  /** Start times, 0 where unknown; undefined if all are. */
  readonly startsMs: Float64Array | undefined;
}

/**
 * Takes blocks of (id UInt64, ts DateTime64(3), value Float64 and perhaps start DateTime64(3)) in any order and gives the samples by
 * series. Rows of one series mostly come in runs, so the series is looked up once a run.
 */
export class SampleCollector {
  readonly #withStarts: boolean;
  readonly #series = new Map<bigint, GrowingSeries>();
  #rows = 0;

  constructor(withStarts: boolean) {
    this.#withStarts = withStarts;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Bytes of each column that `add` expects. */
  get widths(): readonly number[] {
    return this.#withStarts ? [8, 8, 8, 8] : [8, 8, 8];
  }

  add(block: NativeBlock): void {
    this.#rows += block.rows;
    const ids = wordsOf64(block.columns[0]!);
    const times = wordsOf64(block.columns[1]!);
    const values = floatsOf(block.columns[2]!);
    const starts = this.#withStarts ? wordsOf64(block.columns[3]!) : undefined;
    for (let from = 0; from < block.rows; ) {
      const low = ids[2 * from]!;
      const high = ids[2 * from + 1]!;
      let to = from + 1;
      while (to < block.rows && ids[2 * to] === low && ids[2 * to + 1] === high) to++;
      this.#append((BigInt(high) << 32n) | BigInt(low), from, to, times, values, starts);
      from = to;
    }
  }

  #append(
    id: bigint,
    from: number,
    to: number,
    times: Uint32Array,
    values: Float64Array,
    starts: Uint32Array | undefined,
  ): void {
    let series = this.#series.get(id);
    if (series === undefined) {
      series = new GrowingSeries(this.#withStarts);
      this.#series.set(id, series);
    }
    series.reserve(to - from);
    // `set` copies bytes, so that staleness markers stay what they are.
    series.values.set(values.subarray(from, to), series.length);
    let last = series.length > 0 ? series.times[series.length - 1]! : Number.NEGATIVE_INFINITY;
    for (let row = from, at = series.length; row < to; row++, at++) {
      const time = int64(times, row);
      series.times[at] = time;
      if (time <= last) series.sorted = false;
      last = time;
      if (starts !== undefined) series.starts![at] = int64(starts, row);
    }
    series.length += to - from;
  }

  /** The samples of every series that had any. */
  *finish(): IterableIterator<readonly [bigint, SampleColumns]> {
    for (const [id, series] of this.#series) yield [id, finishSeries(series)];
  }
}

/** A signed 64-bit integer within 2^53. */
const int64 = (words: Uint32Array, row: number): number =>
  (words[2 * row + 1]! | 0) * 0x1_0000_0000 + words[2 * row]!;

function finishSeries(series: GrowingSeries): SampleColumns {
  const timesMs = series.times.subarray(0, series.length);
  const values = series.values.subarray(0, series.length);
  const starts = series.starts?.subarray(0, series.length);
  const startsMs = starts?.some((start) => start !== 0) ? starts : undefined;
  if (series.sorted) return { timesMs, values, startsMs };
  return sortAndDeduplicate({ timesMs, values, startsMs });
}

/** By time; of two samples at one time (a point that was sent twice) the later one stays. */
function sortAndDeduplicate({ timesMs, values, startsMs }: SampleColumns): SampleColumns {
  const order = Array.from(timesMs.keys()).sort((a, b) => timesMs[a]! - timesMs[b]! || a - b);
  const kept = order.filter(
    (index, i) => i + 1 === order.length || timesMs[order[i + 1]!] !== timesMs[index],
  );
  const bits = new BigUint64Array(values.slice().buffer);
  const sortedBits = BigUint64Array.from(kept, (index) => bits[index]!);
  return {
    timesMs: Float64Array.from(kept, (index) => timesMs[index]!),
    values: new Float64Array(sortedBits.buffer),
    startsMs: startsMs && Float64Array.from(kept, (index) => startsMs[index]!),
  };
}
