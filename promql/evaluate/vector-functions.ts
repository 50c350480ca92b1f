import { METRIC_NAME } from '../../model/labels.ts';
import { TEXT } from '../annotations.ts';
import { type CallExpr, type Expr, type VectorSelector, withoutParens } from '../ast.ts';
import { LabelSet } from '../label-set.ts';
import type { EvaluationContext } from './context.ts';
import { greaterOf, lesserOf, mapFloats } from './float-functions.ts';
import { ABSENT, FLOAT, SeriesBuilder, type StepGrid, type VectorSeries } from './grid.ts';
import { stringArgument } from './label-functions.ts';

/** Floats limited to [lower, upper]; nothing where the limits are the wrong way round. */
export const clamp = (
  series: readonly VectorSeries[],
  lower: Float64Array,
  upper: Float64Array,
): VectorSeries[] =>
  mapFloats(series, (value, step) => {
    const [least, most] = [lower[step]!, upper[step]!];
    return most < least ? undefined : greaterOf(least, lesserOf(most, value));
  });

/** To the nearest multiple, ties upwards. */
export const round = (series: readonly VectorSeries[], nearest: Float64Array): VectorSeries[] =>
  mapFloats(series, (value, step) => {
    // By the inverse, which keeps 0.1 from becoming 0.1000000001.
    const inverse = 1 / nearest[step]!;
    return Math.floor(value * inverse + 0.5) / inverse;
  });

/** The one float of a vector at each step, else NaN. */
export function scalarOf(series: readonly VectorSeries[], grid: StepGrid): Float64Array {
  const values = new Float64Array(grid.steps).fill(Number.NaN);
  const seen = new Uint8Array(grid.steps);
  for (const one of series) {
    for (let step = 0; step < grid.steps; step++) {
      if (one.present[step] !== FLOAT) continue;
      values[step] = seen[step] === 0 ? one.values[step]! : Number.NaN;
      seen[step] = 1;
    }
  }
  return values;
}

/** A scalar as a vector without labels. */
export function vectorFromScalar(values: Float64Array): VectorSeries {
  const present = new Uint8Array(values.length).fill(FLOAT);
  return { labels: LabelSet.empty(), dropName: false, values, present, histograms: undefined };
}

/** 1 at the steps where no series has a value; its labels are those that the selector fixes. */
export function absent(arg: Expr, series: readonly VectorSeries[], grid: StepGrid): VectorSeries[] {
  const out = new SeriesBuilder(absentLabels(arg), false, grid.steps);
  for (let step = 0; step < grid.steps; step++) {
    if (!series.some((one) => one.present[step] !== ABSENT)) out.setFloat(step, 1);
  }
  return out.any ? [out] : [];
}

function absentLabels(arg: Expr): LabelSet {
  const inner = withoutParens(arg);
  const selector: VectorSelector | undefined =
    inner.kind === 'vector_selector' ? inner : inner.kind === 'matrix_selector' ? inner.selector : undefined;
  const labels = new Map<string, string>();
  const seen = new Set<string>();
  for (const { name, operator, value } of selector?.matchers ?? []) {
    if (name === METRIC_NAME) continue;
    // Matched twice, the label is not known.
    if (operator === '=' && !seen.has(name)) labels.set(name, value);
    else labels.delete(name);
    if (operator === '=') seen.add(name);
  }
  return LabelSet.fromEntries(labels);
}

/** `sort`, `sort_desc`: floats by value, NaN last. Only the order of an instant result shows it. */
export function sortByValue(
  call: CallExpr,
  series: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): VectorSeries[] {
  noteIneffective(call, grid, context);
  if (grid.steps > 1) return keepFloats(series);
  const down = call.func === 'sort_desc';
  return keepFloats(series).sort((a, b) => {
    const [x, y] = [a.values[0]!, b.values[0]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return down ? y - x || 0 : x - y || 0;
  });
}

function noteIneffective(call: CallExpr, grid: StepGrid, context: EvaluationContext): void {
  if (context.plan.request.grid.steps > 1 && grid === context.plan.request.grid) {
    context.annotations.warn(TEXT.sortIneffective, call.position);
  }
}

function keepFloats(series: readonly VectorSeries[]): VectorSeries[] {
  return series.flatMap((one) => {
    if (one.histograms === undefined) return [one];
    const out = new SeriesBuilder(one.labels, one.dropName, one.values.length);
    for (let step = 0; step < one.values.length; step++) {
      if (one.present[step] === FLOAT) out.setFloat(step, one.values[step]!);
    }
    return out.any ? [out] : [];
  });
}

/** `sort_by_label`, `sort_by_label_desc`: by label values, numbers inside them by value; then by all labels. */
export function sortByLabel(
  call: CallExpr,
  series: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): VectorSeries[] {
  noteIneffective(call, grid, context);
  const names = call.args.slice(1).map(stringArgument);
  const sign = call.func === 'sort_by_label_desc' ? -1 : 1;
  return [...series].sort((a, b) => {
    for (const name of names) {
      const order = compareNaturally(a.labels.get(name), b.labels.get(name));
      if (order !== 0) return sign * order;
    }
    return sign * compareLabels(a.labels, b.labels);
  });
}

/** `4m5` before `4m600`. */
function compareNaturally(a: string, b: string): number {
  const chunks = (text: string): string[] => text.match(/\d+|\D+/g) ?? [];
  const [left, right] = [chunks(a), chunks(b)];
  for (let i = 0; i < Math.min(left.length, right.length); i++) {
    const [x, y] = [left[i]!, right[i]!];
    if (x === y) continue;
    const numbers = /^\d/.test(x) && /^\d/.test(y);
    const difference = numbers ? Number(x) - Number(y) : 0;
    return difference !== 0 ? difference : x < y ? -1 : 1;
  }
  return left.length - right.length;
}

/** By name, then value, label after label, as Prometheus orders label sets. */
export function compareLabels(a: LabelSet, b: LabelSet): number {
  const length = Math.min(a.pairs.length, b.pairs.length);
  for (let i = 0; i < length; i++) {
    if (a.pairs[i] !== b.pairs[i]) return a.pairs[i]! < b.pairs[i]! ? -1 : 1;
  }
  return a.pairs.length - b.pairs.length;
}
