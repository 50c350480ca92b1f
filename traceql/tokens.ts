import type { PositionRange } from '../promql/position.ts';
import { TraceqlParseError } from './errors.ts';
import { type Token, tokenize } from './lexer.ts';

/** Parsing and everything after it walks the tree by recursion; no query that people write comes near. */
const DEPTH_MAX = 200;
const TOKENS_MAX = 8_000;

/** The tokens of a query, read one by one. */
export class TokenStream {
  readonly query: string;
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  /** @throws TraceqlParseError */
  constructor(query: string) {
    this.query = query;
    this.#tokens = tokenize(query);
    const excess = this.#tokens[TOKENS_MAX];
    if (excess !== undefined)
      throw new TraceqlParseError(query, excess, `the query is longer than ${TOKENS_MAX} words: shorten it`);
  }

  get next(): Token {
    return this.#tokens[this.#at]!;
  }

  get afterNext(): Token {
    return this.#tokens[Math.min(this.#at + 1, this.#tokens.length - 1)]!;
  }

  advance(): Token {
    const token = this.next;
    if (token.type !== 'eof') this.#at++;
    return token;
  }

  /** Whether the next token is this symbol or keyword. */
  is(text: string): boolean {
    const { next } = this;
    return (next.type === 'symbol' || next.type === 'word') && next.text === text;
  }

  /** Takes the next token if it is this symbol or keyword. */
  accept(text: string): boolean {
    const found = this.is(text);
    if (found) this.#at++;
    return found;
  }

  expect(text: string): Token {
    if (!this.is(text)) throw this.unexpected(`expecting ${text}`);
    return this.advance();
  }

  /** Reads something in brackets, of which only so many may stand in each other. */
  nested<T>(read: () => T): T {
    if (++this.#depth > DEPTH_MAX)
      throw new TraceqlParseError(
        this.query,
        this.next,
        `more than ${DEPTH_MAX} brackets stand in each other: take some out`,
      );
    try {
      return read();
    } finally {
      this.#depth--;
    }
  }

  /** An error at a token, the next one unless told. */
  unexpected(hint = '', token: Token = this.next): TraceqlParseError {
    return new TraceqlParseError(
      this.query,
      token,
      `syntax error: unexpected ${shown(this.query, token)}${hint === '' ? '' : `, ${hint}`}`,
    );
  }

  /** From a start to where the last token ended. */
  since(start: number): PositionRange {
    return { start, end: this.#tokens[this.#at - 1]?.end ?? start };
  }
}

function shown(query: string, token: Token): string {
  if (token.type === 'eof') return '$end';
  const text = query.slice(token.start, token.end);
  return text.length > 40 ? `${text.slice(0, 40)}…` : text;
}
