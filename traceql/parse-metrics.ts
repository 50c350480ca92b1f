import {
  type Compare,
  type ComparisonOperator,
  type Field,
  type MetricsAggregate,
  type MetricsExpr,
  type MetricsFunction,
  type Pipeline,
  type SecondStage,
  type SpansetFilter,
  STRUCTURAL_OPERATORS,
} from './ast.ts';
import { parseField, parseFieldExpr, parseFieldList } from './parse-field.ts';
import type { TokenStream } from './tokens.ts';

const METRICS_FUNCTIONS: ReadonlySet<string> = new Set<MetricsFunction>([
  'rate',
  'count_over_time',
  'min_over_time',
  'max_over_time',
  'avg_over_time',
  'sum_over_time',
  'quantile_over_time',
  'histogram_over_time',
  'compare',
]);

const DEFAULT_TOP_N = 10;

/** Whether a function that turns spans into metrics comes next. */
export const startsMetrics = (tokens: TokenStream): boolean =>
  tokens.next.type === 'word' && METRICS_FUNCTIONS.has(tokens.next.text);

/** `{ … }`. @throws TraceqlParseError */
export function parseSpansetFilter(tokens: TokenStream): SpansetFilter {
  const { start } = tokens.expect('{');
  if (tokens.accept('}')) {
    const position = tokens.since(start);
    return {
      kind: 'filter',
      expr: { kind: 'static', value: { type: 'bool', value: true }, position },
      position,
    };
  }
  const expr = parseFieldExpr(tokens);
  tokens.expect('}');
  return { kind: 'filter', expr, position: tokens.since(start) };
}

/** `rate() by (…)` and its like, after the pipeline whose spans it counts. @throws TraceqlParseError */
export function parseMetricsAggregate(tokens: TokenStream, pipeline: Pipeline): MetricsAggregate {
  const token = tokens.advance();
  const func = (token.type === 'word' ? token.text : '') as MetricsFunction;
  tokens.expect('(');
  let field: Field | undefined;
  let quantiles: readonly number[] = [];
  let compare: Compare | undefined;
  if (func === 'compare') compare = parseCompare(tokens);
  else if (func !== 'rate' && func !== 'count_over_time') {
    field = parseField(tokens);
    if (func === 'quantile_over_time') quantiles = parseQuantiles(tokens);
  }
  tokens.expect(')');
  const by = func === 'compare' ? [] : parseBy(tokens);
  const position = tokens.since(pipeline.position.start);
  return { kind: 'metrics_aggregate', pipeline, func, field, quantiles, compare, by, position };
}

function parseBy(tokens: TokenStream): readonly Field[] {
  if (!tokens.accept('by')) return [];
  tokens.expect('(');
  const by = parseFieldList(tokens);
  tokens.expect(')');
  return by;
}

function parseQuantiles(tokens: TokenStream): readonly number[] {
  const quantiles: number[] = [];
  while (tokens.accept(',')) {
    const { next } = tokens;
    if (next.type !== 'int' && next.type !== 'float') throw tokens.unexpected('expecting a number');
    quantiles.push(next.value);
    tokens.advance();
  }
  if (quantiles.length === 0) throw tokens.unexpected('expecting ,');
  return quantiles;
}

function parseCompare(tokens: TokenStream): Compare {
  const filter = parseSpansetFilter(tokens);
  const topN = tokens.accept(',') ? parseInteger(tokens) : DEFAULT_TOP_N;
  if (!tokens.accept(',')) return { filter, topN, startNanos: 0, endNanos: 0 };
  const startNanos = parseInteger(tokens);
  tokens.expect(',');
  return { filter, topN, startNanos, endNanos: parseInteger(tokens) };
}

function parseInteger(tokens: TokenStream): number {
  const { next } = tokens;
  if (next.type !== 'int') throw tokens.unexpected('expecting an integer');
  tokens.advance();
  return next.value;
}

/** `topk(n)` or `bottomk(n)`, if one comes after `|`. */
export function acceptTopK(tokens: TokenStream, expr: MetricsExpr): SecondStage | undefined {
  const { afterNext: word } = tokens;
  if (!tokens.is('|') || word.type !== 'word') return undefined;
  if (word.text !== 'topk' && word.text !== 'bottomk') return undefined;
  tokens.advance();
  tokens.advance();
  tokens.expect('(');
  const limit = parseInteger(tokens);
  tokens.expect(')');
  const position = tokens.since(expr.position.start);
  return { kind: 'second_stage', expr, stage: { func: word.text, limit }, position };
}

const COMPARISONS: ReadonlySet<string> = new Set<ComparisonOperator>(['=', '!=', '<', '<=', '>', '>=']);

export const isComparison = (text: string): text is ComparisonOperator => COMPARISONS.has(text);

const SPANSET_OPERATORS: ReadonlySet<string> = new Set([...STRUCTURAL_OPERATORS, '&&', '||']);

export const isSpansetOperator = (text: string): boolean => SPANSET_OPERATORS.has(text);
