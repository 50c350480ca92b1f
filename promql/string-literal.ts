import { INVALID_BYTE } from './parse-error.ts';

type Unquoted =
  | { readonly ok: true; readonly value: string }
  | { readonly ok: false; readonly error: string };

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
  "'": "'",
  '"': '"',
};

/**
 * The content of a quoted text: Go's escapes in single and double quotes, none in backticks. Bytes given by `\x..` or octal that do
 * not form UTF-8 become the marker code points of `INVALID_BYTE`.
 */
export function unquote(raw: string): Unquoted {
  const body = raw.slice(1, -1);
  if (raw[0] === '`' || !body.includes('\\')) return { ok: true, value: body };
  const bytes: number[] = [];
  for (let i = 0; i < body.length; ) {
    if (body[i] !== '\\') {
      const char = String.fromCodePoint(body.codePointAt(i)!);
      bytes.push(...Buffer.from(char));
      i += char.length;
      continue;
    }
    const sequence = readEscape(body, i + 1, raw[0]!);
    if (sequence === undefined)
      return { ok: false, error: `unknown escape sequence U+${hex4(body.charCodeAt(i + 1))}` };
    bytes.push(...sequence.bytes);
    i = sequence.next;
  }
  return { ok: true, value: decodeMarked(bytes) };
}

const hex4 = (code: number): string =>
  `${code.toString(16).toUpperCase().padStart(4, '0')} '${String.fromCharCode(code)}'`;

function readEscape(
  body: string,
  at: number,
  delimiter: string,
): { bytes: number[]; next: number } | undefined {
  const char = body[at]!;
  if ((char === "'" || char === '"') && char !== delimiter) return undefined;
  const simple = SIMPLE_ESCAPES[char];
  if (simple !== undefined) return { bytes: [...Buffer.from(simple)], next: at + 1 };
  const pattern = { x: /^[0-9a-fA-F]{2}/, u: /^[0-9a-fA-F]{4}/, U: /^[0-9a-fA-F]{8}/ }[char];
  if (pattern !== undefined) {
    const digits = pattern.exec(body.slice(at + 1, at + 9))?.[0];
    if (digits === undefined) return undefined;
    const code = Number.parseInt(digits, 16);
    if (char === 'x') return { bytes: [code], next: at + 3 };
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined;
    return { bytes: [...Buffer.from(String.fromCodePoint(code))], next: at + 1 + digits.length };
  }
  const octal = /^[0-7]{3}/.exec(body.slice(at, at + 3))?.[0];
  if (octal === undefined || Number.parseInt(octal, 8) > 255) return undefined;
  return { bytes: [Number.parseInt(octal, 8)], next: at + 3 };
}

/** Decodes UTF-8, keeping each byte that is not part of it as a marker. */
function decodeMarked(bytes: readonly number[]): string {
  const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let out = '';
  for (let i = 0; i < bytes.length; ) {
    const first = bytes[i]!;
    const length = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : first >= 0xc0 ? 2 : 1;
    try {
      out += strict.decode(Uint8Array.from(bytes.slice(i, i + length)));
      i += length;
    } catch {
      out += String.fromCharCode(INVALID_BYTE + first);
      i += 1;
    }
  }
  return out;
}
