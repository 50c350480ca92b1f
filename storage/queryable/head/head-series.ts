import { indexAfter, type SampleColumns } from '../sample-columns.ts';

/** Room for this many samples is made at first; an hour at 15 s. */
const FIRST_CAPACITY = 256;

/**
 * Which start times are handed out: none; all that tell something, which one that is the same for all samples and lies before the
 * range does not; or all.
 */
export type StartsWanted = 'none' | 'telling' | 'all';

/**
 * The samples of one series over one stretch of time, in arrays that are handed out without being copied. So what was handed out
 * is never written over: samples are only added behind it, or the arrays are replaced.
 */
export class HeadSeries {
  /** Every sample in (coveredFromMs, coveredToMs] is here; `coveredToMs` may be infinite. */
  coveredFromMs: number;
  coveredToMs: number;
  /** The oldest time asked for since the arrays were last replaced: older samples are dropped then. */
  #wantedFromMs: number;
  #times: Float64Array<ArrayBuffer>;
  #values: Float64Array<ArrayBuffer>;
  /** When the counter began: one time for all samples, or an array once they differ. 0 is unknown. */
  #start = 0;
  #starts: Float64Array<ArrayBuffer> | undefined;
  /** Samples that count. Behind them may lie some that were taken back, which may have been handed out. */
  #length = 0;
  /** Samples that were ever written, and so may have been handed out. */
  #written = 0;

  constructor(coveredFromMs: number) {
    this.coveredFromMs = coveredFromMs;
    this.coveredToMs = coveredFromMs;
    this.#wantedFromMs = coveredFromMs;
    this.#times = new Float64Array(FIRST_CAPACITY);
    this.#values = new Float64Array(FIRST_CAPACITY);
  }

  get bytes(): number {
    return this.#times.byteLength * (this.#starts === undefined ? 2 : 3);
  }

  /** Takes back what is younger than `ms`: it may have changed. */
  forgetAfter(ms: number): void {
    if (ms >= this.coveredToMs) return;
    this.coveredToMs = Math.max(ms, this.coveredFromMs);
    this.#length = indexAfter(this.#times, this.#length, ms);
  }

  /** Adds samples, of which those that are covered already are ignored; from now on all up to `toMs` are known. */
  extend(samples: SampleColumns | undefined, toMs: number): void {
    if (samples !== undefined) {
      const from = indexAfter(samples.timesMs, samples.timesMs.length, this.coveredToMs);
      this.#append(samples, from);
    }
    this.coveredToMs = toMs;
  }

  #append({ timesMs, values, startsMs }: SampleColumns, from: number): void {
    const same = this.#sameAsBefore(timesMs, values, startsMs, from);
    let at = this.#length + same;
    const first = from + same;
    const count = timesMs.length - first;
    this.#length = at;
    if (count === 0) return;
    const newer = at + count;
    if (at < this.#written || newer > this.#times.length) at = this.#replaceArrays(at, count);
    this.#times.set(timesMs.subarray(first), at);
    // `set` copies bytes, so that staleness markers stay what they are.
    this.#values.set(values.subarray(first), at);
    this.#appendStarts(startsMs, first, at, count);
    this.#length = at + count;
    this.#written = this.#length;
  }

  /** How many of the samples are those that were taken back: they need not be written again. */
  #sameAsBefore(
    timesMs: Float64Array,
    values: Float64Array,
    startsMs: Float64Array | undefined,
    from: number,
  ): number {
    const most = Math.min(timesMs.length - from, this.#written - this.#length);
    for (let i = 0; i < most; i++) {
      const at = this.#length + i;
      const start = this.#starts === undefined ? this.#start : this.#starts[at]!;
      const differs =
        this.#times[at] !== timesMs[from + i] ||
        this.#values[at] !== values[from + i] ||
        start !== (startsMs === undefined ? 0 : startsMs[from + i]!);
      if (differs) return i;
    }
    return most;
  }

  /** Moves the first `kept` samples, less those that nobody asks for, to arrays with room for `more`; gives how many there are. */
  #replaceArrays(kept: number, more: number): number {
    const dropped = indexAfter(this.#times, kept, this.#wantedFromMs);
    const left = kept - dropped;
    const capacity = Math.max(FIRST_CAPACITY, Math.ceil((left + more) * 1.25));
    const moved = (array: Float64Array): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(capacity);
      larger.set(array.subarray(dropped, kept));
      return larger;
    };
    this.#times = moved(this.#times);
    this.#values = moved(this.#values);
    if (this.#starts !== undefined) this.#starts = moved(this.#starts);
    this.coveredFromMs = Math.max(this.coveredFromMs, this.#wantedFromMs);
    this.#wantedFromMs = Number.POSITIVE_INFINITY;
    return left;
  }

  #appendStarts(startsMs: Float64Array | undefined, first: number, at: number, count: number): void {
    if (this.#starts === undefined) {
      const start = startsMs?.[first] ?? 0;
      if (at === 0) this.#start = start;
      const same = start === this.#start && (startsMs === undefined || allAre(startsMs, first, start));
      if (same) return;
      this.#starts = new Float64Array(this.#times.length).fill(this.#start);
    }
    if (startsMs === undefined) this.#starts.fill(0, at, at + count);
    else this.#starts.set(startsMs.subarray(first), at);
  }

  /**
   * Keeps what is here from `startMs` on, or all if that is earlier. False if it is of no use for (startMs, endMs] because there would
   * be a gap.
   */
  keepFor(startMs: number, endMs: number): boolean {
    if (this.coveredFromMs === this.coveredToMs && startMs !== this.coveredFromMs) return false;
    if (startMs > this.coveredToMs || endMs < this.coveredFromMs) return false;
    this.#wantedFromMs = Math.min(this.#wantedFromMs, startMs);
    return true;
  }

  /** Puts samples before those that are here, the others are ignored; from now on all from `fromMs` on are known. */
  prepend(samples: SampleColumns | undefined, fromMs: number): void {
    if (samples !== undefined) this.#putBefore(samples);
    this.coveredFromMs = fromMs;
  }

  #putBefore({ timesMs, values, startsMs }: SampleColumns): void {
    const count = indexAfter(timesMs, timesMs.length, this.coveredFromMs);
    const behind = this.read(this.coveredFromMs, Number.POSITIVE_INFINITY, 'all');
    const length = this.#length;
    const capacity = Math.max(FIRST_CAPACITY, Math.ceil((count + length) * 1.25));
    const joined = (before: Float64Array, after: Float64Array | undefined): Float64Array<ArrayBuffer> => {
      const larger = new Float64Array(capacity);
      larger.set(before.subarray(0, count));
      if (after !== undefined) larger.set(after, count);
      return larger;
    };
    const own = this.#starts === undefined ? this.#start : undefined;
    const start = length > 0 ? own : (startsMs?.[0] ?? 0);
    const isOne = start !== undefined && (startsMs === undefined ? start === 0 : allAre(startsMs, 0, start));
    this.#starts = isOne ? undefined : joined(startsMs ?? new Float64Array(count), behind?.startsMs);
    this.#start = isOne ? start : 0;
    this.#times = joined(timesMs, behind?.timesMs);
    this.#values = joined(values, behind?.values);
    this.#length = count + length;
    this.#written = this.#length;
  }

  /** The samples in (startMs, endMs], as views; undefined if there are none. */
  read(startMs: number, endMs: number, starts: StartsWanted): SampleColumns | undefined {
    const from = indexAfter(this.#times, this.#length, startMs);
    const to = indexAfter(this.#times, this.#length, endMs);
    if (from === to) return undefined;
    return {
      timesMs: this.#times.subarray(from, to),
      values: this.#values.subarray(from, to),
      startsMs: starts === 'none' ? undefined : this.#startsOf(from, to, starts === 'all' ? 0 : startMs),
    };
  }

  #startsOf(from: number, to: number, unlessBeforeMs: number): Float64Array | undefined {
    const starts = this.#starts?.subarray(from, to);
    const start = starts === undefined ? this.#start : starts[0]!;
    const isOne = starts === undefined || allAre(starts, 0, start);
    if (isOne && start <= Math.max(0, unlessBeforeMs)) return undefined;
    return starts ?? new Float64Array(to - from).fill(start);
  }
}

function allAre(values: Float64Array, from: number, wanted: number): boolean {
  for (let i = from; i < values.length; i++) if (values[i] !== wanted) return false;
  return true;
}
