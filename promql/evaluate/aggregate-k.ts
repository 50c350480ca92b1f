import { TEXT } from '../annotations.ts';
import type { AggregateExpr } from '../ast.ts';
import { EvaluationError } from '../errors.ts';
import { formatHistogram } from '../histogram/comparison.ts';
import type { LabelSet } from '../label-set.ts';
import { formatGo, formatNumber } from '../number-literal.ts';
import { xxhash64 } from '../xxhash.ts';
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
  if (lowest < -INT64) throw new EvaluationError(`Scalar value ${formatGo(lowest)} underflows int64`);
  if (highest >= INT64) throw new EvaluationError(`Scalar value ${formatGo(highest)} overflows int64`);
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
 * other. By Prometheus's hash of labels, so that it is the same series there.
 */
function inRatio(labels: LabelSet, ratio: number): boolean {
  const position = Number(xxhash64(encodeLabels(labels))) / 2 ** 64;
  return ratio >= 0 ? position < ratio : position >= 1 + ratio;
}

/** Each name and value behind its length, as Prometheus keeps label sets. */
function encodeLabels(labels: LabelSet): Buffer {
  const parts: Buffer[] = [];
  for (const text of labels.pairs) {
    const bytes = Buffer.from(text);
    const { length } = bytes;
    const size = length < 255 ? [length] : [255, length & 0xff, (length >> 8) & 0xff, (length >> 16) & 0xff];
    parts.push(Buffer.from(size), bytes);
  }
  return Buffer.concat(parts);
}

/** `count_values`: a series for each value of a group, the value as a label. */
export function evaluateCountValues(
  expr: AggregateExpr,
  series: readonly VectorSeries[],
  label: string,
): VectorSeries[] {
  const labelsOf = groupLabels({
    ...expr,
    grouping: expr.without ? expr.grouping.filter((n) => n !== label) : expr.grouping,
  });
  const outputs = new Map<string, SeriesBuilder>();
  for (const one of series) {
    const base = labelsOf(one.labels);
    for (let step = 0; step < one.values.length; step++) {
      const kind = one.present[step];
      if (kind === ABSENT) continue;
      const value =
        kind === FLOAT ? formatNumber(one.values[step]!) : formatHistogram(one.histograms![step]!);
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
