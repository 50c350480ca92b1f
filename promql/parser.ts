import { isAggregation } from './aggregations.ts';
import type { AggregateExpr, BinaryOperator, Expr, VectorMatching, VectorSelector } from './ast.ts';
import { isSetOperator } from './ast.ts';
import { checkTypes } from './check-types.ts';
import { parseDurationText } from './duration.ts';
import { isFunction } from './function-signatures.ts';
import { tokenize } from './lexer.ts';
import { parseNumberText } from './number-literal.ts';
import { isValidUtf8, quote } from './parse-error.ts';
import {
  parseAt,
  parseBrackets,
  parseExtension,
  parseFillModifiers,
  parseOffset,
} from './parse-modifiers.ts';
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
    return { returnBool, matching: { ...matching, ...parseFillModifiers(stream) } };
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
      if (this.#stream.isSymbol('[')) expr = parseBrackets(this.#stream, expr);
      else if (this.#stream.isKeyword('offset')) expr = parseOffset(this.#stream, expr);
      else if (this.#stream.isSymbol('@')) expr = parseAt(this.#stream, expr);
      else if (this.#stream.isKeyword('anchored') || this.#stream.isKeyword('smoothed'))
        expr = parseExtension(this.#stream, expr);
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
}
