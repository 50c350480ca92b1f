import type { LabelMatcher } from '../model/labels.ts';
import type { AtModifier, BinaryExpr, DurationExpr, Expr, SubqueryExpr, VectorSelector } from './ast.ts';
import { typeOf } from './check-types.ts';
import { evaluateDuration } from './duration.ts';
import { signatureOf } from './function-signatures.ts';
import { formatNumber } from './number-literal.ts';

/** A node as Prometheus's web UI reads it. */
export interface ExpressionJson {
  readonly type: string;
  readonly [field: string]: unknown;
}

/**
 * The tree of an expression in the form of Prometheus's `/api/v1/parse_query`. Durations are milliseconds; one that depends on the step or
 * range of the query is 0, since neither is known here.
 */
export function toExpressionJson(expr: Expr): ExpressionJson {
  switch (expr.kind) {
    case 'number':
      return { type: 'numberLiteral', val: formatNumber(expr.value) };
    case 'string':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: toExpressionJson(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.operator, expr: toExpressionJson(expr.expr) };
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expr.operator,
        lhs: toExpressionJson(expr.left),
        rhs: toExpressionJson(expr.right),
        matching: matchingJson(expr),
        bool: expr.returnBool,
      };
    case 'call': {
      const { args, variadic, returns } = signatureOf(expr.func);
      return {
        type: 'call',
        func: { name: expr.func, argTypes: args, variadic, returnType: returns },
        args: expr.args.map(toExpressionJson),
      };
    }
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.operator,
        expr: toExpressionJson(expr.expr),
        param: expr.param === undefined ? null : toExpressionJson(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'vector_selector':
      return { type: 'vectorSelector', ...selectorJson(expr) };
    case 'matrix_selector':
      return { type: 'matrixSelector', ...selectorJson(expr.selector), range: constantMs(expr.range) };
    case 'subquery':
      return {
        type: 'subquery',
        expr: toExpressionJson(expr.expr),
        range: constantMs(expr.range),
        step: constantMs(expr.step),
        ...timeJson(expr),
      };
  }
}

/** Null where a scalar stands on one side: there is nothing to match. */
function matchingJson({ left, right, matching }: BinaryExpr): object | null {
  if (matching === undefined || typeOf(left) !== 'vector' || typeOf(right) !== 'vector') return null;
  const { card, labels, on, include, fillLeft, fillRight } = matching;
  return { card, labels, on, include, fillValues: { lhs: fillLeft ?? null, rhs: fillRight ?? null } };
}

const selectorJson = (selector: VectorSelector): object => ({
  name: selector.name,
  matchers: selector.matchers.map(matcherJson),
  ...timeJson(selector),
  anchored: selector.extension === 'anchored',
  smoothed: selector.extension === 'smoothed',
});

const matcherJson = ({ name, value, operator }: LabelMatcher): object => ({ name, value, type: operator });

const timeJson = ({ offset, at }: VectorSelector | SubqueryExpr): object => ({
  offset: constantMs(offset),
  timestamp: at?.kind === 'timestamp' ? at.ms : null,
  startOrEnd: boundOf(at),
});

const boundOf = (at: AtModifier | undefined): 'start' | 'end' | null =>
  at === undefined || at.kind === 'timestamp' ? null : at.kind;

const constantMs = (duration: DurationExpr | undefined): number =>
  duration === undefined || usesQueryTimes(duration)
    ? 0
    : evaluateDuration(duration, { stepMs: 0, queryRangeMs: 0 });

function usesQueryTimes(duration: DurationExpr): boolean {
  switch (duration.kind) {
    case 'literal':
      return false;
    case 'step':
    case 'range':
      return true;
    case 'negate':
    case 'paren':
      return usesQueryTimes(duration.expr);
    default:
      return usesQueryTimes(duration.left) || usesQueryTimes(duration.right);
  }
}
