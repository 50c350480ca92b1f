import { reckon } from './arithmetic.ts';
import type {
  ArithmeticOperator,
  ComparisonOperator,
  MetricsExpr,
  ScalarExpr,
  ScalarFilter,
  SpansetExpr,
  SpansetOperator,
  Static,
} from './ast.ts';
import type { Token } from './lexer.ts';
import { isComparison, isSpansetOperator } from './parse-metrics.ts';
import type { TokenStream } from './tokens.ts';

/**
 * What an expression outside braces can turn out to be. Brackets decide it only at their end, so one parser reads them all, and
 * {@link combineOperands} says which go together.
 */
export type Operand =
  | {
      readonly form: 'spansets';
      readonly node: SpansetExpr;
      /** Filters and their combinations: may be a stage of a pipeline. */
      readonly isExpression: boolean;
      /** Pipelines in brackets and their combinations: a query by themselves. `({ … })` is both. */
      readonly isPipeline: boolean;
    }
  /** Figures of one spanset. `literal`: one token. */
  | { readonly form: 'scalar'; readonly node: ScalarExpr; readonly literal: boolean }
  /** `({ … } | count())` and arithmetic between such. */
  | { readonly form: 'scalar_pipeline'; readonly node: ScalarExpr }
  | { readonly form: 'scalar_filter'; readonly node: ScalarFilter; readonly ofPipelines: boolean }
  | { readonly form: 'metrics'; readonly node: MetricsExpr };

const ARITHMETIC: ReadonlySet<string> = new Set<ArithmeticOperator>(['+', '-', '*', '/', '%', '^']);
const isArithmetic = (text: string): text is ArithmeticOperator => ARITHMETIC.has(text);

type Scalar = Extract<Operand, { form: 'scalar' }>;

/** Joins two operands. @throws TraceqlParseError where they do not go together; the error is at the operator. */
export function combineOperands(
  tokens: TokenStream,
  operator: string,
  left: Operand,
  right: Operand,
  at: Token,
): Operand {
  const position = tokens.since(left.node.position.start);
  const joined =
    spansetOperation(operator, left, right, position) ??
    metricsOperation(operator, left, right, position) ??
    scalarOperation(operator, left, right, position) ??
    scalarComparison(operator, left, right, position);
  if (joined === undefined) throw tokens.unexpected('', at);
  return joined;
}

type Position = SpansetExpr['position'];

function spansetOperation(
  operator: string,
  left: Operand,
  right: Operand,
  position: Position,
): Operand | undefined {
  if (left.form !== 'spansets' || right.form !== 'spansets' || !isSpansetOperator(operator)) return undefined;
  const isExpression = left.isExpression && right.isExpression;
  const isPipeline = left.isPipeline && right.isPipeline;
  if (!isExpression && !isPipeline) return undefined;
  return {
    form: 'spansets',
    node: {
      kind: 'spanset_operation',
      operator: operator as SpansetOperator,
      left: left.node,
      right: right.node,
      position,
    },
    isExpression,
    isPipeline,
  };
}

function metricsOperation(
  operator: string,
  left: Operand,
  right: Operand,
  position: Position,
): Operand | undefined {
  if (left.form === 'metrics' && isComparison(operator)) {
    const value = thresholdOf(right);
    if (value === undefined) return undefined;
    return {
      form: 'metrics',
      node: { kind: 'second_stage', expr: left.node, stage: { operator, value }, position },
    };
  }
  if (operator !== '+' && operator !== '-' && operator !== '*' && operator !== '/') return undefined;
  if (left.form !== 'metrics' && right.form !== 'metrics') return undefined;
  const [one, other] = [metricsOrNumber(left), metricsOrNumber(right)];
  if (one === undefined || other === undefined) return undefined;
  return {
    form: 'metrics',
    node: { kind: 'metrics_operation', operator, left: one, right: other, position },
  };
}

const metricsOrNumber = (operand: Operand): MetricsExpr | Static | undefined =>
  operand.form === 'metrics' ? operand.node : plainNumber(operand);

/** An integer or float; arithmetic between such was worked out already. */
function plainNumber(operand: Operand): Static | undefined {
  if (operand.form !== 'scalar' || operand.node.kind !== 'static') return undefined;
  const { type } = operand.node.value;
  return type === 'int' || type === 'float' ? operand.node : undefined;
}

/** What metrics can be compared with: a number, or one duration. */
export function thresholdOf(operand: Operand): Static | undefined {
  if (operand.form !== 'scalar' || operand.node.kind !== 'static') return undefined;
  return operand.node.value.type === 'duration' ? operand.node : plainNumber(operand);
}

function scalarOperation(
  operator: string,
  left: Operand,
  right: Operand,
  position: Position,
): Operand | undefined {
  if (!isArithmetic(operator)) return undefined;
  if (left.form === 'scalar_pipeline' && right.form === 'scalar_pipeline') {
    return {
      form: 'scalar_pipeline',
      node: { kind: 'scalar_operation', operator, left: left.node, right: right.node, position },
    };
  }
  if (!isFigure(left) || !isFigure(right)) return undefined;
  const node: ScalarExpr | undefined =
    left.node.kind === 'static' && right.node.kind === 'static'
      ? fold(operator, left.node, right.node, position)
      : { kind: 'scalar_operation', operator, left: left.node, right: right.node, position };
  return node && { form: 'scalar', node, literal: false };
}

/** A figure that can be reckoned with: an aggregate, or a number or duration. */
function isFigure(operand: Operand): operand is Scalar {
  if (operand.form !== 'scalar') return false;
  if (operand.node.kind !== 'static') return true;
  return ['int', 'float', 'duration'].includes(operand.node.value.type);
}

/** Arithmetic between two numbers, worked out at once; undefined for durations, and for integers divided by 0. */
function fold(
  operator: ArithmeticOperator,
  left: Static,
  right: Static,
  position: Position,
): Static | undefined {
  if (left.value.type === 'duration' || right.value.type === 'duration') return undefined;
  const value = reckon(operator, left.value, right.value);
  return value.type === 'nil' ? undefined : { kind: 'static', value, position };
}

function scalarComparison(
  operator: string,
  left: Operand,
  right: Operand,
  position: Position,
): Operand | undefined {
  if (!isComparison(operator)) return undefined;
  const filter = (one: ScalarExpr, other: ScalarExpr, ofPipelines: boolean): Operand => ({
    form: 'scalar_filter',
    node: {
      kind: 'scalar_filter',
      operator: operator as ComparisonOperator,
      left: one,
      right: other,
      position,
    },
    ofPipelines,
  });
  if (left.form === 'scalar_pipeline') {
    const literal = right.form === 'scalar' && right.literal;
    return literal || right.form === 'scalar_pipeline' ? filter(left.node, right.node, true) : undefined;
  }
  if (!isFigure(left) || !isFigure(right)) return undefined;
  return filter(left.node, right.node, false);
}
