import { MESSAGE } from './field-table.ts';
import { failure, REASON } from './reasons.ts';

const LABELS = (MESSAGE.TimeSeries << 5) | 1;
const METRIC_NAME = Buffer.from('__name__');

/**
 * The names of one series' labels, as ranges of the body. They should come sorted, and then each need only be compared with
 * the one before; vmagent sends them as they were scraped, so that any order is taken.
 */
export class LabelNames {
  readonly #bytes: Buffer;
  readonly #starts: number[] = [];
  readonly #ends: number[] = [];
  #sorted = true;
  #twice = false;
  #named = false;

  constructor(bytes: Uint8Array) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  clear(): void {
    this.#starts.length = 0;
    this.#ends.length = 0;
    this.#sorted = true;
    this.#twice = false;
    this.#named = false;
  }

  /** A label whose name is the body's `[start, end)`. A label without a value is as good as none. */
  add(start: number, end: number, valueBytes: number): void {
    const last = this.#starts.length - 1;
    if (last >= 0) {
      const order = compareRanges(this.#bytes, this.#starts[last]!, this.#ends[last]!, start, end);
      if (order === 0) this.#twice = true;
      else if (order > 0) this.#sorted = false;
    }
    this.#starts.push(start);
    this.#ends.push(end);
    if (valueBytes > 0 && isMetricName(this.#bytes, start, end)) this.#named = true;
  }

  /** What is wrong with the labels as a whole as a packed failure, or 0. */
  fault(): number {
    if (!this.#named) return failure(REASON.nameMissing, LABELS);
    if (this.#twice || (!this.#sorted && this.#repeats())) return failure(REASON.labelTwice, LABELS);
    return 0;
  }

  #repeats(): boolean {
    const names = this.#starts.map((start, index) =>
      this.#bytes.toString('latin1', start, this.#ends[index]),
    );
    return new Set(names).size < names.length;
  }
}

function isMetricName(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start !== METRIC_NAME.length) return false;
  for (let index = 0; index < METRIC_NAME.length; index++)
    if (bytes[start + index] !== METRIC_NAME[index]) return false;
  return true;
}

/** Byte order of two ranges: negative, 0 or positive. */
function compareRanges(
  bytes: Uint8Array,
  start: number,
  end: number,
  otherStart: number,
  otherEnd: number,
): number {
  let p = start;
  let q = otherStart;
  while (p < end && q < otherEnd) {
    const difference = bytes[p++]! - bytes[q++]!;
    if (difference !== 0) return difference;
  }
  return end - start - (otherEnd - otherStart);
}
