import { type EpochMs, epochMs } from '../../model/units.ts';
import { CHILD, CONFLICTS, MESSAGE, OP, OPS } from './field-table.ts';
import { EDIT_CUT, MessageCheck } from './message-check.ts';
import { failure, REASON } from './reasons.ts';

/** What a walk has counted. */
export interface WalkCounts {
  readonly items: number;
  /** Rows that the loader will write. */
  readonly rows: number;
  /** Items that were cut. */
  readonly rejected: number;
  readonly kinds: ItemKinds;
  /** Times that the items carry, down to the millisecond; null where none carries one. */
  readonly oldestMs: EpochMs | null;
  readonly newestMs: EpochMs | null;
}

/** Items by what they are; members that a signal does not have are absent, and so are all for traces and logs. */
export type ItemKinds = Readonly<
  Partial<
    Record<
      | 'gauge'
      | 'sum'
      | 'histogram'
      | 'exponentialHistogram'
      | 'summary'
      | 'sample'
      | 'nativeHistogram'
      | 'exemplar'
      | 'metadata',
      number
    >
  >
>;

/** Slots of the counter vector, which is copied as a whole to undo what a refused container counted. */
const COUNT = {
  items: 0,
  rows: 1,
  rejected: 2,
  gauge: 3,
  sum: 4,
  histogram: 5,
  exponentialHistogram: 6,
  summary: 7,
  oldestHigh: 8,
  oldestLow: 9,
  newestHigh: 10,
  newestLow: 11,
} as const;
const WIDTH = 12;
/** Request, resource, scope, metric, metric data: containers nest five deep. */
const LEVELS = 6;

const KIND_OF_PARENT = new Uint8Array(64);
KIND_OF_PARENT[MESSAGE.Gauge] = COUNT.gauge;
KIND_OF_PARENT[MESSAGE.Sum] = COUNT.sum;
KIND_OF_PARENT[MESSAGE.Histogram] = COUNT.histogram;
KIND_OF_PARENT[MESSAGE.ExponentialHistogram] = COUNT.exponentialHistogram;
KIND_OF_PARENT[MESSAGE.Summary] = COUNT.summary;

/** HistogramDataPoint.sum and .bucket_counts. */
const HISTOGRAM_SUM = 1 << 5;
const BUCKET_COUNTS = (MESSAGE.HistogramDataPoint << 5) | 6;

/**
 * One walk over the bytes of one request, down to its items. What it finds goes into counters, `edits` (what to cut or
 * rewrite) and `rejections`. Use a new one for each body.
 */
export class WireWalk extends MessageCheck {
  /** Triples packed failure, items, offset of what was cut. */
  readonly rejections: number[] = [];
  protected readonly counters = new Float64Array(WIDTH * (LEVELS + 1));

  /** Walks the whole request; false if it is not protobuf down to its items, so that nothing in it can be counted. */
  request(message: number): boolean {
    this.counters[COUNT.oldestHigh] = Number.POSITIVE_INFINITY;
    return this.#container(message, 0, 0, this.bytes.length, 0);
  }

  /** The packed failure of the body as a whole, once `request` has returned false. */
  get fatal(): number {
    return this.failure;
  }

  counts(): WalkCounts {
    const counters = this.counters;
    const timed = counters[COUNT.oldestHigh] !== Number.POSITIVE_INFINITY;
    return {
      items: counters[COUNT.items]!,
      rows: counters[COUNT.rows]!,
      rejected: counters[COUNT.rejected]!,
      kinds: {
        gauge: counters[COUNT.gauge]!,
        sum: counters[COUNT.sum]!,
        histogram: counters[COUNT.histogram]!,
        exponentialHistogram: counters[COUNT.exponentialHistogram]!,
        summary: counters[COUNT.summary]!,
      },
      oldestMs: timed ? nanoToMs(counters[COUNT.oldestHigh]!, counters[COUNT.oldestLow]!) : null,
      newestMs: timed ? nanoToMs(counters[COUNT.newestHigh]!, counters[COUNT.newestLow]!) : null,
    };
  }

  /**
   * A message between the request and its items. A bad field of its own (a resource, a scope, a name) refuses all of
   * its items, which are therefore walked and counted all the same; broken framing makes the body uncountable.
   */
  #container(type: number, cutStart: number, start: number, end: number, level: number): boolean {
    const bytes = this.bytes;
    this.#save(level);
    const editsMark = this.edits.length;
    const rejectionsMark = this.rejections.length;
    let bad = 0;
    let seen = 0;
    let p = start;
    while (p < end) {
      const tagStart = p;
      let tag = bytes[p++]!;
      if (tag >= 0x80) {
        tag = this.tag(tagStart, end);
        p = this.pos;
      }
      const slot = this.#slot(type, tag);
      const op = OPS[slot]!;
      const next = tag < 8 ? -1 : this.skip(tag & 7, p, end);
      if (next < 0) return this.refuse(REASON.malformed, slot);
      if (op !== OP.unknown) {
        if ((seen & CONFLICTS[slot]!) !== 0) bad ||= failure(REASON.setTwice, slot);
        seen |= 1 << (slot & 31);
        if (op === OP.container || op === OP.item) {
          if ((tag & 7) !== 2) return this.refuse(REASON.wireType, slot);
          const content = this.contentStart(p);
          if (op === OP.item) this.#item(CHILD[slot]!, type, tagStart, content, next);
          else if (!this.#container(CHILD[slot]!, tagStart, content, next, level + 1)) return false;
        } else if (bad === 0 && !this.message(type, tagStart, next, 0)) {
          bad = this.failure;
        }
      }
      p = next;
    }
    if (bad !== 0) this.#rejectAll(bad, level, editsMark, rejectionsMark, cutStart, end);
    return true;
  }

  #rejectAll(
    bad: number,
    level: number,
    editsMark: number,
    rejectionsMark: number,
    cutStart: number,
    end: number,
  ): void {
    const counters = this.counters;
    const saved = (level + 1) * WIDTH;
    const items =
      counters[COUNT.items]! +
      counters[COUNT.rejected]! -
      counters[saved + COUNT.items]! -
      counters[saved + COUNT.rejected]!;
    counters.copyWithin(0, saved, saved + WIDTH);
    this.edits.length = editsMark;
    this.rejections.length = rejectionsMark;
    this.#cut(bad, items, cutStart, end);
  }

  #item(type: number, parent: number, tagStart: number, start: number, end: number): void {
    const editsMark = this.edits.length;
    this.buckets = 0;
    this.bounds = 0;
    this.quantiles = 0;
    this.timeHigh = 0;
    this.timeLow = 0;
    if (!this.message(type, start, end, 0)) {
      this.edits.length = editsMark;
      this.#cut(this.failure, 1, tagStart, end);
      return;
    }
    if (this.buckets > 0 && this.buckets !== this.bounds + 1) {
      this.edits.length = editsMark;
      this.#cut(failure(REASON.buckets, BUCKET_COUNTS), 1, tagStart, end);
      return;
    }
    const counters = this.counters;
    counters[COUNT.items]! += 1;
    counters[COUNT.rows]! += this.#rowsOf(type);
    const kind = KIND_OF_PARENT[parent]!;
    if (kind !== 0) counters[kind]! += 1;
    this.#countTime();
  }

  /** The rows that the loader makes of the item that was just walked. */
  #rowsOf(type: number): number {
    if (type === MESSAGE.HistogramDataPoint) {
      const buckets = this.buckets > 0 ? this.buckets : 1;
      return buckets + 1 + ((this.seen & HISTOGRAM_SUM) !== 0 ? 1 : 0);
    }
    return type === MESSAGE.SummaryDataPoint ? this.quantiles + 2 : 1;
  }

  #countTime(): void {
    const high = this.timeHigh;
    const low = this.timeLow;
    if (high === 0 && low === 0) return;
    const counters = this.counters;
    const oldestHigh = counters[COUNT.oldestHigh]!;
    if (high < oldestHigh || (high === oldestHigh && low < counters[COUNT.oldestLow]!)) {
      counters[COUNT.oldestHigh] = high;
      counters[COUNT.oldestLow] = low;
    }
    const newestHigh = counters[COUNT.newestHigh]!;
    if (high > newestHigh || (high === newestHigh && low > counters[COUNT.newestLow]!)) {
      counters[COUNT.newestHigh] = high;
      counters[COUNT.newestLow] = low;
    }
  }

  #slot(type: number, tag: number): number {
    return tag >>> 3 < 32 ? (type << 5) | (tag >>> 3) : type << 5;
  }

  #save(level: number): void {
    this.counters.copyWithin((level + 1) * WIDTH, 0, WIDTH);
  }

  #cut(packed: number, items: number, start: number, end: number): void {
    this.counters[COUNT.rejected]! += items;
    this.rejections.push(packed, items, start);
    this.edits.push(start, end, EDIT_CUT);
  }
}

function nanoToMs(high: number, low: number): EpochMs {
  return epochMs(Number(((BigInt(high) << 32n) | BigInt(low)) / 1_000_000n));
}
