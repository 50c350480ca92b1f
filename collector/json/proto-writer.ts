import { varintSize, writeVarint } from '../wire/varint.ts';

/** Below this a call into the runtime costs more than a loop here; below 128 the length is one byte. */
const SHORT_TEXT = 64;

/** Writes protobuf into one growing buffer. A nested message is opened and closed; closing puts its length in front. */
export class ProtoWriter {
  #bytes: Buffer;
  #length = 0;

  constructor(sizeHint = 4096) {
    this.#bytes = Buffer.allocUnsafe(Math.max(sizeHint, 64));
  }

  tag(number: number, wireType: number): void {
    this.varint(number * 8 + wireType);
  }

  /** A non-negative integer below 2^53. */
  varint(value: number): void {
    this.#ensure(8);
    this.#length = writeVarint(this.#bytes, value, this.#length);
  }

  /** The low 64 bits of `value`, as int64 and uint64 are written. */
  varint64(value: bigint): void {
    if (value >= 0n && value < 0x8000_0000n) {
      this.varint(Number(value));
      return;
    }
    let rest = BigInt.asUintN(64, value);
    this.#ensure(10);
    while (rest >= 0x80n) {
      this.#bytes[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#bytes[this.#length++] = Number(rest);
  }

  fixed32(value: number): void {
    this.#ensure(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  /** The low 64 bits of `value`. */
  fixed64(value: bigint): void {
    this.#ensure(8);
    this.#length = this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
  }

  double(value: number): void {
    this.#ensure(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** Length prefix and UTF-8; a lone surrogate becomes U+FFFD. */
  string(value: string): void {
    if (value.length < SHORT_TEXT && this.#shortAscii(value)) return;
    const size = Buffer.byteLength(value);
    this.varint(size);
    this.#ensure(size);
    this.#length += this.#bytes.write(value, this.#length, 'utf8');
  }

  /** Length prefix and the bytes. */
  bytes(value: Uint8Array): void {
    this.varint(value.length);
    this.raw(value);
  }

  /** The bytes alone. */
  raw(value: Uint8Array): void {
    this.#ensure(value.length);
    this.#bytes.set(value, this.#length);
    this.#length += value.length;
  }

  /** Bytes written so far. */
  get length(): number {
    return this.#length;
  }

  /** Takes back all but the first `length` bytes. */
  cut(length: number): void {
    this.#length = length;
  }

  /** Begins a length-delimited value whose tag is written; the result goes to `close`. */
  open(): number {
    this.#ensure(1);
    this.#length += 1;
    return this.#length;
  }

  /** Ends what `open` began: one byte was left for the length, longer ones move the content. */
  close(start: number): void {
    const size = this.#length - start;
    const extra = varintSize(size) - 1;
    if (extra > 0) {
      this.#ensure(extra);
      this.#bytes.copyWithin(start + extra, start, this.#length);
      this.#length += extra;
    }
    writeVarint(this.#bytes, size, start - 1);
  }

  /** What was written so far, not copied. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Writes text that is ASCII without leaving this language; false, with nothing written, where it is not. */
  #shortAscii(value: string): boolean {
    this.#ensure(value.length + 1);
    const bytes = this.#bytes;
    const start = this.#length + 1;
    for (let index = 0; index < value.length; index++) {
      const code = value.charCodeAt(index);
      if (code >= 0x80) return false;
      bytes[start + index] = code;
    }
    bytes[start - 1] = value.length;
    this.#length = start + value.length;
    return true;
  }

  #ensure(size: number): void {
    if (this.#length + size <= this.#bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#length + size));
    this.#bytes.copy(larger, 0, 0, this.#length);
    this.#bytes = larger;
  }
}
