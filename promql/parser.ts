import { isAggregation } from './aggregations.ts';
import type {
  AggregateExpr,
  AtModifier,
  BinaryOperator,
  DurationExpr,
  Expr,
  VectorMatching,
  VectorSelector,
} from './ast.ts';
import { isSetOperator } from './ast.ts';
import { checkTypes } from './check-types.ts';
import { parseDurationText } from './duration.ts';
import { isFunction } from './function-signatures.ts';
import { tokenize } from './lexer.ts';
import { parseNumberText } from './number-literal.ts';
import { parseDurationExpr, parseDurationTerm } from './parse-duration.ts';
import { isValidUtf8, quote } from './parse-error.ts';
import { parseSelector } from './parse-selector.ts';
import { type PositionRange, positionOf, spanning } from './position.ts';
import { TokenStream } from './token-stream.ts';
import { NEVER_METRIC_NAMES, type Token } from './tokens.ts';

/** Longest chain of operators or modifiers without parentheses: each adds a level to the tree. */
const MAX_CHAIN = 1_000;

const PRECEDENCE: Readonly<Record<BinaryOperator, number>> = {
  or: 1,
  and: 2,
  unless: 2,
  '==': 3,
  '!=': 3,
  '<': 3,
  '<=': 3,
  '>': 3,
  '>=': 3,
  '</': 3,
  '>/': 3,
  '+': 4,
  '-': 4,
  '*': 5,
  '/': 5,
  '%': 5,
  atan2: 5,
  '^': 6,
};

/**
 * Parses and checks a query.
 *
 * @throws ParseError with Prometheus's message and the place, on any text that is not PromQL.
 */
export function parseExpr(query: string): Expr {
  const stream = new TokenStream(query, tokenize(query));
  if (stream.isType('eof')) throw stream.error({ start: 0, end: 0 }, 'no expression found in input');
  const expr = new Parser(stream).parse();
  checkTypes(expr, query);
  return expr;
}

/** Parses one selector such as `up{job="api"}`, without modifiers: what `match[]` carries. */
export function parseMetricSelector(text: string): VectorSelector {
  const stream = new TokenStream(text, tokenize(text));
  const selector = parseSelector(stream);
  if (!stream.isType('eof')) throw stream.unexpected('');
  checkTypes(selector, text);
  return selector;
}

class Parser {
  readonly #stream: TokenStream;
  constructor(stream: TokenStream) {
    this.#stream = stream;
  }

  parse(): Expr {
    const expr = this.#binary(0);
    if (!this.#stream.isType('eof')) throw this.#stream.unexpected('');
    return expr;
  }

  /** Operators that bind at least as strongly as `minimum`, by precedence climbing. */
  #binary(minimum: number): Expr {
    return this.#stream.nested(() => {
      let left = this.#unary();
      for (let chain = 0; ; chain++) {
        const token = this.#stream.peek();
        const precedence = token.type === 'operator' ? PRECEDENCE[token.value as BinaryOperator] : undefined;
        if (precedence === undefined || precedence < minimum) return left;
        if (chain >= MAX_CHAIN) throw this.#stream.error(token, `more than ${MAX_CHAIN} operators in a row`);
        this.#stream.take();
        left = this.#binaryTail(left, token.value as BinaryOperator, precedence);
      }
    });
  }

  #binaryTail(left: Expr, operator: BinaryOperator, precedence: number): Expr {
    const modifiers = this.#binaryModifiers(operator);
    const right = this.#binary(operator === '^' ? precedence : precedence + 1);
    return {
      kind: 'binary',
      operator,
      left,
      right,
      returnBool: modifiers.returnBool,
      matching: modifiers.matching,
      position: spanning(left.position, right.position),
    };
  }

  #binaryModifiers(operator: BinaryOperator): { returnBool: boolean; matching: VectorMatching } {
    const stream = this.#stream;
    const returnBool = stream.isKeyword('bool');
    if (returnBool) stream.take();
    let matching: VectorMatching = {
      card: isSetOperator(operator) ? 'many-to-many' : 'one-to-one',
      on: false,
      labels: [],
      include: [],
      fillLeft: undefined,
      fillRight: undefined,
    };
    if (stream.isKeyword('on') || stream.isKeyword('ignoring')) {
      const on = stream.take().value === 'on';
      matching = { ...matching, on, labels: this.#labelList('grouping opts') };
      if (stream.isKeyword('group_left') || stream.isKeyword('group_right')) {
        const card = stream.take().value === 'group_left' ? 'many-to-one' : 'one-to-many';
        const include = stream.isSymbol('(') ? this.#labelList('grouping opts') : [];
        matching = { ...matching, card, include };
      }
    }
    return { returnBool, matching: { ...matching, ...this.#fillModifiers() } };
  }

  /** `fill(v)`, or any of `fill_left(v)` and `fill_right(v)`; the words alone are metric names. */
  #fillModifiers(): { fillLeft?: number; fillRight?: number } {
    const fills: { fillLeft?: number; fillRight?: number } = {};
    for (;;) {
      const token = this.#stream.peek();
      const isFill = token.type === 'keyword' && /^fill(_left|_right)?$/.test(token.value);
      if (!isFill || !this.#stream.isSymbol('(', 1)) return fills;
      this.#stream.take();
      this.#stream.take();
      const value = this.#signedNumber('fill value');
      this.#stream.expect(')', 'fill modifier');
      if (token.value !== 'fill_right') fills.fillLeft = value;
      if (token.value !== 'fill_left') fills.fillRight = value;
    }
  }

  #unary(): Expr {
    const token = this.#stream.peek();
    if (token.type !== 'operator' || (token.value !== '+' && token.value !== '-')) return this.#postfix();
    this.#stream.take();
    const expr = this.#binary(PRECEDENCE['^']);
    // A signed number is a number, so that `-1` needs no evaluation and offsets can read it.
    if (expr.kind === 'number') {
      const value = token.value === '-' ? -expr.value : expr.value;
      return { ...expr, value, position: spanning(token, expr.position) };
    }
    return { kind: 'unary', operator: token.value, expr, position: spanning(token, expr.position) };
  }

  /** A primary expression and the modifiers behind it. */
  #postfix(): Expr {
    let expr = this.#primary();
    for (let chain = 0; ; chain++) {
      if (chain >= MAX_CHAIN) throw this.#stream.error(this.#stream.peek(), 'too many modifiers in a row');
      if (this.#stream.isSymbol('[')) expr = this.#brackets(expr);
      else if (this.#stream.isKeyword('offset')) expr = this.#offset(expr);
      else if (this.#stream.isSymbol('@')) expr = this.#at(expr);
      else if (this.#stream.isKeyword('anchored') || this.#stream.isKeyword('smoothed'))
        expr = this.#extended(expr);
      else return expr;
    }
  }

  #primary(): Expr {
    const stream = this.#stream;
    const token = stream.peek();
    switch (token.type) {
      case 'number':
        stream.take();
        return {
          kind: 'number',
          value: parseNumberText(token.text),
          duration: false,
          position: positionOf(token),
        };
      case 'duration':
        return this.#durationNumber(stream.take());
      case 'string':
        stream.take();
        return { kind: 'string', value: token.value, position: positionOf(token) };
      case 'aggregator':
        return this.#aggregatorOrName(token);
      case 'identifier':
        return stream.isSymbol('(', 1) ? this.#call() : parseSelector(stream);
      case 'metric_identifier':
        return parseSelector(stream);
      case 'keyword':
      case 'operator':
        if (/^[a-z]/.test(token.value) && !NEVER_METRIC_NAMES.has(token.value)) return parseSelector(stream);
        throw stream.unexpected('');
      default:
        if (stream.isSymbol('(')) return this.#paren();
        if (stream.isSymbol('{')) return parseSelector(stream);
        throw stream.unexpected('');
    }
  }

  #durationNumber(token: Token): Expr {
    const ms = parseDurationText(token.text);
    if (ms === undefined)
      throw this.#stream.error(token, `not a valid duration string: ${quote(token.text)}`);
    return { kind: 'number', value: ms / 1_000, duration: true, position: positionOf(token) };
  }

  #paren(): Expr {
    const open = this.#stream.take();
    const expr = this.#binary(0);
    if (!this.#stream.isSymbol(')')) throw this.#stream.unexpected('');
    return { kind: 'paren', expr, position: spanning(open, this.#stream.take()) };
  }

  #call(): Expr {
    const name = this.#stream.take();
    if (!isFunction(name.text))
      throw this.#stream.error(name, `unknown function with name ${quote(name.text)}`);
    const args = this.#callArguments();
    return {
      kind: 'call',
      func: name.text,
      args,
      position: { start: name.start, end: this.#stream.lastEnd },
    };
  }

  #callArguments(): Expr[] {
    const args: Expr[] = [];
    this.#stream.take();
    if (this.#stream.accept(')')) return args;
    for (;;) {
      args.push(this.#binary(0));
      if (this.#stream.accept(')')) return args;
      const comma = this.#stream.peek();
      if (!this.#stream.accept(',')) throw this.#stream.unexpected('');
      if (this.#stream.isSymbol(')')) {
        throw this.#stream.error(comma, 'trailing commas not allowed in function call args');
      }
    }
  }

  /** `sum(…)`, `sum by (a) (…)`, `sum(…) by (a)`; a metric may also be named `sum`. */
  #aggregatorOrName(token: Token): Expr {
    const next = this.#stream.peek(1);
    const modifierNext = next.type === 'keyword' && (next.value === 'by' || next.value === 'without');
    if (!this.#stream.isSymbol('(', 1) && !(modifierNext && this.#stream.isSymbol('(', 2))) {
      return parseSelector(this.#stream);
    }
    this.#stream.take();
    let modifier = this.#groupingModifier();
    if (!this.#stream.isSymbol('(')) throw this.#stream.unexpected('aggregation');
    const args = this.#callArguments();
    modifier ??= this.#groupingModifier();
    return this.#aggregate(token, modifier ?? { grouping: [], without: false }, args);
  }

  #groupingModifier(): { grouping: readonly string[]; without: boolean } | undefined {
    if (!this.#stream.isKeyword('by') && !this.#stream.isKeyword('without')) return undefined;
    const without = this.#stream.take().value === 'without';
    return { grouping: this.#labelList('grouping opts'), without };
  }

  #aggregate(
    token: Token,
    modifier: { grouping: readonly string[]; without: boolean },
    args: Expr[],
  ): AggregateExpr {
    const operator = token.value;
    const position: PositionRange = { start: token.start, end: this.#stream.lastEnd };
    if (!isAggregation(operator)) throw this.#stream.unexpected('aggregation');
    if (args.length === 0)
      throw this.#stream.error(position, 'no arguments for aggregate expression provided');
    const desired = ['topk', 'bottomk', 'count_values', 'quantile', 'limitk', 'limit_ratio'].includes(
      operator,
    )
      ? 2
      : 1;
    if (args.length !== desired) {
      const message = `wrong number of arguments for aggregate expression provided, expected ${desired}, got ${args.length}`;
      throw this.#stream.error(position, message);
    }
    const param = desired === 2 ? args[0] : undefined;
    return { kind: 'aggregate', operator, expr: args[desired - 1]!, param, ...modifier, position };
  }

  /** `(a, b, "utf8 name")`, a comma at the end allowed. */
  #labelList(context: string): string[] {
    const stream = this.#stream;
    const labels: string[] = [];
    stream.expect('(', context);
    while (!stream.accept(')')) {
      const token = stream.peek();
      const named = ['identifier', 'keyword', 'aggregator', 'string'].includes(token.type);
      const wordOperator = token.type === 'operator' && /^[a-z]/.test(token.value);
      if (!(named || wordOperator || token.type === 'metric_identifier'))
        throw stream.unexpected(context, 'label');
      if (token.type === 'metric_identifier') throw stream.unexpected(context, 'label');
      const name = token.type === 'string' ? token.value : token.text;
      if (name === '' || !isValidUtf8(name)) throw stream.error(token, `invalid label name ${quote(name)}`);
      labels.push(name);
      stream.take();
      if (!stream.isSymbol(')') && !stream.accept(',')) throw stream.unexpected(context, '"," or ")"');
    }
    return labels;
  }

  #brackets(expr: Expr): Expr {
    const stream = this.#stream;
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

  #offset(expr: Expr): Expr {
    const keyword = this.#stream.take();
    const offset = parseDurationTerm(this.#stream, 'offset');
    return this.#modify(expr, 'offset', keyword, (target) => {
      if (target.offset !== undefined)
        throw this.#stream.error(expr.position, 'offset may not be set multiple times');
      return { ...target, offset };
    });
  }

  #at(expr: Expr): Expr {
    const symbol = this.#stream.take();
    const at = this.#atValue();
    return this.#modify(expr, '@', symbol, (target) => {
      if (target.at !== undefined)
        throw this.#stream.error(expr.position, '@ <timestamp> may not be set multiple times');
      return { ...target, at };
    });
  }

  #atValue(): AtModifier {
    const stream = this.#stream;
    const token = stream.peek();
    const name = token.text.toLowerCase();
    if (token.type === 'identifier' && (name === 'start' || name === 'end')) {
      stream.take();
      stream.expect('(', '@ modifier');
      stream.expect(')', '@ modifier');
      return { kind: name };
    }
    const seconds = this.#signedNumber('@', 'timestamp');
    const ms = Math.round(seconds * 1_000);
    if (!Number.isFinite(ms) || Math.abs(ms) > Number.MAX_SAFE_INTEGER) {
      throw stream.error(token, `timestamp out of bounds for @ modifier: ${seconds}`);
    }
    return { kind: 'timestamp', ms };
  }

  /** A number or duration with signs in front. */
  #signedNumber(context: string, expected = 'number'): number {
    let sign = 1;
    while (this.#stream.isType('operator') && '+-'.includes(this.#stream.peek().value)) {
      if (this.#stream.take().value === '-') sign = -sign;
    }
    const token = this.#stream.peek();
    if (token.type !== 'number' && token.type !== 'duration')
      throw this.#stream.unexpected(context, expected);
    this.#stream.take();
    if (token.type === 'number') return sign * parseNumberText(token.text);
    return sign * ((parseDurationText(token.text) ?? Number.NaN) / 1_000);
  }

  #extended(expr: Expr): Expr {
    const keyword = this.#stream.take();
    const extension = keyword.value === 'anchored' ? 'anchored' : 'smoothed';
    if (expr.kind === 'subquery') {
      throw this.#stream.error(expr.position, `${extension} modifier is not supported for subqueries`);
    }
    if (extension === 'anchored' && expr.kind === 'vector_selector') {
      throw this.#stream.error(
        expr.position,
        'anchored modifier can only be used with range vector selectors',
      );
    }
    return this.#modify(expr, extension, keyword, (target) => {
      if (target.kind === 'subquery') return target;
      if (target.extension !== undefined) {
        throw this.#stream.error(
          expr.position,
          'anchored and smoothed modifiers cannot be used together or repeated',
        );
      }
      return { ...target, extension };
    });
  }

  /** Sets a modifier on a selector, the selector inside a range, or a subquery. */
  #modify(expr: Expr, modifier: string, token: Token, change: <T extends Modifiable>(target: T) => T): Expr {
    const position = { start: expr.position.start, end: this.#stream.lastEnd };
    if (expr.kind === 'vector_selector' || expr.kind === 'subquery') return { ...change(expr), position };
    if (expr.kind === 'matrix_selector') return { ...expr, selector: change(expr.selector), position };
    const message = `${modifier} modifier must be preceded by an instant vector selector or range vector selector or a subquery`;
    throw this.#stream.error(expr.position.end > 0 ? expr.position : token, message);
  }
}

/** What carries `offset` and `@`. */
type Modifiable = (VectorSelector | (Expr & { kind: 'subquery' })) & {
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
};
