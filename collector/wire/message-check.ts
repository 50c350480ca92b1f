import { CHILD, CONFLICTS, MESSAGE, OP, OPS, REQUIRED } from './field-table.ts';
import { failure, MAX_DEPTH, MAX_STORED_DEPTH, REASON } from './reasons.ts';
import { isUtf8Range } from './utf8.ts';
import { readVarint } from './varint.ts';
import { WireReader } from './wire-reader.ts';

/** `edits` holds triples: start, end, and one of these. */
export const EDIT_CUT = 0;
export const EDIT_TO_JSON = 1;

const KEY_VALUE = MESSAGE.KeyValue;
/** Tags: field 1 and field 2, length-delimited. */
const TEXT_1 = 0x0a;
const MESSAGE_2 = 0x12;

/** Timestamps below 2^32 seconds have a high word below this. */
const TIME_HIGH_LIMIT = 1_000_000_000;

/** Times in milliseconds end where those in nanoseconds do. */
const TIME_MS_LIMIT = 2 ** 32 * 1_000;

/** Returned where a nested message has set the failure itself. */
const NESTED_FAILURE = -1;

/**
 * Checks one message with everything in it, and notes what decides the rows and the time of an item. It builds no
 * objects; what it finds stays in its fields until the next message.
 */
export class MessageCheck extends WireReader {
  /** Triples start, end, kind; ascending and disjoint. */
  readonly edits: number[] = [];
  /** Why the last `message` failed. */
  protected failure = 0;
  /** Field bits of the message that ended last. */
  protected seen = 0;
  protected buckets = 0;
  protected bounds = 0;
  protected quantiles = 0;
  protected timeHigh = 0;
  protected timeLow = 0;
  /** Time of an item that counts milliseconds. */
  protected timeMs = 0;

  /** Checks a message and everything in it; on false `#failure` says why. `depth` counts the lists and maps around it. */
  protected message(type: number, start: number, end: number, depth: number): boolean {
    const bytes = this.bytes;
    let seen = 0;
    let p = start;
    while (p < end) {
      let tag = bytes[p++]!;
      if (tag >= 0x80) {
        tag = this.tag(p - 1, end);
        p = this.pos;
      }
      const slot = tag >>> 3 < 32 ? (type << 5) | (tag >>> 3) : type << 5;
      const op = OPS[slot]!;
      if (op === OP.unknown) {
        p = tag < 8 ? -1 : this.skip(tag & 7, p, end);
        if (p < 0) return this.refuse(REASON.malformed, slot);
        continue;
      }
      if ((seen & CONFLICTS[slot]!) !== 0) return this.refuse(REASON.setTwice, slot);
      seen |= 1 << (slot & 31);
      const wire = tag & 7;
      if (wire === 2) {
        if (p >= end) return this.refuse(REASON.malformed, slot);
        let length = bytes[p++]!;
        if (length >= 0x80) {
          length = this.length(p - 1, end);
          p = this.pos;
        }
        const next = p + length;
        if (next > end) return this.refuse(REASON.malformed, slot);
        if (op === OP.text) {
          if (!this.text(p, next)) return this.refuse(REASON.utf8, slot);
        } else if (op === OP.message) {
          const child = CHILD[slot]!;
          if (child === KEY_VALUE && this.#isPlainAttribute(p, next)) {
            // The usual case, done.
          } else if (!this.message(child, p, next, depth)) return false;
        } else if (op === OP.nested) {
          if (!this.#nested(slot, p, next, depth)) return false;
          if (depth === MAX_STORED_DEPTH) this.edits.push(start, end, EDIT_TO_JSON);
        } else {
          const reason = this.#lengthDelimited(op, slot, p, next, depth);
          if (reason === NESTED_FAILURE) return false;
          if (reason !== 0) return this.refuse(reason, slot);
        }
        p = next;
      } else {
        const reason = this.#scalar(op, wire, p, end);
        if (reason !== 0) return this.refuse(reason, slot);
        p = this.pos;
      }
    }
    const missing = REQUIRED[type]! & ~seen;
    if (missing !== 0)
      return this.refuse(REASON.missing, (type << 5) | (31 - Math.clz32(missing & -missing)));
    this.seen = seen;
    return true;
  }

  /**
   * Whether `[start, end)` is a KeyValue of the usual form: a key, then a string value, both ASCII and shorter than 128
   * bytes. Tags and lengths are ASCII then, too, so that one scan decides. Whatever is not plain goes the long way.
   */
  #isPlainAttribute(start: number, end: number): boolean {
    const bytes = this.bytes;
    if (end - start < 6 || bytes[start] !== TEXT_1) return false;
    const value = start + 2 + bytes[start + 1]!;
    if (value + 4 > end || bytes[value] !== MESSAGE_2 || bytes[value + 2] !== TEXT_1) return false;
    const length = bytes[value + 1]!;
    if (value + 2 + length !== end || bytes[value + 3] !== length - 2) return false;
    return this.#isAscii(start, end);
  }

  #nested(slot: number, start: number, end: number, depth: number): boolean {
    if (depth >= MAX_DEPTH) return this.refuse(REASON.depth, slot);
    return this.message(CHILD[slot]!, start, end, depth + 1);
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
        this.quantiles += 1;
        return this.message(CHILD[slot]!, start, end, depth) ? 0 : NESTED_FAILURE;
      case OP.bucketCounts:
        this.buckets += length >> 3;
        return (length & 7) === 0 ? 0 : REASON.malformed;
      case OP.bounds:
        this.bounds += length >> 3;
        return (length & 7) === 0 ? 0 : REASON.malformed;
      case OP.doubles:
        return (length & 7) === 0 ? 0 : REASON.malformed;
      case OP.varints:
        return this.packedVarints(start, end) ? 0 : REASON.malformed;
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
        this.pos = this.skip(0, p, end);
        return this.pos < 0 ? REASON.malformed : 0;
      case OP.uint32:
        return wire === 0 ? this.smallVarint(p, end, 0xffff_ffff) : REASON.wireType;
      case OP.enum:
        return wire === 0 ? this.smallVarint(p, end, 0x7fff_ffff) : REASON.wireType;
      case OP.bool:
        return wire === 0 ? this.smallVarint(p, end, 1) : REASON.wireType;
      case OP.fixed32:
        if (wire !== 5) return REASON.wireType;
        this.pos = p + 4;
        return this.pos > end ? REASON.malformed : 0;
      case OP.itemMs:
      case OP.ms:
        return wire === 0 ? this.#milliseconds(op, p, end) : REASON.wireType;
      case OP.fixed64:
      case OP.doubles:
      case OP.bucketCounts:
      case OP.bounds:
        if (wire !== 1) return REASON.wireType;
        this.pos = p + 8;
        // Unpacked entries of a repeated field come one by one.
        if (op === OP.bucketCounts) this.buckets += 1;
        else if (op === OP.bounds) this.bounds += 1;
        return this.pos > end ? REASON.malformed : 0;
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
    this.pos = p + 8;
    if (this.pos > end) return REASON.malformed;
    const low = this.view.getUint32(p, true);
    const high = this.view.getUint32(p + 4, true);
    if (high >= TIME_HIGH_LIMIT) return REASON.timeRange;
    if (op === OP.time) return 0;
    const zero = high === 0 && low === 0;
    if (zero) return op === OP.itemTime ? REASON.timeZero : 0;
    if (op === OP.observedTime && (this.timeHigh !== 0 || this.timeLow !== 0)) return 0;
    this.timeHigh = high;
    this.timeLow = low;
    return 0;
  }

  /** An int64 of at least 0: a negative one has ten bytes, which is beyond the limit too. */
  #milliseconds(op: number, p: number, end: number): number {
    this.pos = this.skip(0, p, end);
    if (this.pos < 0) return REASON.malformed;
    const { value } = readVarint(this.bytes, p);
    if (value >= TIME_MS_LIMIT) return REASON.timeRange;
    if (op === OP.itemMs) this.timeMs = value;
    return 0;
  }

  /** Whether `[start, end)` is valid UTF-8. Nearly all text is ASCII. */
  protected text(start: number, end: number): boolean {
    return this.#isAscii(start, end) || isUtf8Range(this.bytes, start, end);
  }

  #isAscii(start: number, end: number): boolean {
    const view = this.view;
    let bits = 0;
    let p = start;
    for (; p + 4 <= end; p += 4) bits |= view.getInt32(p, true);
    for (; p < end; p++) bits |= this.bytes[p]!;
    return (bits & 0x80808080) === 0;
  }

  #isZero(start: number, end: number): boolean {
    for (let p = start; p < end; p += 4) if (this.view.getInt32(p, true) !== 0) return false;
    return true;
  }

  protected refuse(reason: number, slot: number): false {
    this.failure = failure(reason, slot);
    return false;
  }
}
