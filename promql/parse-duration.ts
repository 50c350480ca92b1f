import type { DurationExpr } from './ast.ts';
import { parseDurationText } from './duration.ts';
import { parseNumberText } from './number-literal.ts';
import { positionOf, spanning } from './position.ts';
import type { TokenStream } from './token-stream.ts';

const PRECEDENCE: Readonly<Record<string, number>> = { '+': 1, '-': 1, '*': 2, '/': 2, '%': 2, '^': 4 };
const UNARY_PRECEDENCE = 3;

/** A duration with operators, as it stands in brackets. */
export function parseDurationExpr(stream: TokenStream, context: string): DurationExpr {
  return parseBinary(stream, context, 0);
}

/**
 * One term of a duration: what may follow `offset` without parentheses (`offset 5m`, `offset -step()`, `offset (1m + 1s)`).
 */
export function parseDurationTerm(stream: TokenStream, context: string): DurationExpr {
  return stream.nested(() => {
    const token = stream.peek();
    if (token.type === 'operator' && (token.value === '-' || token.value === '+')) {
      stream.take();
      const expr = parseDurationTerm(stream, context);
      return token.value === '+' ? expr : { kind: 'negate', expr, position: spanning(token, expr.position) };
    }
    return parsePrimary(stream, context);
  });
}

function parseBinary(stream: TokenStream, context: string, minimum: number): DurationExpr {
  return stream.nested(() => {
    let left = parseSigned(stream, context);
    for (;;) {
      const token = stream.peek();
      const precedence = token.type === 'operator' ? PRECEDENCE[token.value] : undefined;
      if (precedence === undefined || precedence < minimum) return left;
      stream.take();
      const right = parseBinary(stream, context, token.value === '^' ? precedence : precedence + 1);
      const operator = token.value as '+' | '-' | '*' | '/' | '%' | '^';
      left = { kind: 'binary', operator, left, right, position: spanning(left.position, right.position) };
    }
  });
}

function parseSigned(stream: TokenStream, context: string): DurationExpr {
  const token = stream.peek();
  if (token.type !== 'operator' || (token.value !== '-' && token.value !== '+'))
    return parsePrimary(stream, context);
  stream.take();
  const expr = parseBinary(stream, context, UNARY_PRECEDENCE);
  return token.value === '+' ? expr : { kind: 'negate', expr, position: spanning(token, expr.position) };
}

function parsePrimary(stream: TokenStream, context: string): DurationExpr {
  const token = stream.peek();
  if (token.type === 'number' || token.type === 'duration') return parseLiteral(stream);
  if (token.type === 'identifier' && stream.isSymbol('(', 1)) {
    const name = token.text.toLowerCase();
    if (name === 'step' || name === 'range') {
      stream.take();
      stream.take();
      const close = stream.expect(')', context);
      return { kind: name, position: spanning(token, close) };
    }
    if (name === 'min_of' || name === 'max_of') return parseMinMax(stream, name, context);
  }
  if (stream.isSymbol('(')) {
    stream.take();
    const expr = parseBinary(stream, context, 0);
    const close = stream.expect(')', context);
    return { kind: 'paren', expr, position: spanning(token, close) };
  }
  throw stream.unexpected(context, 'number, duration, step(), or range()');
}

function parseLiteral(stream: TokenStream): DurationExpr {
  const token = stream.take();
  if (token.type === 'duration') {
    const ms = parseDurationText(token.text);
    if (ms === undefined) throw stream.error(token, `not a valid duration string: "${token.text}"`);
    return { kind: 'literal', ms, position: positionOf(token) };
  }
  const seconds = parseNumberText(token.text);
  if (!Number.isFinite(seconds)) throw stream.error(token, 'duration out of range');
  return { kind: 'literal', ms: seconds * 1_000, position: positionOf(token) };
}

function parseMinMax(stream: TokenStream, kind: 'min_of' | 'max_of', context: string): DurationExpr {
  const start = stream.take();
  stream.take();
  const left = parseBinary(stream, context, 0);
  stream.expect(',', context);
  const right = parseBinary(stream, context, 0);
  const close = stream.expect(')', context);
  return { kind, left, right, position: spanning(start, close) };
}
