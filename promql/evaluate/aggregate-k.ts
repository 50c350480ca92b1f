import { TEXT } from '../annotations.ts';
import type { AggregateExpr } from '../ast.ts';
import { EvaluationError } from '../errors.ts';
import type { LabelSet } from '../label-set.ts';
import { formatHistogram } from '../histogram/comparison.ts';
import { formatNumber } from '../number-literal.ts';
import { groupLabels, groupSeries } from './aggregate.ts';
import type { EvaluationContext } from './context.ts';
import { ABSENT, FLOAT, SeriesBuilder, type VectorSeries } from './grid.ts';

export type SelectingAggregation = 'topk' | 'bottomk' | 'limitk' | 'limit_ratio';

/** The aggregations that let some series of each group through as they are. */
export function evaluateSelection(
  expr: AggregateExpr & { readonly operator: SelectingAggregation },
  series: readonly VectorSeries[],
  param: Float64Array,
  context: EvaluationContext,
): VectorSeries[] {
  const steps = param.length;
  if (!checkParam(expr, param, context)) return [];
  const outputs = new Map<VectorSeries, SeriesBuilder>();
  const keep = (one: VectorSeries, step: number): void => {
    let out = outputs.get(one);
    if (out === undefined) {
      out = new SeriesBuilder(one.labels, one.dropName, steps);
      outputs.set(one, out);
    }
    out.copyFrom(one, step);
  };
  for (const group of groupSeries(expr, series).values()) {
    for (let step = 0; step < steps; step++) {
      for (const one of selectAt(expr, group.members, step, param[step]!, context)) keep(one, step);
    }
  }
  // With one step, the order is the result's order: best first.
  return [...outputs.values()];
}

/** False if nothing can be selected at any step. */
function checkParam(expr: AggregateExpr, param: Float64Array, context: EvaluationContext): boolean {
  const nan = param.some(Number.isNaN);
  const highest = param.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const lowest = param.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (expr.operator === 'limit_ratio') {
    if (nan) throw new EvaluationError('Ratio value is NaN');
    if (highest > 1) context.annotations.warn(TEXT.invalidRatio(highest, 1), expr.param!.position);
    if (lowest < -1) context.annotations.warn(TEXT.invalidRatio(lowest, -1), expr.param!.position);
    return !(highest === 0 && lowest === 0);
  }
  if (nan) throw new EvaluationError('Parameter value is NaN');
  if (highest < 1) return false;
  if (lowest <= -INT64) throw new EvaluationError(`Scalar value ${lowest} underflows int64`);
  if (highest >= INT64) throw new EvaluationError(`Scalar value ${highest} overflows int64`);
  return true;
}

const INT64 = 2 ** 63;

function selectAt(
  expr: AggregateExpr & { readonly operator: SelectingAggregation },
  members: readonly VectorSeries[],
  step: number,
  param: number,
  context: EvaluationContext,
): VectorSeries[] {
  const present = members.filter((one) => one.present[step] !== ABSENT);
  switch (expr.operator) {
    case 'limitk':
      return param < 1 ? [] : present.slice(0, Math.trunc(param));
    case 'limit_ratio':
      return present.filter((one) => inRatio(one.labels, Math.max(-1, Math.min(1, param))));
    default: {
      if (param < 1) return [];
      const floats = present.filter((one) => one.present[step] === FLOAT);
      if (floats.length < present.length) {
        context.annotations.info(TEXT.histogramIgnoredInAggregation(expr.operator), expr.position);
      }
      return best(floats, step, Math.trunc(param), expr.operator === 'topk');
    }
  }
}

/** The k largest (smallest) in order, NaN after every number. */
function best(series: readonly VectorSeries[], step: number, k: number, largest: boolean): VectorSeries[] {
  const order = (a: VectorSeries, b: VectorSeries): number => {
    const [x, y] = [a.values[step]!, b.values[step]!];
    if (Number.isNaN(x) || Number.isNaN(y)) return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
    return largest ? y - x || 0 : x - y || 0;
  };
  return [...series].sort(order).slice(0, k);
}

/**
 * Whether a series belongs to a share of all: the same ones every time, and those of ratio r and of r - 1 complement each
 * other.
 */
function inRatio(labels: LabelSet, ratio: number): boolean {
  const position = hashOf(labels.key) / 2 ** 32;
  return ratio >= 0 ? position < ratio : position >= 1 + ratio;
}

/** FNV-1a, finished with murmur's mixing, so that keys that differ in one letter land far apart. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** `count_values`: a series for each value of a group, the value as a label. */
export function evaluateCountValues(expr: AggregateExpr, series: readonly VectorSeries[], label: string): VectorSeries[] {
  const labelsOf = groupLabels({ ...expr, grouping: expr.without ? expr.grouping.filter((n) => n !== label) : expr.grouping });
  const outputs = new Map<string, SeriesBuilder>();
  for (const one of series) {
    const base = labelsOf(one.labels);
    for (let step = 0; step < one.values.length; step++) {
      const kind = one.present[step];
      if (kind === ABSENT) continue;
      const value = kind === FLOAT ? formatNumber(one.values[step]!) : formatHistogram(one.histograms![step]!);
      const labels = base.with(label, value);
      let out = outputs.get(labels.key);
      if (out === undefined) {
        out = new SeriesBuilder(labels, false, one.values.length);
        outputs.set(labels.key, out);
      }
      out.setFloat(step, out.values[step]! + 1);
    }
  }
  return [...outputs.values()];
}
