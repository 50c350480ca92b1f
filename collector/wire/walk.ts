import { CHILD, CONFLICTS, MESSAGE, OP, OPS, REQUIRED } from './field-table.ts';
import { failure, MAX_DEPTH, MAX_STORED_DEPTH, REASON } from './reasons.ts';
import { isUtf8Range } from './utf8.ts';

/** `edits` holds triples: start, end, and one of these. */
export const EDIT_CUT = 0;
export const EDIT_TO_JSON = 1;

/** Slots of the counter vector, which is copied as a whole to undo what a refused container counted. */
export const COUNT = {
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

const KEY_VALUE = MESSAGE.KeyValue;
/** Tags: field 1 and field 2, length-delimited. */
const TEXT_1 = 0x0a;
const MESSAGE_2 = 0x12;

/** Timestamps below 2^32 seconds have a high word below this. */
const TIME_HIGH_LIMIT = 1_000_000_000;

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
 * One walk over the bytes of one request. It builds no objects: what it finds goes into counters, `edits` (what to
 * cut or rewrite) and `rejections`. Use a new one for each body.
 */
export class WireWalk {
  /** Triples start, end, kind; ascending and disjoint. */
  readonly edits: number[] = [];
  /** Triples packed failure, items, offset of what was cut. */
  readonly rejections: number[] = [];
  readonly counters = new Float64Array(WIDTH * (LEVELS + 1));
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Second result of the readers: the position behind what they read. */
  #pos = 0;
  /** Why the last `#message` failed. */
  #failure = 0;
  /** Field bits of the message that ended last. */
  #seen = 0;
  #buckets = 0;
  #bounds = 0;
  #quantiles = 0;
  #timeHigh = 0;
  #timeLow = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** Walks the whole request; false if it is not protobuf down to its items, so that nothing in it can be counted. */
  request(message: number): boolean {
    this.counters[COUNT.oldestHigh] = Number.POSITIVE_INFINITY;
    return this.#container(message, 0, 0, this.#bytes.length, 0);
  }

  /** The packed failure of the body as a whole, once `request` has returned false. */
  get fatal(): number {
    return this.#failure;
  }

  /**
   * A message between the request and its items. A bad field of its own (a resource, a scope, a name) refuses all of
   * its items, which are therefore walked and counted all the same; broken framing makes the body uncountable.
   */
  #container(type: number, cutStart: number, start: number, end: number, level: number): boolean {
    const bytes = this.#bytes;
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
        tag = this.#tag(tagStart, end);
        p = this.#pos;
      }
      const slot = this.#slot(type, tag);
      const op = OPS[slot]!;
      const next = tag < 8 ? -1 : this.#skip(tag & 7, p, end);
      if (next < 0) return this.#refuse(REASON.malformed, slot);
      if (op !== OP.unknown) {
        if ((seen & CONFLICTS[slot]!) !== 0) bad ||= failure(REASON.setTwice, slot);
        seen |= 1 << (slot & 31);
        if (op === OP.container || op === OP.item) {
          if ((tag & 7) !== 2) return this.#refuse(REASON.wireType, slot);
          const content = this.#contentStart(p);
          if (op === OP.item) this.#item(CHILD[slot]!, type, tagStart, content, next);
          else if (!this.#container(CHILD[slot]!, tagStart, content, next, level + 1)) return false;
        } else if (bad === 0 && !this.#message(type, tagStart, next, 0)) {
          bad = this.#failure;
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
    this.#buckets = 0;
    this.#bounds = 0;
    this.#quantiles = 0;
    this.#timeHigh = 0;
    this.#timeLow = 0;
    if (!this.#message(type, start, end, 0)) {
      this.edits.length = editsMark;
      this.#cut(this.#failure, 1, tagStart, end);
      return;
    }
    if (this.#buckets > 0 && this.#buckets !== this.#bounds + 1) {
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
      const buckets = this.#buckets > 0 ? this.#buckets : 1;
      return buckets + 1 + ((this.#seen & HISTOGRAM_SUM) !== 0 ? 1 : 0);
    }
    return type === MESSAGE.SummaryDataPoint ? this.#quantiles + 2 : 1;
  }

  #countTime(): void {
    const high = this.#timeHigh;
    const low = this.#timeLow;
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

  /** Checks a message and everything in it; on false `#failure` says why. `depth` counts the lists and maps around it. */
  #message(type: number, start: number, end: number, depth: number): boolean {
    const bytes = this.#bytes;
    let seen = 0;
    let p = start;
    while (p < end) {
      let tag = bytes[p++]!;
      if (tag >= 0x80) {
        tag = this.#tag(p - 1, end);
        p = this.#pos;
      }
      const slot = tag >>> 3 < 32 ? (type << 5) | (tag >>> 3) : type << 5;
      const op = OPS[slot]!;
      if (op === OP.unknown) {
        p = tag < 8 ? -1 : this.#skip(tag & 7, p, end);
        if (p < 0) return this.#refuse(REASON.malformed, slot);
        continue;
      }
      if ((seen & CONFLICTS[slot]!) !== 0) return this.#refuse(REASON.setTwice, slot);
      seen |= 1 << (slot & 31);
      const wire = tag & 7;
      if (wire === 2) {
        if (p >= end) return this.#refuse(REASON.malformed, slot);
        let length = bytes[p++]!;
        if (length >= 0x80) {
          length = this.#length(p - 1, end);
          p = this.#pos;
        }
        const next = p + length;
        if (next > end) return this.#refuse(REASON.malformed, slot);
        if (op === OP.text) {
          if (!this.#text(p, next)) return this.#refuse(REASON.utf8, slot);
        } else if (op === OP.message) {
          const child = CHILD[slot]!;
          if (child === KEY_VALUE && this.#isPlainAttribute(p, next)) {
            // The usual case, done.
          } else if (!this.#message(child, p, next, depth)) return false;
        } else if (op === OP.nested) {
          if (!this.#nested(slot, p, next, depth)) return false;
          if (depth === MAX_STORED_DEPTH) this.edits.push(start, end, EDIT_TO_JSON);
        } else {
          const reason = this.#lengthDelimited(op, slot, p, next, depth);
          if (reason === NESTED_FAILURE) return false;
          if (reason !== 0) return this.#refuse(reason, slot);
        }
        p = next;
      } else {
        const reason = this.#scalar(op, wire, p, end);
        if (reason !== 0) return this.#refuse(reason, slot);
        p = this.#pos;
      }
    }
    const missing = REQUIRED[type]! & ~seen;
    if (missing !== 0)
      return this.#refuse(REASON.missing, (type << 5) | (31 - Math.clz32(missing & -missing)));
    this.#seen = seen;
    return true;
  }

  /**
   * Whether `[start, end)` is a KeyValue of the usual form: a key, then a string value, both ASCII and shorter than 128
   * bytes. Tags and lengths are ASCII then, too, so that one scan decides. Whatever is not plain goes the long way.
   */
  #isPlainAttribute(start: number, end: number): boolean {
    const bytes = this.#bytes;
    if (end - start < 6 || bytes[start] !== TEXT_1) return false;
    const value = start + 2 + bytes[start + 1]!;
    if (value + 4 > end || bytes[value] !== MESSAGE_2 || bytes[value + 2] !== TEXT_1) return false;
    const length = bytes[value + 1]!;
    if (value + 2 + length !== end || bytes[value + 3] !== length - 2) return false;
    return this.#isAscii(start, end);
  }

  #nested(slot: number, start: number, end: number, depth: number): boolean {
    if (depth >= MAX_DEPTH) return this.#refuse(REASON.depth, slot);
    return this.#message(CHILD[slot]!, start, end, depth + 1);
  }

  /** The rarer length-delimited fields. Returns 0, a reason, or NESTED_FAILURE when `#failure` is set already. */
  #lengthDelimited(op: number, slot: number, start: number, end: number, depth: number): number {
    const length = end - start;
    switch (op) {
      case OP.bytes:
        return 0;
      case OP.traceId:
        if (length !== 16) return REASON.idLength;
        return this.#isZero(start, end) ? REASON.idZero : 0;
      case OP.spanId:
        if (length !== 8) return REASON.idLength;
        return this.#isZero(start, end) ? REASON.idZero : 0;
      case OP.optionalTraceId:
        return length === 0 || length === 16 ? 0 : REASON.idLength;
      case OP.optionalSpanId:
        return length === 0 || length === 8 ? 0 : REASON.idLength;
      case OP.quantile:
        this.#quantiles += 1;
        return this.#message(CHILD[slot]!, start, end, depth) ? 0 : NESTED_FAILURE;
      case OP.bucketCounts:
        this.#buckets += length >> 3;
        return (length & 7) === 0 ? 0 : REASON.malformed;
      case OP.bounds:
        this.#bounds += length >> 3;
        return (length & 7) === 0 ? 0 : REASON.malformed;
      case OP.varints:
        return this.#packedVarints(start, end) ? 0 : REASON.malformed;
      default:
        return REASON.wireType;
    }
  }

  /** A field that is not length-delimited; leaves the position behind it in `#pos`. Returns 0 or a reason. */
  #scalar(op: number, wire: number, p: number, end: number): number {
    switch (op) {
      case OP.varint:
      case OP.varints:
        if (wire !== 0) return REASON.wireType;
        this.#pos = this.#skip(0, p, end);
        return this.#pos < 0 ? REASON.malformed : 0;
      case OP.uint32:
        return wire === 0 ? this.#smallVarint(p, end, 0xffff_ffff) : REASON.wireType;
      case OP.enum:
        return wire === 0 ? this.#smallVarint(p, end, 0x7fff_ffff) : REASON.wireType;
      case OP.bool:
        return wire === 0 ? this.#smallVarint(p, end, 1) : REASON.wireType;
      case OP.fixed32:
        if (wire !== 5) return REASON.wireType;
        this.#pos = p + 4;
        return this.#pos > end ? REASON.malformed : 0;
      case OP.fixed64:
      case OP.bucketCounts:
      case OP.bounds:
        if (wire !== 1) return REASON.wireType;
        this.#pos = p + 8;
        // Unpacked entries of a repeated field come one by one.
        if (op === OP.bucketCounts) this.#buckets += 1;
        else if (op === OP.bounds) this.#bounds += 1;
        return this.#pos > end ? REASON.malformed : 0;
      case OP.time:
      case OP.itemTime:
      case OP.logTime:
      case OP.observedTime:
        return wire === 1 ? this.#timestamp(op, p, end) : REASON.wireType;
      default:
        return REASON.wireType;
    }
  }

  #timestamp(op: number, p: number, end: number): number {
    this.#pos = p + 8;
    if (this.#pos > end) return REASON.malformed;
    const low = this.#view.getUint32(p, true);
    const high = this.#view.getUint32(p + 4, true);
    if (high >= TIME_HIGH_LIMIT) return REASON.timeRange;
    if (op === OP.time) return 0;
    const zero = high === 0 && low === 0;
    if (zero) return op === OP.itemTime ? REASON.timeZero : 0;
    if (op === OP.observedTime && (this.#timeHigh !== 0 || this.#timeLow !== 0)) return 0;
    this.#timeHigh = high;
    this.#timeLow = low;
    return 0;
  }

  /** Whether `[start, end)` is valid UTF-8. Nearly all text is ASCII. */
  #text(start: number, end: number): boolean {
    return this.#isAscii(start, end) || isUtf8Range(this.#bytes, start, end);
  }

  #isAscii(start: number, end: number): boolean {
    const view = this.#view;
    let bits = 0;
    let p = start;
    for (; p + 4 <= end; p += 4) bits |= view.getInt32(p, true);
    for (; p < end; p++) bits |= this.#bytes[p]!;
    return (bits & 0x80808080) === 0;
  }

  #isZero(start: number, end: number): boolean {
    for (let p = start; p < end; p += 4) if (this.#view.getInt32(p, true) !== 0) return false;
    return true;
  }

  #packedVarints(start: number, end: number): boolean {
    let p = start;
    while (p < end) {
      p = this.#skip(0, p, end);
      if (p < 0) return false;
    }
    return true;
  }

  /** A varint that must not exceed `limit` (at most 2^32 - 1). */
  #smallVarint(start: number, end: number, limit: number): number {
    let value = 0;
    let scale = 1;
    for (let p = start; p < end && p < start + 10; p++) {
      const byte = this.#bytes[p]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.#pos = p + 1;
        return value <= limit ? 0 : REASON.numberRange;
      }
    }
    return REASON.malformed;
  }

  /** A tag of more than one byte, from its first. Returns 0, which no field has, if it is not one. */
  #tag(start: number, end: number): number {
    const tag = this.#length(start, end);
    return tag < 2 ** 32 ? tag : 0;
  }

  /** A varint as a number; one that does not end or is absurd becomes larger than any body. */
  #length(start: number, end: number): number {
    let value = 0;
    let scale = 1;
    for (let p = start; p < end && p < start + 5; p++) {
      const byte = this.#bytes[p]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.#pos = p + 1;
        return value;
      }
    }
    this.#pos = end;
    return Number.MAX_SAFE_INTEGER;
  }

  /** The position behind a field's value, or -1 where it has none in `[p, end)`. Groups are refused. */
  #skip(wire: number, p: number, end: number): number {
    let next: number;
    switch (wire) {
      case 0:
        for (next = p; next < end && next < p + 10; ) if (this.#bytes[next++]! < 0x80) return next;
        return -1;
      case 1:
        next = p + 8;
        break;
      case 2:
        next = this.#length(p, end);
        next += this.#pos;
        break;
      case 5:
        next = p + 4;
        break;
      default:
        return -1;
    }
    return next > end ? -1 : next;
  }

  #contentStart(p: number): number {
    let content = p;
    while (this.#bytes[content++]! >= 0x80);
    return content;
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

  #refuse(reason: number, slot: number): false {
    this.#failure = failure(reason, slot);
    return false;
  }
}

/** Returned where a nested message has set the failure itself. */
const NESTED_FAILURE = -1;
