import { TidewardenError } from './errors.ts';

/**
 * A table as bytes, for answers that are too large to be read as JSON. All numbers are little endian.
 *
 * - The length of the head in bytes, an unsigned integer of 32 bits.
 * - The head, JSON with spaces behind it so that what follows begins at a multiple of eight: an object with whatever is
 *   said once, and under `columns` for each column its name, type and number of values: `["starts", "f64", 3]`.
 * - The columns one after the other, each with zeros behind it up to a multiple of eight: a reader that has the whole in
 *   one buffer takes them as they stand.
 */
export type Column = Uint8Array | Uint16Array | Uint32Array | Int32Array | Float64Array;

/** Bytes that are no such table, or of another one. */
export class ColumnBytesError extends TidewardenError {
  override readonly name = 'ColumnBytesError';
  constructor(reason: string) {
    super('bad_columns', reason);
  }
}

const TYPES = { u8: Uint8Array, u16: Uint16Array, u32: Uint32Array, i32: Int32Array, f64: Float64Array };
type TypeName = keyof typeof TYPES;
const typeOf = (column: Column): TypeName =>
  (Object.keys(TYPES) as TypeName[]).find((name) => column instanceof TYPES[name])!;

const HEAD_LENGTH = 4;
const padded = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** `head` must be JSON and have no `columns`. */
export function writeColumns(
  head: object,
  columns: Readonly<Record<string, Column>>,
): Uint8Array<ArrayBuffer> {
  const all = Object.entries(columns);
  const listed = all.map(([name, column]) => [name, typeOf(column), column.length]);
  const text = new TextEncoder().encode(JSON.stringify({ ...head, columns: listed }));
  const first = padded(HEAD_LENGTH + text.length);
  const bytes = new Uint8Array(all.reduce((end, [, { byteLength }]) => end + padded(byteLength), first));
  bytes.fill(0x20, 0, first);
  new DataView(bytes.buffer).setUint32(0, first - HEAD_LENGTH, true);
  bytes.set(text, HEAD_LENGTH);
  let at = first;
  for (const [, column] of all) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), at);
    at += padded(column.byteLength);
  }
  return bytes;
}

/** The columns are views of the buffer. @throws ColumnBytesError */
export function readColumns(buffer: ArrayBuffer): {
  readonly head: Readonly<Record<string, unknown>>;
  readonly columns: Readonly<Record<string, Column>>;
} {
  const { columns: listed, ...head } = readHead(buffer);
  if (!Array.isArray(listed)) throw new ColumnBytesError('The head lists no columns.');
  const columns: Record<string, Column> = {};
  let at = padded(HEAD_LENGTH + headLength(buffer));
  for (const [name, type, length] of listed as [string, TypeName, number][]) {
    const Type = Object.hasOwn(TYPES, type) ? TYPES[type] : undefined;
    if (Type === undefined || !Number.isSafeInteger(length) || length < 0)
      throw new ColumnBytesError(`The column «${name}» has no type and length.`);
    const end = at + length * Type.BYTES_PER_ELEMENT;
    if (end > buffer.byteLength) throw new ColumnBytesError(`The column «${name}» is cut off.`);
    columns[name] = new Type(buffer, at, length);
    at = padded(end);
  }
  return { head, columns };
}

const headLength = (buffer: ArrayBuffer): number => new DataView(buffer).getUint32(0, true);

function readHead(buffer: ArrayBuffer): Readonly<Record<string, unknown>> {
  const length = buffer.byteLength < HEAD_LENGTH ? Number.POSITIVE_INFINITY : headLength(buffer);
  if (HEAD_LENGTH + length > buffer.byteLength) throw new ColumnBytesError('The head is cut off.');
  let head: unknown;
  try {
    head = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, HEAD_LENGTH, length)));
  } catch {
    // Said below: what else is no JSON object is refused as well.
  }
  if (typeof head !== 'object' || head === null || Array.isArray(head))
    throw new ColumnBytesError('The head is no JSON object.');
  return head as Readonly<Record<string, unknown>>;
}

/** The same numbers in as few bytes as hold the largest. */
export function narrowed(values: Uint32Array): Uint8Array | Uint16Array | Uint32Array {
  let most = 0;
  for (const value of values) if (value > most) most = value;
  return most < 0x100 ? Uint8Array.from(values) : most < 0x1_0000 ? Uint16Array.from(values) : values;
}
