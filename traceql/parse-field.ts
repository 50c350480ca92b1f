import {
  type BinaryField,
  type Field,
  type FieldExpr,
  type FieldOperator,
  type Intrinsic,
  SPAN_KINDS,
  SPAN_STATUSES,
  type SpanKind,
  type SpanStatus,
  type Static,
} from './ast.ts';
import { TraceqlParseError } from './errors.ts';
import type { Token } from './lexer.ts';
import { TokenStream } from './tokens.ts';

/** How tightly an operator binds, as Tempo's grammar has it: between braces, between spansets and between figures alike. */
export const PRECEDENCE = {
  or: 1,
  comparison: 2,
  additive: 3,
  not: 4,
  multiplicative: 5,
  power: 6,
} as const;

const FIELD_OPERATORS: Readonly<Record<FieldOperator, number>> = {
  '&&': PRECEDENCE.or,
  '||': PRECEDENCE.or,
  '=': PRECEDENCE.comparison,
  '!=': PRECEDENCE.comparison,
  '<': PRECEDENCE.comparison,
  '<=': PRECEDENCE.comparison,
  '>': PRECEDENCE.comparison,
  '>=': PRECEDENCE.comparison,
  '=~': PRECEDENCE.comparison,
  '!~': PRECEDENCE.comparison,
  '+': PRECEDENCE.additive,
  '-': PRECEDENCE.additive,
  '*': PRECEDENCE.multiplicative,
  '/': PRECEDENCE.multiplicative,
  '%': PRECEDENCE.multiplicative,
  '^': PRECEDENCE.power,
};

const UNSCOPED: Readonly<Record<string, Intrinsic>> = {
  duration: 'span:duration',
  name: 'span:name',
  status: 'span:status',
  statusMessage: 'span:statusMessage',
  kind: 'span:kind',
  parent: 'parent',
  rootName: 'trace:rootName',
  rootServiceName: 'trace:rootService',
  traceDuration: 'trace:duration',
  nestedSetLeft: 'nestedSetLeft',
  nestedSetRight: 'nestedSetRight',
  nestedSetParent: 'nestedSetParent',
};

const SCOPED: Readonly<Record<string, readonly string[]>> = {
  'trace:': ['duration', 'rootName', 'rootService', 'id'],
  'span:': ['duration', 'name', 'kind', 'status', 'statusMessage', 'id', 'parentID', 'childCount'],
  'event:': ['name', 'timeSinceStart'],
  'link:': ['traceID', 'spanID'],
  'instrumentation:': ['name', 'version'],
};

/** A field expression whose operators bind at least as tightly as `least`. @throws TraceqlParseError */
export function parseFieldExpr(tokens: TokenStream, least: number = PRECEDENCE.or): FieldExpr {
  const { start } = tokens.next;
  let left = parseOperand(tokens);
  for (;;) {
    const { next } = tokens;
    const operator = next.type === 'symbol' ? fieldOperator(next.text) : undefined;
    if (operator === undefined || FIELD_OPERATORS[operator] < least) return left;
    tokens.advance();
    if ((operator === '=' || operator === '!=') && tokens.accept('nil')) {
      left = { kind: 'exists', negated: operator === '=', expr: left, position: tokens.since(start) };
      continue;
    }
    const precedence = FIELD_OPERATORS[operator];
    const right = parseNested(tokens, operator === '^' ? precedence : precedence + 1);
    left = binaryOf(operator, left, right, tokens.since(start));
  }
}

function binaryOf(
  operator: FieldOperator,
  left: FieldExpr,
  right: FieldExpr,
  position: BinaryField['position'],
): BinaryField {
  const equality = operator === '=' || operator === '!=';
  return equality
    ? { kind: 'binary', operator, left: beside(right, left), right: beside(left, right), position }
    : { kind: 'binary', operator, left, right, position };
}

/** The id of a trace may be written without the zeros that it begins with. */
function beside(other: FieldExpr, expr: FieldExpr): FieldExpr {
  if (other.kind !== 'intrinsic' || other.intrinsic !== 'trace:id') return expr;
  if (expr.kind !== 'static' || expr.value.type !== 'string') return expr;
  const value = expr.value.value.replace(/^0+/, '').padStart(32, '0');
  return { ...expr, value: { type: 'string', value } };
}

const parseNested = (tokens: TokenStream, least?: number): FieldExpr =>
  tokens.nested(() => parseFieldExpr(tokens, least));

const fieldOperator = (text: string): FieldOperator | undefined =>
  Object.hasOwn(FIELD_OPERATORS, text) ? (text as FieldOperator) : undefined;

function parseOperand(tokens: TokenStream): FieldExpr {
  const { next } = tokens;
  if (tokens.accept('(')) {
    const inner = parseNested(tokens);
    tokens.expect(')');
    return inner;
  }
  if (tokens.accept('nil')) return afterNil(tokens, next.start);
  for (const [operator, precedence] of [
    ['-', PRECEDENCE.additive],
    ['!', PRECEDENCE.not],
  ] as const) {
    if (!tokens.accept(operator)) continue;
    const expr = parseNested(tokens, precedence + 1);
    return { kind: 'unary', operator, expr, position: tokens.since(next.start) };
  }
  const read = parseStatic(tokens) ?? acceptField(tokens);
  if (read === undefined) throw tokens.unexpected();
  return read;
}

/** The rest of `nil = expr` or `nil != expr`. Two that are nothing are neither equal nor different. */
function afterNil(tokens: TokenStream, start: number): FieldExpr {
  const negated = tokens.accept('=');
  if (!negated && !tokens.accept('!=')) throw tokens.unexpected('nil can only be compared with = and !=');
  if (tokens.accept('nil'))
    return { kind: 'static', value: { type: 'bool', value: false }, position: tokens.since(start) };
  const expr = parseNested(tokens, PRECEDENCE.comparison + 1);
  return { kind: 'exists', negated, expr, position: tokens.since(start) };
}

/** The ends of what an integer can be, by their names. */
const INTEGERS: Readonly<Record<string, number>> = { minInt: -(2 ** 63), maxInt: 2 ** 63 };

/** A literal, if one comes next. `nil` is none. */
export function parseStatic(tokens: TokenStream): Static | undefined {
  const { next } = tokens;
  const value = staticValue(next);
  if (value === undefined) return undefined;
  tokens.advance();
  return { kind: 'static', value, position: { start: next.start, end: next.end } };
}

function staticValue(token: Token): Static['value'] | undefined {
  if (token.type === 'string') return { type: 'string', value: token.value };
  if (token.type === 'int' || token.type === 'float' || token.type === 'duration')
    return { type: token.type, value: token.value };
  if (token.type !== 'word') return undefined;
  const { text } = token;
  if (text === 'true' || text === 'false') return { type: 'bool', value: text === 'true' };
  if (Object.hasOwn(INTEGERS, text)) return { type: 'int', value: INTEGERS[text]! };
  if ((SPAN_STATUSES as readonly string[]).includes(text))
    return { type: 'status', value: text as SpanStatus };
  if ((SPAN_KINDS as readonly string[]).includes(text)) return { type: 'kind', value: text as SpanKind };
  return undefined;
}

/** An attribute or an intrinsic. @throws TraceqlParseError */
export function parseField(tokens: TokenStream): Field {
  const field = acceptField(tokens);
  if (field === undefined) throw tokens.unexpected('expecting an attribute');
  return field;
}

/** The attribute or intrinsic that a text names; undefined where it is anything else. */
export function parseAttribute(text: string): Field | undefined {
  try {
    const tokens = new TokenStream(text);
    const field = acceptField(tokens);
    return tokens.next.type === 'eof' ? field : undefined;
  } catch (error) {
    if (error instanceof TraceqlParseError) return undefined;
    throw error;
  }
}

function acceptField(tokens: TokenStream): Field | undefined {
  const { next } = tokens;
  const position = { start: next.start, end: next.end };
  if (next.type === 'attribute') {
    tokens.advance();
    const { scope, parent, name } = next;
    return { kind: 'attribute', scope, parent, name, position };
  }
  if (next.type !== 'word') return undefined;
  if (Object.hasOwn(UNSCOPED, next.text)) {
    tokens.advance();
    return { kind: 'intrinsic', intrinsic: UNSCOPED[next.text]!, text: next.text, position };
  }
  const allowed = SCOPED[next.text];
  if (allowed === undefined || !Object.hasOwn(SCOPED, next.text)) return undefined;
  tokens.advance();
  const name = tokens.next;
  if (name.type !== 'word' || !allowed.includes(name.text))
    throw tokens.unexpected(`expecting one of ${allowed.join(', ')}`);
  tokens.advance();
  const text = `${next.text}${name.text}`;
  return { kind: 'intrinsic', intrinsic: text as Intrinsic, text, position: tokens.since(next.start) };
}

/** `attribute, attribute, …` @throws TraceqlParseError */
export function parseFieldList(tokens: TokenStream): readonly Field[] {
  const fields = [parseField(tokens)];
  while (tokens.accept(',')) fields.push(parseField(tokens));
  return fields;
}
