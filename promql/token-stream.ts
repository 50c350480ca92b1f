import { ParseError, quote } from './parse-error.ts';
import type { PositionRange } from './position.ts';
import { describeToken, type Token, type TokenType } from './tokens.ts';

/** How deep expressions may nest. Deeper ones are refused, so that no text can exhaust the stack. */
export const MAX_DEPTH = 250;

/** Tokens with a cursor, and the errors that the grammar raises. */
export class TokenStream {
  readonly query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(query: string, tokens: readonly Token[]) {
    this.query = query;
    this.#tokens = tokens;
  }

  /** The next token, not taken. The last one (end or error) repeats for ever. */
  peek(ahead = 0): Token {
    return this.#tokens[Math.min(this.#at + ahead, this.#tokens.length - 1)]!;
  }

  take(): Token {
    const token = this.peek();
    if (token.type === 'error') throw this.error(token, token.value);
    if (this.#at < this.#tokens.length - 1) this.#at++;
    return token;
  }

  /** The end of the token taken last. */
  get lastEnd(): number {
    return this.#at === 0 ? 0 : this.#tokens[this.#at - 1]!.end;
  }

  isSymbol(text: string, ahead = 0): boolean {
    const token = this.peek(ahead);
    return token.type === 'symbol' && token.text === text;
  }

  isKeyword(value: string): boolean {
    const token = this.peek();
    return token.type === 'keyword' && token.value === value;
  }

  isType(type: TokenType): boolean {
    return this.peek().type === type;
  }

  /** Takes the symbol if it is next. */
  accept(text: string): boolean {
    if (!this.isSymbol(text)) return false;
    this.take();
    return true;
  }

  expect(text: string, context: string, expected = quote(text)): Token {
    if (!this.isSymbol(text)) throw this.unexpected(context, expected);
    return this.take();
  }

  /** `unexpected X in CONTEXT, expected Y`. */
  unexpected(context: string, expected = ''): ParseError {
    const token = this.peek();
    if (token.type === 'error') return this.error(token, token.value);
    const where = context === '' ? '' : ` in ${context}`;
    const what = expected === '' ? '' : `, expected ${expected}`;
    return this.error(token, `unexpected ${describeToken(token, quote)}${where}${what}`);
  }

  error(position: PositionRange, message: string): ParseError {
    return new ParseError(this.query, position, message);
  }

  /** Runs `parse` one level deeper. */
  nested<T>(parse: () => T): T {
    if (this.#depth >= MAX_DEPTH)
      throw this.error(this.peek(), `expression is nested deeper than ${MAX_DEPTH} levels`);
    this.#depth++;
    try {
      return parse();
    } finally {
      this.#depth--;
    }
  }
}
