import type {
  Aggregate,
  AggregateFunction,
  Hint,
  MetricsExpr,
  Pipeline,
  Query,
  ScalarPipeline,
  Stage,
  Static,
} from './ast.ts';
import type { TraceqlParseError } from './errors.ts';
import { isKeyword } from './keywords.ts';
import { combineOperands, type Operand, thresholdOf } from './operand.ts';
import { PRECEDENCE, parseFieldExpr, parseFieldList, parseStatic } from './parse-field.ts';
import {
  acceptTopK,
  isComparison,
  isSpansetOperator,
  parseMetricsAggregate,
  parseSpansetFilter,
  startsMetrics,
} from './parse-metrics.ts';
import { TokenStream } from './tokens.ts';

/**
 * Parses a query. Whether it makes sense is `validateQuery`'s question.
 *
 * @throws TraceqlParseError
 */
export function parseQuery(text: string): Query {
  const tokens = new TokenStream(text);
  const chain = parseChain(tokens);
  const hints: Hint[] = [];
  while (tokens.accept('with')) hints.push(...parseHints(tokens));
  if (tokens.next.type !== 'eof') throw tokens.unexpected();
  if (chain.form === 'metrics') return { kind: 'metrics', metrics: chain.node, hints };
  return { kind: 'search', pipeline: searchOf(chain, tokens), hints };
}

/** What is read up to a closing bracket or the end: stages between `|`, or one operand that stands alone. */
type Chain = Operand | { readonly form: 'stages'; readonly node: Pipeline };

function parseChain(tokens: TokenStream): Chain {
  const { start } = tokens.next;
  const stages: Stage[] = [];
  const first = parseOwnStage(tokens, false);
  if (first !== undefined) stages.push(first);
  else {
    const operand = parseOperation(tokens);
    if (operand.form === 'metrics') return { form: 'metrics', node: parseSecondStages(tokens, operand.node) };
    const stage = stageOf(operand);
    if (stage === undefined || !tokens.is('|')) return operand;
    stages.push(stage);
  }
  while (tokens.accept('|')) {
    const pipeline: Pipeline = { kind: 'pipeline', stages: [...stages], position: tokens.since(start) };
    if (startsMetrics(tokens)) {
      const aggregate = parseMetricsAggregate(tokens, pipeline);
      return { form: 'metrics', node: parseSecondStages(tokens, aggregate) };
    }
    const next = parseOwnStage(tokens, true);
    if (next !== undefined) {
      stages.push(next);
      continue;
    }
    const at = tokens.next;
    const operand = parseOperation(tokens);
    if (operand.form === 'scalar' && operand.node.kind === 'aggregate')
      return { form: 'scalar_pipeline', node: scalarPipeline(tokens, pipeline, operand.node) };
    const stage = stageOf(operand);
    if (stage === undefined) throw tokens.unexpected('expecting a stage of a pipeline', at);
    stages.push(stage);
  }
  return { form: 'stages', node: { kind: 'pipeline', stages, position: tokens.since(start) } };
}

const scalarPipeline = (tokens: TokenStream, pipeline: Pipeline, aggregate: Aggregate): ScalarPipeline => ({
  kind: 'scalar_pipeline',
  pipeline,
  aggregate,
  position: tokens.since(pipeline.position.start),
});

/** `by(…)`, `select(…)` and, but for the first one, `coalesce()`. */
function parseOwnStage(tokens: TokenStream, coalesce: boolean): Stage | undefined {
  const { start } = tokens.next;
  if (tokens.accept('by')) {
    tokens.expect('(');
    const expr = parseFieldExpr(tokens);
    tokens.expect(')');
    return { kind: 'by', expr, position: tokens.since(start) };
  }
  if (tokens.accept('select')) {
    tokens.expect('(');
    const fields = parseFieldList(tokens);
    tokens.expect(')');
    return { kind: 'select', fields, position: tokens.since(start) };
  }
  if (coalesce && tokens.accept('coalesce')) {
    tokens.expect('(');
    tokens.expect(')');
    return { kind: 'coalesce', position: tokens.since(start) };
  }
  return undefined;
}

/** An operand as a stage of a pipeline, if it may be one. */
function stageOf(operand: Operand): Stage | undefined {
  if (operand.form === 'spansets' && operand.isExpression) return operand.node;
  return operand.form === 'scalar_filter' && !operand.ofPipelines ? operand.node : undefined;
}

/** A chain as a whole query. */
function searchOf(chain: Exclude<Chain, { form: 'metrics' }>, tokens: TokenStream): Pipeline {
  if (chain.form === 'stages') return chain.node;
  if (chain.form === 'spansets' && chain.node.kind === 'pipeline') return chain.node;
  if (chain.form === 'spansets' || chain.form === 'scalar_filter')
    return { kind: 'pipeline', stages: [chain.node], position: chain.node.position };
  throw incomplete(tokens);
}

/** A figure is no answer by itself: there must be a comparison. */
const incomplete = (tokens: TokenStream): TraceqlParseError =>
  tokens.unexpected('expecting a comparison with =, !=, <, <=, > or >=');

const PRECEDENCES: Readonly<Record<string, number>> = {
  '&&': PRECEDENCE.or,
  '||': PRECEDENCE.or,
  '+': PRECEDENCE.additive,
  '-': PRECEDENCE.additive,
  '*': PRECEDENCE.multiplicative,
  '/': PRECEDENCE.multiplicative,
  '%': PRECEDENCE.multiplicative,
  '^': PRECEDENCE.power,
};

function precedenceOf(symbol: string): number | undefined {
  if (Object.hasOwn(PRECEDENCES, symbol)) return PRECEDENCES[symbol];
  return isComparison(symbol) || isSpansetOperator(symbol) ? PRECEDENCE.comparison : undefined;
}

/** Operands and the operators between them, each binding at least as tightly as `least`. */
function parseOperation(tokens: TokenStream, least: number = PRECEDENCE.or): Operand {
  let left = parseOperand(tokens);
  for (;;) {
    const { next } = tokens;
    const precedence = next.type === 'symbol' ? precedenceOf(next.text) : undefined;
    if (next.type !== 'symbol' || precedence === undefined || precedence < least) return left;
    tokens.advance();
    const rightAssociative = next.text === '^';
    const right = tokens.nested(() => parseOperation(tokens, rightAssociative ? precedence : precedence + 1));
    left = combineOperands(tokens, next.text, left, right, next);
  }
}

const AGGREGATES: ReadonlySet<string> = new Set<AggregateFunction>(['count', 'min', 'max', 'avg', 'sum']);

function parseOperand(tokens: TokenStream): Operand {
  const { next } = tokens;
  if (tokens.is('{'))
    return { form: 'spansets', node: parseSpansetFilter(tokens), isExpression: true, isPipeline: false };
  if (tokens.accept('(')) {
    const chain = tokens.nested(() => parseChain(tokens));
    const operand = inBrackets(chain, tokens);
    tokens.expect(')');
    return operand;
  }
  if (next.type === 'word' && AGGREGATES.has(next.text)) {
    const node = parseAggregate(tokens, next.text as AggregateFunction);
    return { form: 'scalar', node, literal: false };
  }
  if (tokens.accept('-')) return negated(tokens, next.start);
  const node = parseStatic(tokens);
  if (node === undefined) throw tokens.unexpected();
  return { form: 'scalar', node, literal: true };
}

/** What comes after a sign: a number, or numbers in brackets. */
function negated(tokens: TokenStream, start: number): Operand {
  const at = tokens.next;
  const operand = tokens.nested(() => parseOperand(tokens));
  const value = operand.form === 'scalar' && operand.node.kind === 'static' ? operand.node.value : undefined;
  if (value?.type !== 'int' && value?.type !== 'float' && value?.type !== 'duration')
    throw tokens.unexpected('expecting a number', at);
  const position = tokens.since(start);
  const node: Static = { kind: 'static', value: { type: value.type, value: -value.value }, position };
  return { form: 'scalar', node, literal: false };
}

/** What brackets make of a chain. */
function inBrackets(chain: Chain, tokens: TokenStream): Operand {
  switch (chain.form) {
    case 'stages':
      return { form: 'spansets', node: chain.node, isExpression: false, isPipeline: true };
    case 'spansets':
      return { ...chain, isPipeline: true };
    case 'scalar':
      return { ...chain, literal: false };
    case 'scalar_filter': {
      if (chain.ofPipelines) throw tokens.unexpected();
      const { position } = chain.node;
      const node: Pipeline = { kind: 'pipeline', stages: [chain.node], position };
      return { form: 'spansets', node, isExpression: false, isPipeline: true };
    }
    default:
      return chain;
  }
}

function parseAggregate(tokens: TokenStream, func: AggregateFunction): Aggregate {
  const { start } = tokens.advance();
  tokens.expect('(');
  const expr = func === 'count' ? undefined : parseFieldExpr(tokens);
  tokens.expect(')');
  return { kind: 'aggregate', func, expr, position: tokens.since(start) };
}

/** `| topk(5)`, `> 10` and so on, as many as there are. */
function parseSecondStages(tokens: TokenStream, metrics: MetricsExpr): MetricsExpr {
  let expr = metrics;
  for (;;) {
    const ranked = acceptTopK(tokens, expr);
    if (ranked !== undefined) {
      expr = ranked;
      continue;
    }
    const { next } = tokens;
    if (next.type !== 'symbol' || !isComparison(next.text)) return expr;
    tokens.advance();
    const value = thresholdOf(parseOperation(tokens, PRECEDENCE.additive));
    if (value === undefined) throw tokens.unexpected('metrics are compared with a number', next);
    const position = tokens.since(expr.position.start);
    expr = { kind: 'second_stage', expr, stage: { operator: next.text, value }, position };
  }
}

function parseHints(tokens: TokenStream): readonly Hint[] {
  tokens.expect('(');
  const hints: Hint[] = [];
  do {
    const name = tokens.advance();
    if (name.type !== 'word' || isKeyword(name.text))
      throw tokens.unexpected('expecting a name that TraceQL itself does not use', name);
    tokens.expect('=');
    const literal = parseStatic(tokens);
    if (literal === undefined) throw tokens.unexpected('expecting a value');
    hints.push({ name: name.text, value: literal.value });
  } while (tokens.accept(','));
  tokens.expect(')');
  return hints;
}
