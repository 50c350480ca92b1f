import { TidewardenError } from '../model/errors.ts';
import { lineAndColumn, type PositionRange, positionOf } from './position.ts';

/** A query that is not PromQL. The message is Prometheus's: `1:5: parse error: unexpected …`. */
export class ParseError extends TidewardenError {
  override readonly name = 'ParseError';
  readonly position: PositionRange;
  /** The message without the place. */
  readonly detail: string;
  constructor(query: string, position: PositionRange, detail: string) {
    super('bad_data', `${lineAndColumn(query, position.start)}: parse error: ${detail}`);
    this.position = positionOf(position);
    this.detail = detail;
  }
}

/** Go's %q: a double-quoted text, as messages show it. */
export function quote(text: string): string {
  let out = '"';
  for (const char of text) {
    const code = char.codePointAt(0)!;
    if (char === '"' || char === '\\') out += `\\${char}`;
    else if (char === '\n') out += '\\n';
    else if (char === '\t') out += '\\t';
    else if (char === '\r') out += '\\r';
    else if (code >= INVALID_BYTE && code <= INVALID_BYTE + 0xff) {
      out += `\\x${(code - INVALID_BYTE).toString(16).padStart(2, '0')}`;
    } else if (code < 0x20 || code === 0x7f) out += `\\x${code.toString(16).padStart(2, '0')}`;
    else out += char;
  }
  return `${out}"`;
}

/**
 * A byte that is not UTF-8 (`"\xff"` in a query) is kept as the code point INVALID_BYTE + byte, a lone surrogate, which no
 * valid text has, so that it can be refused where UTF-8 is required.
 */
export const INVALID_BYTE = 0xdc00;

/** Whether a text came from valid UTF-8. */
export const isValidUtf8 = (text: string): boolean => text.isWellFormed();
