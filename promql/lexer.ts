import { isAggregation } from './aggregations.ts';
import { quote } from './parse-error.ts';
import { unquote } from './string-literal.ts';
import { KEYWORDS, type Token, type TokenType, WORD_OPERATORS } from './tokens.ts';

const TWO_CHAR_OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '=~', '!~', '>=', '<=', '</', '>/']);
const ONE_CHAR_OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/', '%', '^', '<', '>']);
const CLOSERS: Readonly<Record<string, string>> = { ')': '(', ']': '[', '}': '{' };

/** Hexadecimal, or decimal with fraction and exponent, with underscores between digits; or a duration such as 1h30m. */
const NUMBER = /(?:0[xX][0-9a-fA-F_]+|(?:[0-9][0-9_]*)?\.?[0-9_]*(?:[eE][+-]?[0-9_]+)?)/y;
const DURATION = /(?:[0-9]+(?:ms|[smhdwy]))+/y;
const WORD = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const SPACE = /(?:[ \t\r\n]+|#[^\n]*)*/y;

/**
 * Cuts a query into tokens; the last one is `eof`, or the one `error` token (its `value` says what is wrong) at which cutting
 * stopped. Never throws.
 */
export function tokenize(query: string): readonly Token[] {
  return new Lexer(query).run();
}

class Lexer {
  readonly #query: string;
  readonly #tokens: Token[] = [];
  /** Open brackets, the innermost last. */
  readonly #open: string[] = [];
  #at = 0;

  constructor(query: string) {
    this.#query = query;
  }

  run(): readonly Token[] {
    for (;;) {
      this.#at += this.#match(SPACE).length;
      if (this.#at >= this.#query.length) return this.#finish();
      if (!this.#next()) return this.#tokens;
    }
  }

  #finish(): readonly Token[] {
    const innermost = this.#open.at(-1);
    if (innermost === '(') this.#fail('unclosed left parenthesis');
    else if (innermost === '[') this.#fail('unclosed left bracket');
    else if (innermost === '{') this.#fail('unexpected end of input inside braces');
    else this.#push('eof', 0, '');
    return this.#tokens;
  }

  /** Adds one token; false after an error. */
  #next(): boolean {
    const char = this.#query[this.#at]!;
    const two = this.#query.slice(this.#at, this.#at + 2);
    const inBraces = this.#open.at(-1) === '{';
    if (char === '"' || char === "'" || char === '`') return this.#string(char);
    if ('([{'.includes(char)) return this.#openBracket(char, inBraces);
    if (')]}'.includes(char)) return this.#closeBracket(char);
    if (char === ',' || char === '@') return this.#push('symbol', 1);
    if (/[0-9]/.test(char) || (char === '.' && /[0-9]/.test(two[1] ?? ''))) {
      return inBraces ? this.#fail(`unexpected character inside braces: ${runeQuote(char)}`) : this.#number();
    }
    if (/[a-zA-Z_:]/.test(char)) return this.#word(inBraces, char);
    if (two === '!=' && inBraces) return this.#push('symbol', 2);
    if (TWO_CHAR_OPERATORS.has(two)) {
      if ((two === '=~' || two === '!~') && !inBraces) return this.#badCharacter(char, inBraces);
      return this.#push(inBraces ? 'symbol' : 'operator', 2);
    }
    if (char === '=') return this.#push('symbol', 1);
    if (char === '!') return this.#fail(`unexpected character after '!': ${runeQuote(two[1] ?? '\uFFFD')}`);
    if (ONE_CHAR_OPERATORS.has(char) && !inBraces) return this.#push('operator', 1);
    return this.#badCharacter(char, inBraces);
  }

  #badCharacter(char: string, inBraces: boolean): boolean {
    const rune = String.fromCodePoint(this.#query.codePointAt(this.#at) ?? char.charCodeAt(0));
    return this.#fail(`unexpected character${inBraces ? ' inside braces' : ''}: ${runeQuote(rune)}`);
  }

  #openBracket(char: string, inBraces: boolean): boolean {
    if (inBraces && char === '{') return this.#fail(`unexpected left brace ${runeQuote(char)}`);
    if (inBraces) return this.#badCharacter(char, true);
    if (char === '[' && this.#open.at(-1) === '[')
      return this.#fail(`unexpected left bracket ${runeQuote(char)}`);
    this.#open.push(char);
    return this.#push('symbol', 1);
  }

  #closeBracket(char: string): boolean {
    if (this.#open.at(-1) !== CLOSERS[char]) {
      const name = char === ')' ? 'right parenthesis' : char === ']' ? 'right bracket' : 'right brace';
      if (this.#open.at(-1) === '{') return this.#badCharacter(char, true);
      return this.#fail(`unexpected ${name} ${runeQuote(char)}`);
    }
    this.#open.pop();
    return this.#push('symbol', 1);
  }

  #number(): boolean {
    const duration = this.#match(DURATION);
    const number = this.#match(NUMBER);
    const text =
      duration.length > number.length || (duration.length > 0 && !number.startsWith('0x'))
        ? duration
        : number;
    const after = this.#query[this.#at + text.length] ?? '';
    const bad = text === '' || text.endsWith('_') || /__|_\.|\._|_[eE]/.test(text);
    if (bad || /[a-zA-Z0-9_]/.test(after) || after === '.') {
      const rest = this.#query.slice(this.#at).match(/^[a-zA-Z0-9_.:]+/)?.[0] ?? text;
      return this.#fail(`bad number or duration syntax: ${quote(rest.slice(0, text.length + 1))}`);
    }
    return this.#push(text === duration ? 'duration' : 'number', text.length);
  }

  #word(inBraces: boolean, first: string): boolean {
    if (first === ':' && (inBraces || this.#open.at(-1) === '[')) {
      return inBraces ? this.#badCharacter(first, true) : this.#push('symbol', 1);
    }
    const text = this.#match(WORD);
    if (inBraces) {
      const name = /^[a-zA-Z0-9_]+/.exec(text)![0];
      return this.#push('identifier', name.length);
    }
    const lower = text.toLowerCase();
    if (lower === 'inf' || lower === 'nan') return this.#push('number', text.length);
    if (WORD_OPERATORS.has(lower)) return this.#push('operator', text.length, lower);
    if (KEYWORDS.has(lower)) return this.#push('keyword', text.length, lower);
    if (isAggregation(lower)) return this.#push('aggregator', text.length, lower);
    return this.#push(text.includes(':') ? 'metric_identifier' : 'identifier', text.length);
  }

  #string(delimiter: string): boolean {
    let end = this.#at + 1;
    for (; ; end++) {
      const char = this.#query[end];
      if (char === undefined || (char === '\n' && delimiter !== '`'))
        return this.#fail('unterminated quoted string');
      if (char === '\\' && delimiter !== '`') {
        if (this.#query[end + 1] === undefined) return this.#fail('escape sequence not terminated');
        end++;
      } else if (char === delimiter) break;
    }
    const raw = this.#query.slice(this.#at, end + 1);
    const content = unquote(raw);
    if (!content.ok) return this.#fail(content.error);
    return this.#push('string', raw.length, content.value);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    return pattern.exec(this.#query)?.[0] ?? '';
  }

  #push(type: TokenType, length: number, value?: string): true {
    const text = this.#query.slice(this.#at, this.#at + length);
    this.#tokens.push({ type, text, value: value ?? text, start: this.#at, end: this.#at + length });
    this.#at += length;
    return true;
  }

  #fail(message: string): false {
    this.#tokens.push({ type: 'error', text: '', value: message, start: this.#at, end: this.#at });
    return false;
  }
}

/** Go's %q of a rune. */
const runeQuote = (char: string): string => `'${char === "'" ? "\\'" : quote(char).slice(1, -1)}'`;
