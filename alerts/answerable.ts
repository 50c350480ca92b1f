import { childrenOf, type Expr, withoutParens } from '../promql/ast.ts';
import { evaluateDuration } from '../promql/duration.ts';
import { parseExpr } from '../promql/parser.ts';

/** Functions whose whole point is that a series may be missing. */
const ABSENCE = new Set(['absent', 'absent_over_time']);

/** How far back PromQL looks for the last sample of an instant selector. */
const LOOKBACK_MS = 300_000;

/** The name of the metric a selector asks for, or null where it asks by something else. */
function metricName(expr: Extract<Expr, { kind: 'vector_selector' }>): string | null {
  if (expr.name !== '') return expr.name;
  const matcher = expr.matchers.find(({ name, operator }) => name === '__name__' && operator === '=');
  return matcher?.value ?? null;
}

/**
 * Which metrics an expression cannot answer without: the ones of `missing` that keep it from having a result, in the
 * order of the text. `a or b` needs only one of its sides, `a unless b` only the left one, `absent(a)` none.
 */
export function blindingMetrics(expr: Expr, missing: (name: string) => boolean): readonly string[] {
  const node = withoutParens(expr);
  if (node.kind === 'vector_selector') {
    const name = metricName(node);
    return name !== null && missing(name) ? [name] : [];
  }
  if (node.kind === 'call' && ABSENCE.has(node.func)) return [];
  if (node.kind === 'binary' && node.operator === 'unless') return blindingMetrics(node.left, missing);
  const sides = childrenOf(node).map((child) => blindingMetrics(child, missing));
  if (node.kind === 'binary' && node.operator === 'or' && sides.some((side) => side.length === 0)) return [];
  return [...new Set(sides.flat())];
}

/**
 * Every metric name that an expression asks for, with how recent a sample must be for the metric to count as there:
 * half of the range that it is used with. A metric that vanishes is then missing before `rate` runs out of samples,
 * so that an alert on it is seen to be blind and not to be resolved.
 */
export function metricWindows(expr: Expr, rangeMs = LOOKBACK_MS): ReadonlyMap<string, number> {
  const node = withoutParens(expr);
  const windows = new Map<string, number>();
  const add = (name: string, windowMs: number) =>
    windows.set(name, Math.min(windowMs, windows.get(name) ?? Number.POSITIVE_INFINITY));
  if (node.kind === 'vector_selector') {
    const name = metricName(node);
    if (name !== null) add(name, rangeMs / 2);
    return windows;
  }
  const inner =
    node.kind === 'matrix_selector'
      ? evaluateDuration(node.range, { stepMs: 0, queryRangeMs: 0 })
      : undefined;
  for (const child of childrenOf(node)) {
    for (const [name, windowMs] of metricWindows(child, inner)) add(name, windowMs);
  }
  return windows;
}

/** Whether any series of this metric has a sample between the two times (epoch milliseconds, inclusive). */
export type SeriesExist = (
  metricName: string,
  range: { readonly fromMs: number; readonly toMs: number },
  abort: AbortSignal,
) => Promise<boolean>;

/** An answer that a metric is there is good for this long, where no alert depends on it. */
const REMEMBER_MS = 20_000;

/**
 * Finds the metrics that blind an expression. Most rules have an empty result most of the time, so answers are
 * remembered for a while unless `fresh` is asked for.
 */
export function createBlindnessCheck(
  seriesExist: SeriesExist,
): (
  expr: string,
  time: { readonly atMs: number; readonly monotonicMs: number },
  options: { readonly fresh: boolean; readonly abort: AbortSignal },
) => Promise<readonly string[]> {
  const trees = new Map<string, { readonly tree: Expr; readonly windows: ReadonlyMap<string, number> }>();
  const seenAt = new Map<string, number>();
  return async (expr, { atMs, monotonicMs }, { fresh, abort }) => {
    let parsed = trees.get(expr);
    if (parsed === undefined) {
      const tree = parseExpr(expr);
      parsed = { tree, windows: metricWindows(tree) };
      trees.set(expr, parsed);
    }
    const missing = new Set<string>();
    for (const [name, windowMs] of parsed.windows) {
      if (!fresh && monotonicMs - (seenAt.get(name) ?? Number.NEGATIVE_INFINITY) < REMEMBER_MS) continue;
      if (await seriesExist(name, { fromMs: atMs - windowMs, toMs: atMs }, abort))
        seenAt.set(name, monotonicMs);
      else missing.add(name);
    }
    return blindingMetrics(parsed.tree, (name) => missing.has(name));
  };
}
