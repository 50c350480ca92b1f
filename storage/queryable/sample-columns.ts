import { floatsOf, type NativeBlock, wordsOf64 } from '../clickhouse/native-blocks.ts';

/** Samples of one series as they come, in growing arrays. */
class GrowingSeries {
  times = new Float64Array(64);
  values = new Float64Array(64);
  starts: Float64Array<ArrayBuffer> | undefined;
  length = 0;
  /** Where runs of rising times begin: each block of rows is one, so there are few. */
  readonly runs: number[] = [];

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

/** Of the first `length` times, which rise, the index of the first one after `ms`. */
export function indexAfter(times: Float64Array, length: number, ms: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (times[middle]! <= ms) low = middle + 1;
    else high = middle;
  }
  return low;
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
      if (time <= last) series.runs.push(at);
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
  const columns = {
    timesMs: series.times.subarray(0, series.length),
    values: series.values.subarray(0, series.length),
    startsMs: knownStarts(series.starts?.subarray(0, series.length)),
  };
  if (series.runs.length === 0) return columns;
  return joinRuns(columns, [0, ...series.runs]) ?? sortAndDeduplicate(columns);
}

const knownStarts = (starts: Float64Array | undefined): Float64Array | undefined =>
  starts?.some((start) => start !== 0) ? starts : undefined;

/** Puts runs that do not overlap in order, by copying; undefined if they overlap. */
function joinRuns(
  { timesMs, values, startsMs }: SampleColumns,
  begins: readonly number[],
): SampleColumns | undefined {
  const runs = begins.map((from, i) => ({ from, to: begins[i + 1] ?? timesMs.length }));
  runs.sort((a, b) => timesMs[a.from]! - timesMs[b.from]!);
  const overlap = runs.some(({ from }, i) => i > 0 && timesMs[runs[i - 1]!.to - 1]! >= timesMs[from]!);
  if (overlap) return undefined;
  const joined = {
    timesMs: new Float64Array(timesMs.length),
    values: new Float64Array(timesMs.length),
    startsMs: startsMs && new Float64Array(timesMs.length),
  };
  let at = 0;
  for (const { from, to } of runs) {
    joined.timesMs.set(timesMs.subarray(from, to), at);
    joined.values.set(values.subarray(from, to), at);
    if (startsMs !== undefined) joined.startsMs?.set(startsMs.subarray(from, to), at);
    at += to - from;
  }
  return joined;
}

/** By time; of two samples at one time the larger one stays, as with ClickHouse's grid functions: a delta that came late made it grow. */
function sortAndDeduplicate({ timesMs, values, startsMs }: SampleColumns): SampleColumns {
  const order = Array.from(timesMs.keys()).sort(
    (a, b) => timesMs[a]! - timesMs[b]! || values[a]! - values[b]! || a - b,
  );
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
