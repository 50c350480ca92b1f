/** A reader of protobuf messages by a table of fields: enough for OTLP in tests, and independent of the product. */

/** What a field holds; another table: a nested message. A trailing `*` in the field's name: repeated. */
type FieldKind =
  | 'string'
  | 'hex'
  | 'varint'
  | 'fixed64'
  | 'sfixed64'
  | 'double'
  | 'bool'
  | 'packed64'
  | (() => FieldTable);
export type FieldTable = Readonly<Record<number, readonly [name: string, kind: FieldKind]>>;
export type Decoded = { [name: string]: unknown };

/** Decodes one message. Unknown fields are left out, numbers over 2^53 become bigint. Throws RangeError on a torn message. */
export function decodeMessage(bytes: Uint8Array, table: FieldTable): Decoded {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const result: Decoded = {};
  let position = 0;
  const varint = () => {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const byte = view.getUint8(position++);
      value |= BigInt(byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  while (position < bytes.length) {
    const key = Number(varint());
    const [declared, kind] = table[key >>> 3] ?? [undefined, 'varint' as const];
    let raw: bigint | Uint8Array | number;
    if ((key & 7) === 0) raw = varint();
    else if ((key & 7) === 1) {
      raw = kind === 'double' ? view.getFloat64(position, true) : readFixed64(view, position, kind);
      position += 8;
    } else if ((key & 7) === 5) {
      raw = view.getUint32(position, true);
      position += 4;
    } else {
      const length = Number(varint());
      raw = bytes.subarray(position, position + length);
      position += length;
    }
    if (declared === undefined) continue;
    const value = interpret(raw, kind);
    const name = declared.replace('*', '');
    if (declared.endsWith('*') && kind !== 'packed64') {
      const list = result[name];
      if (Array.isArray(list)) list.push(value);
      else result[name] = [value];
    } else result[name] = value;
  }
  return result;
}

const readFixed64 = (view: DataView, position: number, kind: FieldKind) =>
  kind === 'sfixed64' ? view.getBigInt64(position, true) : view.getBigUint64(position, true);

function interpret(raw: bigint | Uint8Array | number, kind: FieldKind): unknown {
  if (typeof raw === 'number') return raw;
  if (typeof raw === 'bigint') {
    if (kind === 'bool') return raw === 1n;
    const signed = BigInt.asIntN(64, raw);
    return Number.isSafeInteger(Number(signed)) ? Number(signed) : raw;
  }
  if (kind === 'hex') return Buffer.from(raw).toString('hex');
  if (kind === 'packed64') {
    const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
    return Array.from({ length: raw.byteLength / 8 }, (_, index) =>
      Number(view.getBigUint64(index * 8, true)),
    );
  }
  if (typeof kind === 'function') return decodeMessage(raw, kind());
  return Buffer.from(raw).toString('utf8');
}
