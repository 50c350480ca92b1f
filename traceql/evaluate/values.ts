import { compileRegex } from '../../promql/matcher.ts';
import { reckon } from '../arithmetic.ts';
import type { ComparisonOperator, FieldOperator, StaticValue } from '../ast.ts';
import { fitTogether, operatorFits } from '../field-type.ts';
import type { AttributeValue } from '../trace.ts';

/** What a field is on a span: one value, none (`nil`), or several, of events, links or a list. */
export type FieldValue = StaticValue | { readonly type: 'several'; readonly values: readonly StaticValue[] };

export const NIL: StaticValue = { type: 'nil' };
export const TRUE: StaticValue = { type: 'bool', value: true };
export const FALSE: StaticValue = { type: 'bool', value: false };

/** An attribute's value in TraceQL's terms. A map is nothing that can be compared. */
export function toFieldValue(value: AttributeValue | undefined): FieldValue {
  if (typeof value === 'string') return { type: 'string', value };
  if (typeof value === 'boolean') return value ? TRUE : FALSE;
  if (typeof value === 'number') return { type: isInt(value) ? 'int' : 'float', value };
  if (Array.isArray(value)) {
    const values = value.map(toFieldValue).filter((each) => each.type !== 'several' && each.type !== 'nil');
    return { type: 'several', values: values as StaticValue[] };
  }
  return NIL;
}

/** Whether a number may be one of 64 bits; whole floats are taken for such. */
const isInt = (value: number): boolean => Number.isInteger(value) && Math.abs(value) < 2 ** 63;

/** A number, of whatever unit; NaN for what is none. */
export const numberOf = (value: FieldValue): number =>
  value.type === 'int' || value.type === 'float' || value.type === 'duration' ? value.value : Number.NaN;

/**
 * `left operator right` of two values. Types that do not fit make a comparison false and arithmetic `nil`. Of several values
 * one is enough, for `!=` and `!~` all must differ; they are no boolean.
 */
export function operate(operator: FieldOperator, left: FieldValue, right: FieldValue): StaticValue {
  if (operator === '&&') return bool(isTrue(left) && isTrue(right));
  if (operator === '||') return bool(isTrue(left) || isTrue(right));
  if (left.type === 'several')
    return ofSeveral(operator, left.values, (one) => operate(operator, one, right));
  if (right.type === 'several')
    return ofSeveral(operator, right.values, (one) => operate(operator, left, one));
  const fits =
    fitTogether(left.type, right.type) &&
    operatorFits(operator, left.type) &&
    operatorFits(operator, right.type);
  switch (operator) {
    case '+':
    case '-':
    case '*':
    case '/':
    case '%':
    case '^':
      return fits ? reckon(operator, left, right) : NIL;
    case '=~':
    case '!~':
      return bool(fits && matches(left, right) === (operator === '=~'));
    default:
      return bool(fits && compare(operator, left, right));
  }
}

export const isTrue = (value: FieldValue): boolean => value.type === 'bool' && value.value;
const bool = (value: boolean): StaticValue => (value ? TRUE : FALSE);

function ofSeveral(
  operator: FieldOperator,
  values: readonly StaticValue[],
  one: (value: StaticValue) => StaticValue,
): StaticValue {
  if (values.length === 0) return FALSE;
  return operator === '!=' || operator === '!~'
    ? bool(values.every((value) => isTrue(one(value))))
    : bool(values.some((value) => isTrue(one(value))));
}

function matches(text: StaticValue, pattern: StaticValue): boolean | undefined {
  if (text.type !== 'string' || pattern.type !== 'string') return undefined;
  const compiled = compileRegex(pattern.value);
  return compiled.ok ? compiled.regex.test(text.value) : undefined;
}

function compare(operator: ComparisonOperator, left: StaticValue, right: StaticValue): boolean {
  if (left.type === 'nil' || right.type === 'nil') return false;
  const [a, b] = [left.value, right.value];
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}
