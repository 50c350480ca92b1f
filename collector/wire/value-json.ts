import { readVarint } from './varint.ts';

/**
 * An AnyValue that passed the wire check as JSON text: integers exact, bytes as base64, NaN and the infinities as
 * strings, an empty value as null. A key that comes twice stays twice.
 */
export function valueToJson(bytes: Buffer, start: number, end: number): string {
  let text = 'null';
  for (let p = start; p < end; ) {
    const tag = readVarint(bytes, p);
    const wire = tag.value % 8;
    const number = (tag.value - wire) / 8;
    if (wire === 0) {
      const next = readVarint(bytes, tag.next).next;
      if (number === 2) text = bytes[next - 1] !== 0 || next - tag.next > 1 ? 'true' : 'false';
      else if (number === 3) text = signedVarint(bytes, tag.next, next);
      p = next;
    } else if (wire === 1) {
      if (number === 4) text = doubleToJson(bytes.readDoubleLE(tag.next));
      p = tag.next + 8;
    } else if (wire === 5) {
      p = tag.next + 4;
    } else {
      const length = readVarint(bytes, tag.next);
      p = length.next + length.value;
      text = lengthDelimitedToJson(bytes, number, length.next, p) ?? text;
    }
  }
  return text;
}

function lengthDelimitedToJson(
  bytes: Buffer,
  number: number,
  start: number,
  end: number,
): string | undefined {
  if (number === 1) return JSON.stringify(bytes.toString('utf8', start, end));
  if (number === 7) return JSON.stringify(bytes.toString('base64', start, end));
  if (number === 5) return `[${entries(bytes, start, end, valueToJson).join(',')}]`;
  if (number === 6) return `{${entries(bytes, start, end, keyValueToJson).join(',')}}`;
  return undefined;
}

/** Field 1 of an ArrayValue or a KeyValueList, each entry as text. */
function entries(
  bytes: Buffer,
  start: number,
  end: number,
  toJson: (bytes: Buffer, start: number, end: number) => string,
): string[] {
  const texts: string[] = [];
  forEachLengthDelimited(bytes, start, end, (number, from, to) => {
    if (number === 1) texts.push(toJson(bytes, from, to));
  });
  return texts;
}

function keyValueToJson(bytes: Buffer, start: number, end: number): string {
  let key = '""';
  let value = 'null';
  forEachLengthDelimited(bytes, start, end, (number, from, to) => {
    if (number === 1) key = JSON.stringify(bytes.toString('utf8', from, to));
    else if (number === 2) value = valueToJson(bytes, from, to);
  });
  return `${key}:${value}`;
}

function forEachLengthDelimited(
  bytes: Buffer,
  start: number,
  end: number,
  visit: (number: number, from: number, to: number) => void,
): void {
  for (let p = start; p < end; ) {
    const tag = readVarint(bytes, p);
    const wire = tag.value % 8;
    if (wire === 0) p = readVarint(bytes, tag.next).next;
    else if (wire === 1) p = tag.next + 8;
    else if (wire === 5) p = tag.next + 4;
    else {
      const length = readVarint(bytes, tag.next);
      p = length.next + length.value;
      visit((tag.value - wire) / 8, length.next, p);
    }
  }
}

function signedVarint(bytes: Buffer, start: number, end: number): string {
  let value = 0n;
  for (let p = start; p < end; p++) value |= BigInt(bytes[p]! & 0x7f) << BigInt(7 * (p - start));
  return BigInt.asIntN(64, value).toString();
}

function doubleToJson(value: number): string {
  return Number.isFinite(value) ? JSON.stringify(value) : JSON.stringify(String(value));
}
