import { TidewardenError } from '../../model/errors.ts';

/** The bytes are not the protobuf message that they should be. */
export class MalformedError extends TidewardenError {
  override readonly name = 'MalformedError';
  constructor(problem: string) {
    super('malformed', problem);
  }
}

/** Where one field of a message stands in its body. */
export interface ProtoField {
  readonly number: number;
  readonly wire: number;
  readonly tagAt: number;
  /** Where the length of a length-delimited field stands, else where its value does. */
  readonly lengthAt: number;
  /** The content: behind the length where there is one. */
  readonly start: number;
  readonly end: number;
}

/** The fields of the message `[start, end)` in the order in which they come. @throws MalformedError */
export function readFields(body: Uint8Array, start: number, end: number): ProtoField[] {
  const fields: ProtoField[] = [];
  for (let p = start; p < end; ) {
    const tagAt = p;
    const tag = readBounded(body, p, end);
    const wire = tag.value % 8;
    const lengthAt = tag.next;
    let content = tag.next;
    if (wire === 0) p = readBounded(body, content, end).next;
    else if (wire === 1) p = content + 8;
    else if (wire === 5) p = content + 4;
    else if (wire === 2) {
      const length = readBounded(body, content, end);
      content = length.next;
      p = content + length.value;
    } else throw new MalformedError('it uses an unsupported wire type');
    if (p > end || tag.value < 8)
      throw new MalformedError('it is cut short, or a field overruns its message');
    fields.push({ number: Math.floor(tag.value / 8), wire, tagAt, lengthAt, start: content, end: p });
  }
  return fields;
}

/** The values of a field of varints, one or packed; exact up to 2^53. @throws MalformedError */
export function varintsOf(body: Uint8Array, { wire, start, end }: ProtoField): number[] {
  if (wire !== 0 && wire !== 2) throw new MalformedError('a field of integers has another wire type');
  const values: number[] = [];
  for (let p = start; p < end; ) {
    const { value, next } = readBounded(body, p, end);
    values.push(value);
    p = next;
  }
  return values;
}

const VARINT_BYTES = 10;

function readBounded(body: Uint8Array, start: number, end: number): { value: number; next: number } {
  let value = 0;
  let scale = 1;
  for (let p = start; p < end && p < start + VARINT_BYTES; p++) {
    const byte = body[p]!;
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return { value, next: p + 1 };
    scale *= 128;
  }
  throw new MalformedError('it is cut short in a number');
}
