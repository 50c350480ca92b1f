import type {
  AttributeScope,
  ComparisonOperator,
  Field,
  FieldExpr,
  Intrinsic,
  Pipeline,
  StaticValue,
} from './ast.ts';

/** What was not written in a query stands nowhere. */
const position = { start: 0, end: 0 };

/** An attribute, to be used in a query that no text was parsed for. */
export const attribute = (scope: AttributeScope, name: string): Field => ({
  kind: 'attribute',
  parent: false,
  ...{ scope, name, position },
});

/** An intrinsic by its scoped name. */
export const intrinsic = (name: Intrinsic): Field => ({
  kind: 'intrinsic',
  ...{ intrinsic: name, text: name, position },
});

/** `field operator value`. */
export const compareWith = (
  field: Field,
  operator: ComparisonOperator | '=~',
  value: StaticValue,
): FieldExpr => ({
  kind: 'binary',
  left: field,
  right: { kind: 'static', value, position },
  ...{ operator, position },
});

/** `a || b || …`; at least one. */
export const anyOf = (conditions: readonly FieldExpr[]): FieldExpr =>
  conditions.reduce((left, right) => ({ kind: 'binary', operator: '||', left, right, position }));

/** `{ a && b && … }`; `{ true }` where there is nothing to ask for. */
export function filterBy(conditions: readonly FieldExpr[]): Pipeline {
  const [first, ...rest] = conditions;
  const expr = rest.reduce<FieldExpr>(
    (left, right) => ({ kind: 'binary', operator: '&&', left, right, position }),
    first ?? { kind: 'static', value: { type: 'bool', value: true }, position },
  );
  return { kind: 'pipeline', stages: [{ kind: 'filter', expr, position }], position };
}
