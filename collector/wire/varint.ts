/** Protobuf's base-128 varints, for lengths and tags below 2^53. */

/** Bytes that `value` takes. */
export function varintSize(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes `value` at `offset` and returns the offset behind it. */
export function writeVarint(target: Uint8Array, value: number, offset: number): number {
  let p = offset;
  let rest = value;
  while (rest >= 128) {
    target[p++] = (rest % 128) | 0x80;
    rest = Math.floor(rest / 128);
  }
  target[p++] = rest;
  return p;
}

/** `value` as a varint of its own. */
export function varint(value: number): Buffer {
  const bytes = Buffer.allocUnsafe(varintSize(value));
  writeVarint(bytes, value, 0);
  return bytes;
}

/** Reads a varint that is known to be well formed; returns value and the offset behind it. */
export function readVarint(bytes: Uint8Array, offset: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  let p = offset;
  for (;;) {
    const byte = bytes[p++]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: p };
    scale *= 128;
  }
}
