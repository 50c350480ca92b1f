import { REASON } from './reasons.ts';

/** The slice of the protobuf wire format that the walk reads by hand. Positions are offsets into one body. */
export class WireReader {
  protected readonly bytes: Uint8Array;
  protected readonly view: DataView;
  /** Second result of the readers: the position behind what they read. */
  protected pos = 0;

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** A tag of more than one byte, from its first. Returns 0, which no field has, if it is not one. */
  protected tag(start: number, end: number): number {
    const tag = this.length(start, end);
    return tag < 2 ** 32 ? tag : 0;
  }

  /** A varint as a number; one that does not end or is absurd becomes larger than any body. */
  protected length(start: number, end: number): number {
    let value = 0;
    let scale = 1;
    for (let p = start; p < end && p < start + 5; p++) {
      const byte = this.bytes[p]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.pos = p + 1;
        return value;
      }
    }
    this.pos = end;
    return Number.MAX_SAFE_INTEGER;
  }

  /** The position behind a field's value, or -1 where it has none in `[p, end)`. Groups are refused. */
  protected skip(wire: number, p: number, end: number): number {
    let next: number;
    switch (wire) {
      case 0:
        for (next = p; next < end && next < p + 10; ) if (this.bytes[next++]! < 0x80) return next;
        return -1;
      case 1:
        next = p + 8;
        break;
      case 2:
        next = this.length(p, end);
        next += this.pos;
        break;
      case 5:
        next = p + 4;
        break;
      default:
        return -1;
    }
    return next > end ? -1 : next;
  }

  /** A varint that must not exceed `limit` (at most 2^32 - 1). */
  protected smallVarint(start: number, end: number, limit: number): number {
    let value = 0;
    let scale = 1;
    for (let p = start; p < end && p < start + 10; p++) {
      const byte = this.bytes[p]!;
      value += (byte & 0x7f) * scale;
      scale *= 128;
      if (byte < 0x80) {
        this.pos = p + 1;
        return value <= limit ? 0 : REASON.numberRange;
      }
    }
    return REASON.malformed;
  }

  protected packedVarints(start: number, end: number): boolean {
    let p = start;
    while (p < end) {
      p = this.skip(0, p, end);
      if (p < 0) return false;
    }
    return true;
  }

  protected contentStart(p: number): number {
    let content = p;
    while (this.bytes[content++]! >= 0x80);
    return content;
  }
}
