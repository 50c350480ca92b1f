import type { DurationExpr } from './ast.ts';
import type { PositionRange } from './position.ts';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};

/** `1h30m` in milliseconds. Undefined if units repeat or do not go down. */
export function parseDurationText(text: string): number | undefined {
  let total = 0;
  let largest = Number.POSITIVE_INFINITY;
  for (const [, digits, unit] of text.matchAll(/([0-9]+)(ms|[smhdwy])/g)) {
    const unitMs = UNIT_MS[unit!]!;
    if (unitMs >= largest) return undefined;
    largest = unitMs;
    total += Number(digits) * unitMs;
  }
  return total <= MAX_DURATION_MS ? total : undefined;
}

/** Go's time.Duration ends at 292 years. */
export const MAX_DURATION_MS = 9_223_372_036_854;

/** 5400000 as `1h30m`, the shortest form that Prometheus prints. 0 is `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  let rest = Math.abs(ms);
  let out = ms < 0 ? '-' : '';
  // Years and weeks only when they fit exactly, so that 8d stays 8d.
  for (const [unit, exact] of [
    ['y', true],
    ['w', true],
    ['d', false],
    ['h', false],
    ['m', false],
    ['s', false],
    ['ms', false],
  ] as const) {
    const size = UNIT_MS[unit]!;
    if (exact && rest % size !== 0) continue;
    const count = Math.floor(rest / size);
    if (count > 0) out += `${count}${unit}`;
    rest -= count * size;
  }
  return out;
}

/** What `step()` and `range()` mean inside a duration. */
export interface DurationContext {
  readonly stepMs: number;
  readonly queryRangeMs: number;
}

/** A duration that cannot be worked out, at a place in the query. */
export class DurationError extends Error {
  readonly position: PositionRange;
  constructor(message: string, position: PositionRange) {
    super(message);
    this.position = position;
  }
}

/**
 * Works a duration out, in whole milliseconds.
 *
 * @throws DurationError on division by zero or a result that is not a duration.
 */
export function evaluateDuration(expr: DurationExpr, context: DurationContext): number {
  const seconds = evaluateSeconds(expr, context);
  const ms = Math.round(seconds * 1_000);
  if (!Number.isFinite(ms) || Math.abs(ms) > MAX_DURATION_MS) {
    throw new DurationError('duration out of range', expr.position);
  }
  return ms;
}

function evaluateSeconds(expr: DurationExpr, context: DurationContext): number {
  switch (expr.kind) {
    case 'literal':
      return expr.ms / 1_000;
    case 'step':
      return context.stepMs / 1_000;
    case 'range':
      return context.queryRangeMs / 1_000;
    case 'negate':
      return -evaluateSeconds(expr.expr, context);
    case 'paren':
      return evaluateSeconds(expr.expr, context);
    case 'min_of':
      return Math.min(evaluateSeconds(expr.left, context), evaluateSeconds(expr.right, context));
    case 'max_of':
      return Math.max(evaluateSeconds(expr.left, context), evaluateSeconds(expr.right, context));
    case 'binary':
      return evaluateBinary(expr, evaluateSeconds(expr.left, context), evaluateSeconds(expr.right, context));
  }
}

function evaluateBinary(expr: DurationExpr & { kind: 'binary' }, left: number, right: number): number {
  switch (expr.operator) {
    case '+':
      return left + right;
    case '-':
      return left - right;
    case '*':
      return left * right;
    case '/':
      if (right === 0) throw new DurationError('division by zero', expr.position);
      return left / right;
    case '%':
      if (right === 0) throw new DurationError('modulo by zero', expr.position);
      return left % right;
    case '^':
      return left ** right;
  }
}
