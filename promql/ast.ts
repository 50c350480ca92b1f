import type { LabelMatcher } from '../model/labels.ts';
import type { AggregationName } from './aggregations.ts';
import type { FunctionName } from './function-signatures.ts';
import type { PositionRange } from './position.ts';

/** The four types of PromQL. */
export type ValueType = 'scalar' | 'vector' | 'matrix' | 'string';

export type Expr =
  | NumberLiteral
  | StringLiteral
  | ParenExpr
  | UnaryExpr
  | BinaryExpr
  | CallExpr
  | AggregateExpr
  | VectorSelector
  | MatrixSelector
  | SubqueryExpr;

export interface NumberLiteral {
  readonly kind: 'number';
  readonly value: number;
  /** Whether it was written as a duration: `5m` is 300. */
  readonly duration: boolean;
  readonly position: PositionRange;
}

export interface StringLiteral {
  readonly kind: 'string';
  readonly value: string;
  readonly position: PositionRange;
}

export interface ParenExpr {
  readonly kind: 'paren';
  readonly expr: Expr;
  readonly position: PositionRange;
}

export interface UnaryExpr {
  readonly kind: 'unary';
  readonly operator: '+' | '-';
  readonly expr: Expr;
  readonly position: PositionRange;
}

export type ArithmeticOperator = '+' | '-' | '*' | '/' | '%' | '^' | 'atan2' | '</' | '>/';
export type ComparisonOperator = '==' | '!=' | '>' | '<' | '>=' | '<=';
export type SetOperator = 'and' | 'or' | 'unless';
export type BinaryOperator = ArithmeticOperator | ComparisonOperator | SetOperator;

export interface BinaryExpr {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
  readonly returnBool: boolean;
  /** Only between two instant vectors. */
  readonly matching: VectorMatching | undefined;
  readonly position: PositionRange;
}

/** How series of the two sides find each other. */
export interface VectorMatching {
  readonly card: 'one-to-one' | 'many-to-one' | 'one-to-many' | 'many-to-many';
  /** `on (labels)` if true, else `ignoring (labels)`. */
  readonly on: boolean;
  readonly labels: readonly string[];
  /** Labels that the "one" side gives to the result: `group_left (include)`. */
  readonly include: readonly string[];
  /** Values for a side that has no match. */
  readonly fillLeft: number | undefined;
  readonly fillRight: number | undefined;
}

export interface CallExpr {
  readonly kind: 'call';
  readonly func: FunctionName;
  readonly args: readonly Expr[];
  readonly position: PositionRange;
}

export interface AggregateExpr {
  readonly kind: 'aggregate';
  readonly operator: AggregationName;
  readonly expr: Expr;
  readonly param: Expr | undefined;
  readonly grouping: readonly string[];
  readonly without: boolean;
  readonly position: PositionRange;
}

/** The `@` modifier. */
export type AtModifier =
  | { readonly kind: 'timestamp'; readonly ms: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' };

export interface VectorSelector {
  readonly kind: 'vector_selector';
  /** The name in front of the braces; also among the matchers. */
  readonly name: string;
  readonly matchers: readonly LabelMatcher[];
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  readonly extension: 'anchored' | 'smoothed' | undefined;
  readonly position: PositionRange;
}

export interface MatrixSelector {
  readonly kind: 'matrix_selector';
  readonly selector: VectorSelector;
  readonly range: DurationExpr;
  readonly position: PositionRange;
}

export interface SubqueryExpr {
  readonly kind: 'subquery';
  readonly expr: Expr;
  readonly range: DurationExpr;
  /** Absent: the engine's default step. */
  readonly step: DurationExpr | undefined;
  readonly offset: DurationExpr | undefined;
  readonly at: AtModifier | undefined;
  readonly position: PositionRange;
}

/** A duration, possibly calculated: `[5m + step()]`. */
export type DurationExpr =
  | { readonly kind: 'literal'; readonly ms: number; readonly position: PositionRange }
  | { readonly kind: 'step' | 'range'; readonly position: PositionRange }
  | { readonly kind: 'negate'; readonly expr: DurationExpr; readonly position: PositionRange }
  | { readonly kind: 'paren'; readonly expr: DurationExpr; readonly position: PositionRange }
  | {
      readonly kind: 'binary';
      readonly operator: '+' | '-' | '*' | '/' | '%' | '^';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
      readonly position: PositionRange;
    }
  | {
      readonly kind: 'min_of' | 'max_of';
      readonly left: DurationExpr;
      readonly right: DurationExpr;
      readonly position: PositionRange;
    };

export const COMPARISON_OPERATORS: ReadonlySet<string> = new Set(['==', '!=', '>', '<', '>=', '<=']);
export const SET_OPERATORS: ReadonlySet<string> = new Set(['and', 'or', 'unless']);

export const isComparison = (operator: BinaryOperator): operator is ComparisonOperator =>
  COMPARISON_OPERATORS.has(operator);
export const isSetOperator = (operator: BinaryOperator): operator is SetOperator =>
  SET_OPERATORS.has(operator);

/** Whether the result of an operator is another metric than its operand: not so for comparisons and trimming. */
export const changesMetric = (operator: BinaryOperator): boolean =>
  !isComparison(operator) && !isSetOperator(operator) && operator !== '</' && operator !== '>/';

/** The expression without the parentheses around it. */
export function withoutParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}

/** The direct sub-expressions of a node, in the order of the text. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'number':
    case 'string':
    case 'vector_selector':
      return [];
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'call':
      return expr.args;
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'matrix_selector':
      return [expr.selector];
  }
}
