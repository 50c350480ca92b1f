import type { FieldExpr, FieldOperator, Intrinsic, ScalarExpr, StaticValue } from './ast.ts';

/** What kind of value an expression has; `attribute` is known only when a span is read. */
export type FieldType = StaticValue['type'] | 'attribute';

export const INTRINSIC_TYPES = {
  'span:duration': 'duration',
  'span:name': 'string',
  'span:kind': 'kind',
  'span:status': 'status',
  'span:statusMessage': 'string',
  'span:id': 'string',
  'span:parentID': 'string',
  'span:childCount': 'int',
  'trace:duration': 'duration',
  'trace:rootName': 'string',
  'trace:rootService': 'string',
  'trace:id': 'string',
  'event:name': 'string',
  'event:timeSinceStart': 'duration',
  'link:traceID': 'string',
  'link:spanID': 'string',
  // As Tempo has it.
  'instrumentation:name': 'attribute',
  'instrumentation:version': 'attribute',
  nestedSetLeft: 'int',
  nestedSetRight: 'int',
  nestedSetParent: 'int',
  parent: 'nil',
} as const satisfies Record<Intrinsic, FieldType>;

/** The type of a field expression, from its parts. */
export function typeOfField(expr: FieldExpr): FieldType {
  switch (expr.kind) {
    case 'static':
      return expr.value.type;
    case 'intrinsic':
      return INTRINSIC_TYPES[expr.intrinsic];
    case 'attribute':
      return 'attribute';
    case 'exists':
      return 'bool';
    case 'unary':
      return typeOfField(expr.expr);
    case 'binary': {
      if (!isArithmetic(expr.operator)) return 'bool';
      const left = typeOfField(expr.left);
      return left === 'attribute' ? typeOfField(expr.right) : left;
    }
  }
}

/** The type of a figure. */
export function typeOfScalar(expr: ScalarExpr): FieldType {
  switch (expr.kind) {
    case 'static':
      return expr.value.type;
    case 'aggregate':
      return expr.expr === undefined ? 'int' : typeOfField(expr.expr);
    case 'scalar_pipeline':
      return typeOfScalar(expr.aggregate);
    case 'scalar_operation': {
      const left = typeOfScalar(expr.left);
      return left === 'attribute' ? typeOfScalar(expr.right) : left;
    }
  }
}

export const isNumeric = (type: FieldType): boolean =>
  type === 'int' || type === 'float' || type === 'duration';

export const isArithmetic = (operator: FieldOperator): boolean => '+-*/%^'.includes(operator);

/** Whether two types can stand beside an operator at all. */
export const fitTogether = (left: FieldType, right: FieldType): boolean =>
  left === 'attribute' || right === 'attribute' || left === right || (isNumeric(left) && isNumeric(right));

const EQUALITY: readonly FieldOperator[] = ['=', '!='];
const ORDER: readonly FieldOperator[] = ['<', '<=', '>', '>='];
const NUMERIC: readonly FieldOperator[] = ['+', '-', '*', '/', '%', '^', ...EQUALITY, ...ORDER];

const OPERATORS = {
  nil: EQUALITY,
  bool: ['&&', '||', ...EQUALITY],
  int: NUMERIC,
  float: NUMERIC,
  duration: NUMERIC,
  string: ['=~', '!~', ...EQUALITY, ...ORDER],
  status: EQUALITY,
  kind: EQUALITY,
} as const satisfies Record<StaticValue['type'], readonly FieldOperator[]>;

/** Whether an operator means something for a type. */
export const operatorFits = (operator: FieldOperator, type: FieldType): boolean =>
  type === 'attribute' || (OPERATORS[type] as readonly FieldOperator[]).includes(operator);

/** Whether an expression looks at the span at all. */
export function readsSpan(expr: FieldExpr): boolean {
  switch (expr.kind) {
    case 'static':
      return false;
    case 'intrinsic':
    case 'attribute':
      return true;
    case 'unary':
    case 'exists':
      return readsSpan(expr.expr);
    case 'binary':
      return readsSpan(expr.left) || readsSpan(expr.right);
  }
}
