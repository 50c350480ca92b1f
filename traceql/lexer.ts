import type { PositionRange } from '../promql/position.ts';
import { unquote } from '../promql/string-literal.ts';
import type { AttributeScope } from './ast.ts';
import { parseDurationNanos } from './duration.ts';
import { TraceqlParseError } from './errors.ts';

export type Token = PositionRange &
  (
    | { readonly type: 'symbol' | 'word'; readonly text: string }
    | { readonly type: 'string'; readonly value: string }
    | { readonly type: 'int' | 'float' | 'duration'; readonly value: number }
    | {
        readonly type: 'attribute';
        readonly scope: AttributeScope;
        readonly parent: boolean;
        readonly name: string;
      }
    | { readonly type: 'eof' }
  );

/** The longest first, so that `!>>` is not read as `!` and `>>`. */
const SYMBOLS = [
  ...['!>>', '!<<', '&>>', '&<<'],
  ...['!=', '=~', '!~', '>=', '<=', '&&', '||', '>>', '<<', '!>', '!<', '&~', '&>', '&<'],
  ...['{', '}', '(', ')', ',', '=', '>', '<', '+', '-', '/', '%', '*', '^', '!', '|', '~'],
] as const;

const SCOPES: Readonly<Record<string, AttributeScope>> = {
  resource: 'resource',
  span: 'span',
  event: 'event',
  link: 'link',
  instrumentation: 'instrumentation',
};

const SPACE = /(?:[ \t\r\n]+|\/\/[^\n]*|\/\*[\s\S]*?\*\/)*/y;
const WORD = /[\p{L}_][\p{L}\p{Nd}_]*/uy;
const NUMBER = /(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/y;
/** What may go on a number and make it a duration. */
const DURATION_REST = /[\p{N}nsumhµμdwy.]+/uy;
const QUOTED = /"(?:[^"\\\n]|\\[^\n])*"|`[^`]*`/y;
/** Attribute names run up to white space or one of these. */
const NAME_RUN = /[^\s{}()=~!<>&|^,"]+/uy;
const QUOTED_NAME = /"((?:[^"\\]|\\[\s\S])*)"/y;
const INT_MAX = 2n ** 63n - 1n;

/** Cuts a query into tokens, the last of which is `eof`. @throws TraceqlParseError */
export function tokenize(query: string): readonly Token[] {
  return new Lexer(query).run();
}

class Lexer {
  readonly #query: string;
  readonly #tokens: Token[] = [];
  #at = 0;

  constructor(query: string) {
    this.#query = query;
  }

  run(): readonly Token[] {
    for (;;) {
      this.#take(SPACE);
      const start = this.#at;
      if (start >= this.#query.length) break;
      this.#tokens.push(this.#next(start));
    }
    const end = this.#query.length;
    this.#tokens.push({ type: 'eof', start: end, end });
    return this.#tokens;
  }

  #next(start: number): Token {
    const char = this.#query[start]!;
    if (char === '"' || char === '`') return this.#string(start);
    const number = this.#take(NUMBER);
    if (number !== '') return this.#number(start, number);
    if (char === '.') {
      this.#at++;
      return this.#attribute(start, 'none', false);
    }
    const word = this.#take(WORD);
    if (word !== '') return this.#word(start, word);
    const symbol = SYMBOLS.find((each) => this.#query.startsWith(each, start));
    if (symbol === undefined)
      throw this.#error(
        start,
        `syntax error: unexpected character ${JSON.stringify(String.fromCodePoint(this.#query.codePointAt(start)!))}`,
      );
    this.#at += symbol.length;
    return { type: 'symbol', text: symbol, start, end: this.#at };
  }

  #string(start: number): Token {
    const raw = this.#take(QUOTED);
    if (raw === '') throw this.#error(start, 'literal not terminated');
    const read = unquote(raw);
    if (!read.ok) throw this.#error(start, 'invalid syntax in a string');
    return { type: 'string', value: read.value, start, end: this.#at };
  }

  #number(start: number, text: string): Token {
    const rest = this.#peek(DURATION_REST);
    if (rest !== '') {
      const nanos = parseDurationNanos(text + rest);
      if (nanos !== undefined) {
        this.#at += rest.length;
        return { type: 'duration', value: nanos, start, end: this.#at };
      }
    }
    const value = Number(text);
    if (!/^\d+$/.test(text)) return { type: 'float', value, start, end: this.#at };
    if (BigInt(text) > INT_MAX) throw this.#error(start, `the integer ${text} is out of range`);
    return { type: 'int', value, start, end: this.#at };
  }

  /** A keyword, or a scope with its attribute (`span.x`), or a scope that an intrinsic follows (`span:`). */
  #word(start: number, word: string): Token {
    const after = this.#query[this.#at];
    if (after === '.' && (Object.hasOwn(SCOPES, word) || word === 'parent')) {
      this.#at++;
      return this.#attribute(start, SCOPES[word] ?? 'none', word === 'parent');
    }
    if (after === ':' && ['trace', 'span', 'event', 'link', 'instrumentation'].includes(word)) {
      this.#at++;
      return { type: 'word', text: `${word}:`, start, end: this.#at };
    }
    return { type: 'word', text: word, start, end: this.#at };
  }

  #attribute(start: number, scope: AttributeScope, parent: boolean): Token {
    if (parent) {
      const inner = /(resource|span)\./y;
      const found = this.#take(inner);
      if (found !== '') return this.#named(start, found === 'span.' ? 'span' : 'resource', true);
    }
    return this.#named(start, scope, parent);
  }

  #named(start: number, scope: AttributeScope, parent: boolean): Token {
    const nameStart = this.#at;
    let name = '';
    for (;;) {
      if (this.#query[this.#at] === '"') name += this.#quotedName();
      const run = this.#take(NAME_RUN);
      name += run;
      if (run === '' && this.#query[this.#at] !== '"') break;
    }
    if (this.#at === nameStart)
      throw this.#error(this.#at, 'syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER');
    return { type: 'attribute', scope, parent, name, start, end: this.#at };
  }

  #quotedName(): string {
    const start = this.#at;
    const raw = this.#take(QUOTED_NAME);
    if (raw === '') throw this.#error(start, 'unexpected EOF, expecting "');
    if (/\\[^"\\]/.test(raw.replaceAll('\\\\', ''))) throw this.#error(start, 'invalid escape sequence');
    return raw.slice(1, -1).replace(/\\(["\\])/g, '$1');
  }

  #peek(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#query)?.[0] ?? '';
  }

  #take(pattern: RegExp): string {
    const found = this.#peek(pattern);
    this.#at += found.length;
    return found;
  }

  #error(at: number, detail: string): TraceqlParseError {
    return new TraceqlParseError(
      this.#query,
      { start: at, end: Math.min(at + 1, this.#query.length) },
      detail,
    );
  }
}
