import type { ArithmeticOperator, StaticValue } from './ast.ts';

/**
 * `left operator right` of two numbers, as Tempo works it out: integers stay integers (7 / 2 is 3), everything else becomes a float.
 * `nil` for what is no number, and for an integer divided by 0.
 */
export function reckon(operator: ArithmeticOperator, left: StaticValue, right: StaticValue): StaticValue {
  if (!isNumber(left) || !isNumber(right)) return { type: 'nil' };
  const value = OPERATIONS[operator](left.value, right.value);
  if (left.type !== 'int' || right.type !== 'int') return { type: 'float', value };
  if (right.value === 0 && (operator === '/' || operator === '%')) return { type: 'nil' };
  const whole = operator === '/' ? Math.trunc(value) : value;
  return { type: Number.isSafeInteger(whole) ? 'int' : 'float', value: whole };
}

type NumberValue = Extract<StaticValue, { readonly value: number }>;

const isNumber = (value: StaticValue): value is NumberValue =>
  value.type === 'int' || value.type === 'float' || value.type === 'duration';

const OPERATIONS = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': (a, b) => a ** b,
} as const satisfies Record<ArithmeticOperator, (a: number, b: number) => number>;
