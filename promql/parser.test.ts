import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AGGREGATIONS } from './aggregations.ts';
import { FUNCTION_SIGNATURES } from './function-signatures.ts';
import { ParseError } from './parse-error.ts';
import { parseExpr, parseMetricSelector } from './parser.ts';
import { formatExpr } from './printer.ts';

function problemOf(query: string): string {
  try {
    parseExpr(query);
  } catch (error) {
    if (error instanceof ParseError) return error.message;
    throw error;
  }
  return 'parsed';
}

describe('messages are those of Prometheus, with the place', () => {
  it.each([
    ['', '1:1: parse error: no expression found in input'],
    ['1 +', '1:4: parse error: unexpected end of input'],
    ['sum(', '1:5: parse error: unclosed left parenthesis'],
    ['foo)', "1:4: parse error: unexpected right parenthesis ')'"],
    ['foo{', '1:5: parse error: unexpected end of input inside braces'],
    ['foo{a=1}', "1:7: parse error: unexpected character inside braces: '1'"],
    [
      'foo{a="b" c="d"}',
      '1:11: parse error: unexpected identifier "c" in label matching, expected "," or "}"',
    ],
    ['{}', '1:1: parse error: vector selector must contain at least one non-empty matcher'],
    ['foo bar', '1:5: parse error: unexpected identifier "bar"'],
    ['nope(foo)', '1:1: parse error: unknown function with name "nope"'],
    [
      'rate(foo)',
      '1:6: parse error: expected type range vector in call to function "rate", got instant vector',
    ],
    ['abs()', '1:1: parse error: expected 1 argument(s) in call to "abs", got 0'],
    ['1 == 1', '1:1: parse error: comparisons between scalars must use BOOL modifier'],
    ['1 and 1', '1:1: parse error: set operator "and" not allowed in binary scalar expression'],
    ['foo + bool bar', '1:1: parse error: bool modifier can only be used on comparison operators'],
    ['foo and on(a) group_left bar', '1:1: parse error: no grouping allowed for "and" operation'],
    ['foo[5m] + 1', '1:1: parse error: binary expression must contain only scalar and instant vector types'],
    ['foo[5m][5m]', '1:8: parse error: ranges only allowed for vector selectors'],
    ['foo offset 5m[5m]', '1:14: parse error: no offset modifiers allowed before range'],
    [
      '(foo) offset 5m',
      '1:1: parse error: offset modifier must be preceded by an instant vector selector or range vector selector or a subquery',
    ],
    ['foo{a=~"("}', /^1:5: parse error: error parsing regexp: /],
    ['"unfinished', '1:1: parse error: unterminated quoted string'],
    ['1h30', /bad number or duration syntax/],
    ['sum by (a (foo)', /unexpected "\(" in grouping opts, expected "," or "\)"/],
    ['foo{__name__="bar"}', '1:1: parse error: metric name must not be set twice: "foo" or "bar"'],
    ['Ünicode', /unexpected character: 'Ü'/],
    ['foo +\n  sum(', '2:7: parse error: unclosed left parenthesis'],
  ])('%s', (query, message) => {
    if (typeof message === 'string') expect(problemOf(query)).toBe(message);
    else expect(problemOf(query)).toMatch(message);
  });
});

describe('the standard form', () => {
  it.each([
    ['sum(rate(x{b="c",a=~"d|e"}[5m]))by(z)', 'sum by (z) (rate(x{b="c",a=~"d|e"}[5m]))'],
    ['-2^3', '-2 ^ 3'],
    ['a+on(b)group_left(c)fill(0)d', 'a + on (b) group_left (c) fill (0) d'],
    ['x[1h30m:5m]@start()offset -1m', 'x[1h30m:5m] @ start() offset -1m'],
    ['{"über.metric",a="b"}', '{"über.metric", a="b"}'],
    ['topk(5,x)', 'topk(5, x)'],
    ['x[step()+1m]anchored', 'x[step() + 1m] anchored'],
    ['predict_linear(x[1h],4h)', 'predict_linear(x[1h], 4h)'],
    ['a== bool 1e3', 'a == bool 1000'],
  ])('of %s', (query, text) => {
    expect(formatExpr(parseExpr(query)).replaceAll(' ', '')).toBe(text.replaceAll(' ', ''));
  });

  it('parses to the same again', () => {
    fc.assert(
      fc.property(expression(), (query) => {
        const once = formatExpr(parseExpr(query));
        expect(formatExpr(parseExpr(once))).toBe(once);
      }),
      { numRuns: 300 },
    );
  });
});

describe('hostile text', () => {
  it('gives a tree or a ParseError', () => {
    const pieces = fc.constantFrom(
      ...Object.keys(FUNCTION_SIGNATURES),
      ...Object.keys(AGGREGATIONS),
      ...'( ) [ ] { } , : @ + - * / % ^ == != > < >= <= =~ !~ = </ >/ and or unless atan2 bool on ignoring by'.split(
        ' ',
      ),
      ...'without group_left group_right fill fill_left offset anchored smoothed start end 5m 1h30m 0x1f .5 1e3 Inf NaN'.split(
        ' ',
      ),
      ...[
        '"a"',
        "'\\x",
        '`',
        '"\\xff"',
        'foo',
        'a:b',
        '#',
        '\n',
        '\u0000',
        'é',
        '\ud800',
        '1_0',
        '{a="b"}',
        '[5m]',
      ],
    );
    const soup = fc.array(pieces, { maxLength: 30 }).map((all) => all.join(' '));
    fc.assert(
      fc.property(fc.oneof(soup, fc.string({ unit: 'binary', maxLength: 60 })), (query) => {
        expect(problemOf(query)).toEqual(expect.any(String));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    ['parentheses', '('.repeat(100_000)],
    ['balanced parentheses', `${'('.repeat(20_000)}1${')'.repeat(20_000)}`],
    ['calls', 'abs('.repeat(50_000)],
    ['signs', `${'-'.repeat(100_000)}1`],
    ['powers', `1${'^1'.repeat(50_000)}`],
    ['a long sum', `1${'+1'.repeat(50_000)}`],
    ['subqueries', `x${'[1m:1m]'.repeat(50_000)}`],
    ['durations', `x[${'('.repeat(50_000)}1m]`],
  ])('of deep %s is an error, not an overflow', (_, query) => {
    expect(problemOf(query)).toMatch(/nested deeper|in a row|unclosed|instant vector/);
  });

  it('does not take the prototype of objects for labels or functions', () => {
    expect(problemOf('constructor(foo)')).toBe('1:1: parse error: unknown function with name "constructor"');
    expect(problemOf('sum by (constructor, __proto__) (toString)')).toBe('parsed');
  });
});

it('reads one selector for match[]', () => {
  expect(parseMetricSelector('up{job!="a"}').matchers).toEqual([
    { name: 'job', operator: '!=', value: 'a' },
    { name: '__name__', operator: '=', value: 'up' },
  ]);
  expect(() => parseMetricSelector('up offset 5m')).toThrow(ParseError);
  expect(() => parseMetricSelector('rate(up[5m])')).toThrow(ParseError);
});

/** Queries that parse. */
function expression(): fc.Arbitrary<string> {
  const { vector } = fc.letrec<{ vector: string; scalar: string }>((tie) => ({
    scalar: fc.oneof(
      fc.constantFrom('1', '2.5', '-3', 'Inf', '5m', 'time()', 'pi()'),
      tie('vector').map((inner) => `scalar(${inner})`),
    ),
    vector: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('up', 'a{b="c"}', '{__name__=~"x.+"}', 'm offset 5m', 'm @ 1.5', '{"é.x", "l é"!="v"}'),
      fc.constantFrom('rate(x[5m])', 'increase(x[1h] smoothed)', 'quantile_over_time(0.5, x[1d] @ end())'),
      tie('vector').map((inner) => `sum without (a, "b c") (${inner})`),
      tie('vector').map((inner) => `max_over_time((${inner})[1h:5m] offset -1m)`),
      fc.tuple(tie('vector'), tie('scalar')).map(([inner, k]) => `topk(${k}, ${inner})`),
      fc.tuple(tie('vector'), tie('vector')).map(([a, b]) => `(${a}) / ignoring (x) group_right (y) (${b})`),
      fc.tuple(tie('vector'), tie('vector')).map(([a, b]) => `(${a}) unless on () (${b})`),
      fc.tuple(tie('vector'), tie('scalar')).map(([a, b]) => `-(${a}) >= bool ${b}`),
      tie('vector').map((inner) => `label_replace(${inner}, "d", "$1\\n", 's', "(.*)")`),
    ),
  }));
  return vector;
}
