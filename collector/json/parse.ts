import { isUtf8 } from 'node:buffer';

/** An integer literal that a double may not hold exactly. It may be inside a string: then we are only slower. */
const LONG_INTEGER = /[[:,]\s*-?\d{16,}/;

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Parses a JSON body. Integers that a double cannot hold come as decimal text, so that no nanosecond is lost.
 * Throws SyntaxError for what is not UTF-8 or not JSON, RangeError for what nests too deep to parse.
 */
export function parseJson(body: Buffer): unknown {
  if (!isUtf8(body)) throw new SyntaxError('the body is not valid UTF-8');
  const text = body.toString('utf8', body.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0);
  if (!LONG_INTEGER.test(text)) return JSON.parse(text);
  return JSON.parse(text, keepLongIntegers);
}

function keepLongIntegers(_key: string, value: unknown, context?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = context?.source;
  return source !== undefined && /^-?\d+$/.test(source) ? source : value;
}
