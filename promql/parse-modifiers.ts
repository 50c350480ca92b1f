import type { AtModifier, DurationExpr, Expr, VectorSelector } from './ast.ts';
import { parseDurationText } from './duration.ts';
import { parseNumberText } from './number-literal.ts';
import { parseDurationExpr, parseDurationTerm } from './parse-duration.ts';
import { spanning } from './position.ts';
import type { TokenStream } from './token-stream.ts';
import type { Token } from './tokens.ts';

/** `[5m]` or `[1h:5m]`. */
export function parseBrackets(stream: TokenStream, expr: Expr): Expr {
  const open = stream.take();
  if (stream.isSymbol(']'))
    throw stream.unexpected('subquery or range selector', 'number, duration, step(), or range()');
  const range = parseDurationExpr(stream, 'subquery or range selector');
  if (stream.accept(':')) {
    const step = stream.isSymbol(']') ? undefined : parseDurationExpr(stream, 'subquery selector');
    const close = stream.expect(']', 'subquery selector');
    const position = { start: expr.position.start, end: close.end };
    return { kind: 'subquery', expr, range, step, offset: undefined, at: undefined, position };
  }
  if (!stream.isSymbol(']')) throw stream.unexpected('subquery or range', '":" or "]"');
  const brackets = spanning(open, stream.take());
  if (expr.kind !== 'vector_selector')
    throw stream.error(brackets, 'ranges only allowed for vector selectors');
  if (expr.offset !== undefined) throw stream.error(brackets, 'no offset modifiers allowed before range');
  if (expr.at !== undefined) throw stream.error(brackets, 'no @ modifiers allowed before range');
  if (expr.extension !== undefined) {
    throw stream.error(brackets, `no ${expr.extension} modifier allowed before range`);
  }
  return { kind: 'matrix_selector', selector: expr, range, position: spanning(expr.position, brackets) };
}

/** `offset 5m` */
export function parseOffset(stream: TokenStream, expr: Expr): Expr {
  const keyword = stream.take();
  const offset = parseDurationTerm(stream, 'offset');
  return modify(stream, expr, 'offset', keyword, (target) => {
    if (target.offset !== undefined)
      throw stream.error(expr.position, 'offset may not be set multiple times');
    return { ...target, offset };
  });
}

/** `@ 1.5`, `@ start()`, `@ end()` */
export function parseAt(stream: TokenStream, expr: Expr): Expr {
  const symbol = stream.take();
  const at = parseAtValue(stream);
  return modify(stream, expr, '@', symbol, (target) => {
    if (target.at !== undefined)
      throw stream.error(expr.position, '@ <timestamp> may not be set multiple times');
    return { ...target, at };
  });
}

function parseAtValue(stream: TokenStream): AtModifier {
  const token = stream.peek();
  const name = token.text.toLowerCase();
  if (token.type === 'identifier' && (name === 'start' || name === 'end')) {
    stream.take();
    stream.expect('(', '@ modifier');
    stream.expect(')', '@ modifier');
    return { kind: name };
  }
  const seconds = parseSignedNumber(stream, '@', 'timestamp');
  const ms = Math.round(seconds * 1_000);
  if (!Number.isFinite(ms) || Math.abs(ms) > Number.MAX_SAFE_INTEGER) {
    throw stream.error(token, `timestamp out of bounds for @ modifier: ${seconds}`);
  }
  return { kind: 'timestamp', ms };
}

/** A number or duration with signs in front. */
function parseSignedNumber(stream: TokenStream, context: string, expected: string): number {
  let sign = 1;
  while (stream.isType('operator') && '+-'.includes(stream.peek().value)) {
    if (stream.take().value === '-') sign = -sign;
  }
  const token = stream.peek();
  if (token.type !== 'number' && token.type !== 'duration') throw stream.unexpected(context, expected);
  stream.take();
  if (token.type === 'number') return sign * parseNumberText(token.text);
  return sign * ((parseDurationText(token.text) ?? Number.NaN) / 1_000);
}

/** `anchored`, `smoothed` */
export function parseExtension(stream: TokenStream, expr: Expr): Expr {
  const keyword = stream.take();
  const extension = keyword.value === 'anchored' ? 'anchored' : 'smoothed';
  if (expr.kind === 'subquery') {
    throw stream.error(expr.position, `${extension} modifier is not supported for subqueries`);
  }
  if (extension === 'anchored' && expr.kind === 'vector_selector') {
    throw stream.error(expr.position, 'anchored modifier can only be used with range vector selectors');
  }
  return modify(stream, expr, extension, keyword, (target) => {
    if (target.kind === 'subquery') return target;
    if (target.extension !== undefined) {
      throw stream.error(
        expr.position,
        'anchored and smoothed modifiers cannot be used together or repeated',
      );
    }
    return { ...target, extension };
  });
}

/** Sets a modifier on a selector, the selector inside a range, or a subquery. */
function modify(
  stream: TokenStream,
  expr: Expr,
  modifier: string,
  token: Token,
  change: <T extends Modifiable>(target: T) => T,
): Expr {
  const position = { start: expr.position.start, end: stream.lastEnd };
  if (expr.kind === 'vector_selector' || expr.kind === 'subquery') return { ...change(expr), position };
  if (expr.kind === 'matrix_selector') return { ...expr, selector: change(expr.selector), position };
  const message = `${modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery`;
  throw stream.error(expr.position.end > 0 ? expr.position : token, message);
}

/** `fill(v)`, or any of `fill_left(v)` and `fill_right(v)`; the words alone are metric names. */
export function parseFillModifiers(stream: TokenStream): { fillLeft?: number; fillRight?: number } {
  const fills: { fillLeft?: number; fillRight?: number } = {};
  for (;;) {
    const token = stream.peek();
    const isFill = token.type === 'keyword' && /^fill(_left|_right)?$/.test(token.value);
    if (!isFill || !stream.isSymbol('(', 1)) return fills;
    stream.take();
    stream.take();
    const value = parseSignedNumber(stream, 'fill value', 'number');
    stream.expect(')', 'fill modifier');
    if (token.value !== 'fill_right') fills.fillLeft = value;
    if (token.value !== 'fill_left') fills.fillRight = value;
  }
}

/** What carries `offset` and `@`. */
type Modifiable = (VectorSelector | (Expr & { kind: 'subquery' })) & {
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
};
