import type { BinaryField, ComparisonOperator, Field, FieldExpr, Intrinsic } from '../../traceql/ast.ts';
import { operate } from '../../traceql/evaluate/values.ts';
import { SERVICE_NAME } from '../../traceql/trace.ts';
import { attributeSql } from './attribute-sql.ts';
import type { Comparison } from './compare-sql.ts';
import { intrinsicExistsSql, intrinsicSql } from './intrinsic-sql.ts';
import type { SqlParameters } from './sql-parameters.ts';
import { childCountSql, traceFactSql } from './trace-facts.ts';

/** A condition on a row of `spans`. Not `exact`: it also holds for spans that do not match, never the other way round. */
export interface Condition {
  readonly sql: string;
  readonly exact: boolean;
}

const exactly = (sql: string): Condition => ({ sql, exact: true });
/** What one row does not tell. */
const PERHAPS: Condition = { sql: '1', exact: false };

/** What a condition may look at: rows of `spans` alone, or also what the table of traces says around `{from:Int64}` to `{to:Int64}`. */
export type Sight = 'spans' | 'traces';

/** A spanset filter's expression as a condition on spans. */
export function conditionOf(expr: FieldExpr, parameters: SqlParameters, sight: Sight = 'spans'): Condition {
  switch (expr.kind) {
    case 'static':
      return exactly(expr.value.type === 'bool' && expr.value.value ? '1' : '0');
    case 'attribute':
      return expr.parent ? PERHAPS : exactly(attributeSql(expr.scope, expr.name, parameters).isTrue());
    case 'intrinsic':
      return exactly('0');
    case 'exists':
      return existence(expr.expr, expr.negated, parameters);
    case 'unary':
      return expr.operator === '!' ? negation(expr.expr, parameters, sight) : exactly('0');
    case 'binary':
      return binary(expr, parameters, sight);
  }
}

function existence(expr: FieldExpr, negated: boolean, parameters: SqlParameters): Condition {
  if (expr.kind !== 'attribute' && expr.kind !== 'intrinsic') return PERHAPS;
  const sql =
    expr.kind === 'attribute'
      ? attributeSql(expr.scope, expr.name, parameters).exists()
      : intrinsicExistsSql(expr.intrinsic);
  return exactly(negated ? `NOT ${sql}` : sql);
}

/** `!` of what is no boolean is nothing, so an attribute must be `false`; the rest is a comparison, which always is one. */
function negation(expr: FieldExpr, parameters: SqlParameters, sight: Sight): Condition {
  if (expr.kind === 'attribute') return exactly(attributeSql(expr.scope, expr.name, parameters).isFalse());
  if (expr.kind === 'unary' || expr.kind === 'intrinsic') return PERHAPS;
  const inner = conditionOf(expr, parameters, sight);
  return inner.exact ? exactly(`NOT (${inner.sql})`) : PERHAPS;
}

function binary(expr: BinaryField, parameters: SqlParameters, sight: Sight): Condition {
  const { operator } = expr;
  if (operator === '&&' || operator === '||') return joined(expr, operator, parameters, sight);
  if (isReckoning(operator)) return exactly('0');
  if (expr.left.kind === 'static' && expr.right.kind === 'static') {
    const holds = operate(operator, expr.left.value, expr.right.value);
    return exactly(holds.type === 'bool' && holds.value ? '1' : '0');
  }
  if (isField(expr.left) && expr.right.kind === 'static')
    return comparison(expr.left, { operator, value: expr.right.value }, parameters, sight);
  if (expr.left.kind === 'static' && isField(expr.right) && operator !== '=~' && operator !== '!~')
    return comparison(
      expr.right,
      { operator: MIRRORED[operator], value: expr.left.value },
      parameters,
      sight,
    );
  return PERHAPS;
}

const MIRRORED = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
} as const satisfies Record<ComparisonOperator, ComparisonOperator>;

const isReckoning = (operator: BinaryField['operator']): operator is '+' | '-' | '*' | '/' | '%' | '^' =>
  '+-*/%^'.includes(operator);

const isField = (expr: FieldExpr): expr is Field => expr.kind === 'attribute' || expr.kind === 'intrinsic';

/**
 * A chain of one operator is joined flat: ClickHouse bounds how deep a query may be. What is read in no time comes first, so that the
 * rest is read only where it still matters.
 */
function joined(
  expr: BinaryField,
  operator: '&&' | '||',
  parameters: SqlParameters,
  sight: Sight,
): Condition {
  const parts = chain(expr, operator)
    .toSorted((a, b) => weightOf(a) - weightOf(b))
    .map((part) => conditionOf(part, parameters, sight));
  const word = operator === '&&' ? ' AND ' : ' OR ';
  const exact = parts.every((part) => part.exact);
  return { sql: `(${parts.map(({ sql }) => sql).join(word)})`, exact };
}

/** Columns of few values. */
const LIGHT: ReadonlySet<Intrinsic> = new Set(['span:name', 'span:kind', 'span:status']);

/** Of what a condition reads: the columns of few values, attributes (which seldom hold), numbers and ids, of which hardly two are the same. */
function weightOf(expr: FieldExpr): 0 | 1 | 2 {
  switch (expr.kind) {
    case 'attribute':
      return expr.scope === 'resource' && expr.name === SERVICE_NAME ? 0 : 1;
    case 'intrinsic':
      return LIGHT.has(expr.intrinsic) ? 0 : 2;
    case 'binary':
      return Math.max(weightOf(expr.left), weightOf(expr.right)) as 0 | 1 | 2;
    case 'unary':
    case 'exists':
      return weightOf(expr.expr);
    case 'static':
      return 0;
  }
}

function chain(expr: FieldExpr, operator: '&&' | '||'): readonly FieldExpr[] {
  const parts: FieldExpr[] = [];
  const open = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'binary' && next.operator === operator) open.push(next.right, next.left);
    else parts.push(next);
  }
  return parts;
}

function comparison(
  field: Field,
  comparison: Comparison,
  parameters: SqlParameters,
  sight: Sight,
): Condition {
  if (field.kind === 'attribute')
    return exactly(attributeSql(field.scope, field.name, parameters).compare(comparison));
  const ofRow = intrinsicSql(field.intrinsic, comparison, parameters);
  if (ofRow !== undefined) return exactly(ofRow);
  if (sight === 'spans') return PERHAPS;
  const children = field.intrinsic === 'span:childCount' ? childCountSql(comparison) : undefined;
  if (children !== undefined) return { sql: children, exact: false };
  const ofTrace = traceFactSql(field.intrinsic, comparison, parameters);
  return ofTrace === undefined ? PERHAPS : exactly(ofTrace);
}
