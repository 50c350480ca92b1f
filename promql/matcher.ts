import { setFlagsFromString } from 'node:v8';
import type { LabelMatcher } from '../model/labels.ts';
import type { LabelSet } from './label-set.ts';
import { quote } from './parse-error.ts';
import { mayRunLong, WatchedRegExp } from './watched-regexp.ts';

// A pattern such as `(a+)+b` takes JavaScript's engine for ever on the wrong text, and RE2 no time. With these, V8 goes over to its
// linear engine when a match has backtracked too often. That engine knows neither the u flag nor (?i) nor high counts.
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks');
setFlagsFromString('--regexp-backtracks-before-fallback=20000');

type CompiledRegex =
  | { readonly ok: true; readonly regex: RegExp }
  | { readonly ok: false; readonly error: string };

/**
 * An RE2 pattern, anchored at both ends, as a JavaScript expression. Understood beyond JavaScript's own syntax: `(?i)` and the other
 * flags at the start or for the rest of a group, `(?P<name>…)`, `\A`, `\z`, `\Q…\E`, POSIX classes, `\x{…}`; `.` matches a line break, as in
 * Prometheus. Refused as RE2 does: look-around, back-references. Differences that remain: `\pN` one-letter classes need
 * JavaScript's names; in patterns of ASCII only, `.` is half of a character beyond the basic plane; and patterns with `(?i)`, beyond
 * ASCII or with counts above 16 may backtrack where RE2 would not, and are given up when that takes too long.
 */
export function compileRegex(pattern: string): CompiledRegex {
  const cached = CACHE.get(pattern);
  if (cached !== undefined) return cached;
  const compiled = compile(pattern, '^(?:', ')$');
  if (CACHE.size > 2_000) CACHE.clear();
  CACHE.set(pattern, compiled);
  return compiled;
}

const CACHE = new Map<string, CompiledRegex>();

/** Longer patterns keep the thread for half a second when V8 compiles them. A list of plain texts is no pattern and has no limit. */
const LENGTH_MAX = 16_384;
/** As in RE2. */
const DEPTH_MAX = 1_000;

function compile(pattern: string, before: string, after: string): CompiledRegex {
  if (pattern.length > LENGTH_MAX && literalAlternatives(pattern) === undefined)
    return {
      ok: false,
      error: `error parsing regexp: expression too large (${pattern.length} characters, limit ${LENGTH_MAX}): match fewer alternatives, or a prefix that they share`,
    };
  try {
    const source = `${before}${translate(pattern)}${after}`;
    // The u flag is strict about syntax, so it decides what is a pattern even where it is not needed to match.
    const strict = new RegExp(source, 'su');
    const regex = NEEDS_UNICODE.test(source) ? strict : new RegExp(source, 's');
    // V8 compiles when it first matches, and only then finds what is too big for it.
    if (!compiles(regex)) return { ok: false, error: 'error parsing regexp: expression too large' };
    const watched = mayRunLong(source, regex.flags);
    return { ok: true, regex: watched ? new WatchedRegExp(source, regex.flags) : regex };
  } catch (error) {
    const reason =
      error instanceof Error ? error.message.replace(/^Invalid regular expression: .*: /, '') : '';
    return {
      ok: false,
      error: `error parsing regexp: ${reason}: ${quote(pattern.length > 200 ? `${pattern.slice(0, 200)}…` : pattern)}`,
    };
  }
}

function compiles(regex: RegExp): boolean {
  try {
    regex.test('');
    return true;
  } catch {
    return false;
  }
}

/** Characters beyond ASCII, and escapes that mean something else without the u flag. */
const NEEDS_UNICODE = /[\u0080-\uffff]|\\[pPuk]/;

const POSIX: Readonly<Record<string, string>> = {
  alnum: '0-9A-Za-z',
  alpha: 'A-Za-z',
  ascii: '\\x00-\\x7F',
  blank: '\\t ',
  cntrl: '\\x00-\\x1F\\x7F',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`\\{-~',
  space: '\\t\\n\\v\\f\\r ',
  upper: 'A-Z',
  word: '0-9A-Za-z_',
  xdigit: '0-9A-Fa-f',
};

/** Rewrites what RE2 writes otherwise than JavaScript. A flag group `(?i)` spans to the end of its group: `(?i:rest)`. */
function translate(pattern: string): string {
  let out = '';
  // How many groups opened by flags must be closed with each open group.
  const extra: number[] = [0];
  for (let i = 0; i < pattern.length; ) {
    const rest = pattern.slice(i);
    const piece = translatePiece(rest, extra);
    out += piece.out;
    i += piece.length;
    if (extra.length > DEPTH_MAX) throw new Error('expression nests too deeply');
  }
  return out + ')'.repeat(extra[0] ?? 0);
}

interface Piece {
  readonly out: string;
  readonly length: number;
}

function translatePiece(rest: string, extra: number[]): Piece {
  const char = rest[0]!;
  if (char === '\\') return translateEscape(rest, false);
  if (char === '[') return translateClass(rest);
  if (char === '(') return translateGroup(rest, extra);
  if (char === ')') {
    if (extra.length === 1) throw new Error('unexpected )');
    return { out: ')'.repeat(1 + extra.pop()!), length: 1 };
  }
  // RE2 takes a brace that is no repetition literally.
  if (char === '{' && !/^\{\d+(,\d*)?\}/.test(rest)) return { out: '\\{', length: 1 };
  if (char === '{') return { out: /^\{\d+(,\d*)?\}/.exec(rest)![0], length: rest.indexOf('}') + 1 };
  if (char === '}' || char === ']') return { out: `\\${char}`, length: 1 };
  const symbol = String.fromCodePoint(rest.codePointAt(0)!);
  return { out: symbol, length: symbol.length };
}

function translateGroup(rest: string, extra: number[]): Piece {
  const named = /^\(\?P?<([A-Za-z_]\w*)>/.exec(rest);
  if (named !== null) {
    extra.push(0);
    return { out: `(?<${named[1]}>`, length: named[0].length };
  }
  const flags = /^\(\?([imsU]*)(?:-([imsU]+))?([:)])/.exec(rest);
  if (flags !== null) {
    // JavaScript has no swapped greediness (U); it changes which text a group catches, not whether the whole matches.
    const on = (flags[1] ?? '').replaceAll('U', '');
    const off = (flags[2] ?? '').replaceAll('U', '');
    const opening = on === '' && off === '' ? '(?:' : `(?${on}${off === '' ? '' : `-${off}`}:`;
    if (flags[3] === ':') extra.push(0);
    else extra[extra.length - 1]! += 1;
    return { out: opening, length: flags[0].length };
  }
  if (rest.startsWith('(?')) throw new Error('invalid or unsupported Perl syntax');
  extra.push(0);
  return { out: '(', length: 1 };
}

function translateEscape(rest: string, inClass: boolean): Piece {
  const next = rest[1];
  if (next === undefined) throw new Error('trailing backslash at end of expression');
  if (next === 'A' && !inClass) return { out: '(?<![\\s\\S])', length: 2 };
  if (next === 'z' && !inClass) return { out: '(?![\\s\\S])', length: 2 };
  if (next === 'Q') {
    const end = rest.indexOf('\\E', 2);
    const literal = rest.slice(2, end < 0 ? rest.length : end);
    return { out: escapeRegex(literal), length: end < 0 ? rest.length : end + 2 };
  }
  if (next === 'a') return { out: '\\x07', length: 2 };
  const hex = /^\\x\{([0-9a-fA-F]+)\}/.exec(rest);
  if (hex !== null) return { out: `\\u{${hex[1]}}`, length: hex[0].length };
  const property = /^\\([pP])(?:\{(\^?)(\w+)\}|(\w))/.exec(rest);
  if (property !== null) {
    const name = property[3] ?? property[4]!;
    const negated = (property[1] === 'P') !== (property[2] === '^');
    const script = name.length > 2 ? `Script=${name}` : name;
    return { out: `\\${negated ? 'P' : 'p'}{${script}}`, length: property[0].length };
  }
  if (/[1-9]/.test(next)) throw new Error('invalid escape sequence');
  if (/[A-Za-z0-9]/.test(next)) {
    if (/[bBdDsSwWnrtfvx0]/.test(next)) return { out: `\\${next}`, length: 2 };
    throw new Error('invalid escape sequence');
  }
  // Any punctuation may be escaped in RE2; JavaScript wants only its own.
  const symbol = String.fromCodePoint(rest.codePointAt(1)!);
  return { out: escapeRegex(symbol), length: 1 + symbol.length };
}

function translateClass(rest: string): Piece {
  let i = 1;
  let out = '[';
  if (rest[i] === '^') {
    out += '^';
    i++;
  }
  for (let first = true; ; first = false) {
    if (i >= rest.length) throw new Error('missing closing ]');
    if (rest[i] === ']' && !first) return { out: `${out}]`, length: i + 1 };
    const posix = /^\[:(\^?)(\w+):\]/.exec(rest.slice(i));
    if (posix !== null) {
      const body = POSIX[posix[2]!];
      if (body === undefined || posix[1] === '^') throw new Error('invalid character class range');
      out += body;
      i += posix[0].length;
    } else if (rest[i] === '\\') {
      const piece = translateEscape(rest.slice(i), true);
      out += piece.out === '-' ? '\\-' : piece.out;
      i += piece.length;
    } else {
      const symbol = String.fromCodePoint(rest.codePointAt(i)!);
      out += /[[\]\\]/.test(symbol) ? `\\${symbol}` : symbol;
      i += symbol.length;
    }
  }
}

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');

/** A test of one label value, ready to run. A matcher that does not parse matches nothing. */
export function compileMatcher(matcher: LabelMatcher): (value: string) => boolean {
  const { value: wanted } = matcher;
  switch (matcher.operator) {
    case '=':
      return (value) => value === wanted;
    case '!=':
      return (value) => value !== wanted;
    case '=~':
    case '!~': {
      const test = compilePattern(wanted);
      return matcher.operator === '=~' ? test : (value) => !test(value);
    }
  }
}

function compilePattern(pattern: string): (value: string) => boolean {
  const literals = literalAlternatives(pattern);
  if (literals !== undefined) return (value) => literals.has(value);
  const compiled = compileRegex(pattern);
  if (!compiled.ok) return () => false;
  return (value) => compiled.regex.test(value);
}

/** The values of a pattern that is only literals and `|`, so that an index can look them up. */
export function literalAlternatives(pattern: string): ReadonlySet<string> | undefined {
  if (!/^[\w\- :/@,;=%&#~!<>'" ]*(\|[\w\- :/@,;=%&#~!<>'" ]*)*$/.test(pattern)) return undefined;
  return new Set(pattern.split('|'));
}

/** Whether a series satisfies every matcher. */
export function matchesAll(labels: LabelSet, matchers: readonly CompiledMatcher[]): boolean {
  return matchers.every((matcher) => matcher.test(labels.get(matcher.name)));
}

export interface CompiledMatcher {
  readonly name: string;
  readonly test: (value: string) => boolean;
}

export const compileMatchers = (matchers: readonly LabelMatcher[]): CompiledMatcher[] =>
  matchers.map((matcher) => ({ name: matcher.name, test: compileMatcher(matcher) }));
