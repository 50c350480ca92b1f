import { type Annotations, TEXT } from '../annotations.ts';
import type { ArithmeticOperator, ComparisonOperator } from '../ast.ts';
import {
  addHistograms,
  divideHistogram,
  scaleHistogram,
  subtractHistograms,
} from '../histogram/arithmetic.ts';
import { compact } from '../histogram/buckets.ts';
import { histogramsEqual } from '../histogram/comparison.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import { trimHistogram } from '../histogram/trim.ts';
import type { PositionRange } from '../position.ts';

/** Arithmetic on two floats. The trim operators are for histograms only. */
export const FLOAT_ARITHMETIC = {
  '+': (a, b) => a + b,
  '-': (a, b) => a - b,
  '*': (a, b) => a * b,
  '/': (a, b) => a / b,
  '%': (a, b) => a % b,
  '^': power,
  atan2: Math.atan2,
  '</': undefined,
  '>/': undefined,
} as const satisfies Record<ArithmeticOperator, ((a: number, b: number) => number) | undefined>;

/** IEEE pow: 1 to any power is 1, and so is -1 to an infinite one, where JavaScript says NaN. */
function power(a: number, b: number): number {
  if (a === 1 || (a === -1 && (b === Number.POSITIVE_INFINITY || b === Number.NEGATIVE_INFINITY))) return 1;
  return a ** b;
}

export const FLOAT_COMPARISON = {
  '==': (a, b) => a === b,
  '!=': (a, b) => a !== b,
  '>': (a, b) => a > b,
  '<': (a, b) => a < b,
  '>=': (a, b) => a >= b,
  '<=': (a, b) => a <= b,
} as const satisfies Record<ComparisonOperator, (a: number, b: number) => boolean>;

export type Sample = number | NativeHistogram;

/** Where to put what is to be said of an operation. */
export interface OperatorNotes {
  readonly annotations: Annotations;
  readonly position: PositionRange;
}

/** Arithmetic on samples of either kind; undefined, with a note, where it makes no sense. */
export function arithmetic(
  operator: ArithmeticOperator,
  left: Sample,
  right: Sample,
  notes: OperatorNotes,
): Sample | undefined {
  if (typeof left === 'number' && typeof right === 'number') {
    const fn = FLOAT_ARITHMETIC[operator];
    return fn === undefined ? incompatible(operator, left, right, notes) : fn(left, right);
  }
  if (typeof left === 'number') {
    if (operator === '*') return compact(scaleHistogram(right as NativeHistogram, left));
    return incompatible(operator, left, right, notes);
  }
  if (typeof right === 'number') return histogramByFloat(operator, left, right, notes);
  if (operator === '+' || operator === '-') return combine(operator, left, right, notes);
  return incompatible(operator, left, right, notes);
}

function histogramByFloat(
  operator: ArithmeticOperator,
  left: NativeHistogram,
  right: number,
  notes: OperatorNotes,
): Sample | undefined {
  switch (operator) {
    case '*':
      return compact(scaleHistogram(left, right));
    case '/':
      return compact(divideHistogram(left, right));
    case '</':
      return trimHistogram(left, right, 'below');
    case '>/':
      return trimHistogram(left, right, 'above');
    default:
      return incompatible(operator, left, right, notes);
  }
}

function combine(
  operator: '+' | '-',
  left: NativeHistogram,
  right: NativeHistogram,
  notes: OperatorNotes,
): Sample | undefined {
  const result = operator === '+' ? addHistograms(left, right) : subtractHistograms(left, right);
  const operation = operator === '+' ? 'addition' : 'subtraction';
  if (!result.ok) {
    notes.annotations.warn(TEXT.incompatibleBucketLayout(operator), notes.position);
    return undefined;
  }
  if (result.resetCollision) notes.annotations.warn(TEXT.resetCollision(operation), notes.position);
  if (result.boundsReconciled) notes.annotations.info(TEXT.boundsReconciled(operation), notes.position);
  return operator === '+' ? result.histogram : { ...result.histogram, counterResetHint: 'gauge' };
}

/** Whether a comparison holds; undefined, with a note, where it makes no sense. */
export function compare(
  operator: ComparisonOperator,
  left: Sample,
  right: Sample,
  notes: OperatorNotes,
): boolean | undefined {
  if (typeof left === 'number' && typeof right === 'number') return FLOAT_COMPARISON[operator](left, right);
  if (typeof left !== 'number' && typeof right !== 'number') {
    if (operator === '==') return histogramsEqual(left, right);
    if (operator === '!=') return !histogramsEqual(left, right);
  }
  return incompatible(operator, left, right, notes);
}

function incompatible(operator: string, left: Sample, right: Sample, notes: OperatorNotes): undefined {
  const kind = (sample: Sample): string => (typeof sample === 'number' ? 'float' : 'histogram');
  notes.annotations.info(TEXT.incompatibleTypes(kind(left), operator, kind(right)), notes.position);
  return undefined;
}
