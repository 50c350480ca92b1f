/** A JSON value that cannot be what its field's type asks for. The message goes behind the path. */
export class JsonValueError extends Error {}

/** An integer within `[low, high]` from a number without fraction or from decimal text. */
export function parseInteger(value: unknown, low: bigint, high: bigint): bigint {
  let integer: bigint;
  if (typeof value === 'string' && /^-?\d{1,20}$/.test(value)) integer = BigInt(value);
  else if (typeof value === 'number' && Number.isInteger(value)) integer = BigInt(value);
  else throw new JsonValueError('must be an integer');
  if (integer < low || integer > high) throw new JsonValueError(`must be between ${low} and ${high}`);
  return integer;
}

/** A double from a number, decimal text, or "NaN", "Infinity", "-Infinity". */
export function parseDouble(value: unknown): number {
  if (typeof value === 'number') return value;
  if (value === 'NaN') return Number.NaN;
  if (value === 'Infinity') return Number.POSITIVE_INFINITY;
  if (value === '-Infinity') return Number.NEGATIVE_INFINITY;
  if (typeof value === 'string' && /^-?\d+(\.\d+)?([eE][+-]?\d+)?$/.test(value)) return Number(value);
  throw new JsonValueError('must be a number');
}

export function parseBool(value: unknown): boolean {
  if (typeof value !== 'boolean') throw new JsonValueError('must be true or false');
  return value;
}

/** Ids: hex of either case, any even length (whether the length is right is for the wire check). */
export function parseHex(value: unknown): Buffer {
  if (typeof value !== 'string') throw new JsonValueError('must be a string of hex digits');
  if (value.length % 2 !== 0 || !/^[0-9a-fA-F]*$/.test(value)) {
    throw new JsonValueError('must be an even number of hex digits');
  }
  return Buffer.from(value, 'hex');
}

/** Base64 of either alphabet, padded or not. */
export function parseBase64(value: unknown): Buffer {
  if (typeof value !== 'string' || !/^[A-Za-z0-9+/_-]*={0,2}$/.test(value)) {
    throw new JsonValueError('must be base64');
  }
  return Buffer.from(value, 'base64');
}
