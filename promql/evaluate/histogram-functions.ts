import { METRIC_NAME } from '../../model/labels.ts';
import { TEXT } from '../annotations.ts';
import type { Expr } from '../ast.ts';
import { EvaluationError, SAME_LABELSET } from '../errors.ts';
import type { FunctionName } from '../function-signatures.ts';
import type { NativeHistogram } from '../histogram/native-histogram.ts';
import { histogramFraction, histogramQuantile, histogramVariance } from '../histogram/quantile.ts';
import type { LabelSet } from '../label-set.ts';
import { formatGo } from '../number-literal.ts';
import type { PositionRange } from '../position.ts';
import {
  type ClassicBucket,
  classicFraction,
  classicQuantile,
  parseUpperBound,
} from './classic-histogram.ts';
import type { EvaluationContext } from './context.ts';
import { ABSENT, FLOAT, HISTOGRAM, SeriesBuilder, type StepGrid, timeAt, type VectorSeries } from './grid.ts';

/** Functions of one native histogram at a time. Floats give nothing. */
export const HISTOGRAM_FUNCTIONS = {
  histogram_avg: (h) => h.sum / h.count,
  histogram_count: (h) => h.count,
  histogram_stddev: (h) => Math.sqrt(histogramVariance(h)),
  histogram_stdvar: histogramVariance,
  histogram_sum: (h) => h.sum,
} as const satisfies Partial<Record<FunctionName, (h: NativeHistogram) => number>>;

export type HistogramFunctionName = keyof typeof HISTOGRAM_FUNCTIONS;

export const isHistogramFunction = (name: FunctionName): name is HistogramFunctionName =>
  Object.hasOwn(HISTOGRAM_FUNCTIONS, name);

export function mapHistograms(
  series: readonly VectorSeries[],
  fn: (h: NativeHistogram) => number,
): VectorSeries[] {
  return series.flatMap((one) => {
    const out = new SeriesBuilder(one.labels, true, one.values.length);
    for (let step = 0; step < one.values.length; step++) {
      if (one.present[step] === HISTOGRAM) out.setFloat(step, fn(one.histograms![step]!));
    }
    return out.any ? [out] : [];
  });
}

/** A histogram of either kind: a native series, or the bucket series that differ in `le` only. */
interface HistogramFamily {
  readonly labels: LabelSet;
  readonly buckets: { readonly upper: number; readonly series: VectorSeries }[];
  native: VectorSeries | undefined;
}

/** What is asked of each histogram at each step. */
interface Question {
  native(h: NativeHistogram, name: string, step: number): number;
  classic(buckets: readonly ClassicBucket[], name: string, step: number): number;
}

function gatherFamilies(
  series: readonly VectorSeries[],
  context: EvaluationContext,
  position: PositionRange,
): HistogramFamily[] {
  const families = new Map<string, HistogramFamily>();
  const familyOf = (labels: LabelSet): HistogramFamily => {
    let family = families.get(labels.key);
    if (family === undefined) {
      family = { labels, buckets: [], native: undefined };
      families.set(labels.key, family);
    }
    return family;
  };
  for (const one of series) {
    if (one.present.includes(FLOAT)) {
      const le = one.labels.get('le');
      const upper = parseUpperBound(le);
      if (upper === undefined) {
        context.annotations.warn(TEXT.badBucketLabel(one.labels.get(METRIC_NAME), le), position);
      } else {
        familyOf(one.labels.without('le')).buckets.push({ upper, series: one });
      }
    }
    if (one.present.includes(HISTOGRAM)) familyOf(one.labels).native = one;
  }
  return [...families.values()];
}

function askFamilies(
  series: readonly VectorSeries[],
  position: PositionRange,
  grid: StepGrid,
  context: EvaluationContext,
  question: Question,
): SeriesBuilder[] {
  return gatherFamilies(series, context, position).flatMap((family) => {
    const name = family.labels.get(METRIC_NAME);
    const out = new SeriesBuilder(family.labels, true, grid.steps);
    for (let step = 0; step < grid.steps; step++) {
      const buckets = family.buckets
        .filter(({ series: one }) => one.present[step] === FLOAT)
        .map(({ upper, series: one }) => ({ upper, count: one.values[step]! }));
      const native = family.native?.present[step] === HISTOGRAM ? family.native.histograms![step] : undefined;
      if (native !== undefined && buckets.length > 0) {
        context.annotations.warn(TEXT.mixedClassicNative(name), position);
      } else if (native !== undefined) out.setFloat(step, question.native(native, name, step));
      else if (buckets.length > 0) out.setFloat(step, question.classic(buckets, name, step));
    }
    return out.any ? [out] : [];
  });
}

/** Where messages of a quantile function point. */
interface QuantilePlaces {
  readonly quantile: PositionRange;
  readonly vector: PositionRange;
}

function quantileSeries(
  qs: Float64Array,
  series: readonly VectorSeries[],
  places: QuantilePlaces,
  grid: StepGrid,
  context: EvaluationContext,
): SeriesBuilder[] {
  const { annotations } = context;
  for (const q of new Set(qs)) {
    if (!(q >= 0 && q <= 1)) annotations.warn(TEXT.invalidQuantile(q), places.quantile);
  }
  return askFamilies(series, places.vector, grid, context, {
    native: (h, name, step) => {
      const { value, nan } = histogramQuantile(qs[step]!, h);
      if (nan === 'result_nan') annotations.info(TEXT.quantileNanResult(name), places.vector);
      if (nan === 'skewed') annotations.info(TEXT.quantileNanSkew(name), places.vector);
      return value;
    },
    classic: (buckets, name, step) => {
      const { value, forced } = classicQuantile(qs[step]!, buckets);
      if (forced !== undefined) {
        annotations.forcedMonotonicity(name, places.vector, { ...forced, atMs: timeAt(grid, step) });
      }
      return value;
    },
  });
}

/** `histogram_quantile(q, vector)` over native and classic histograms. */
export function evaluateHistogramQuantile(
  args: readonly Expr[],
  qs: Float64Array,
  series: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): VectorSeries[] {
  const [q, vector] = args as [Expr, Expr];
  const places = { quantile: q.position, vector: vector.position };
  return quantileSeries(qs, series, places, grid, context);
}

/** `histogram_quantiles(vector, label, q…)`: each quantile a series, told apart by the label. */
export function evaluateHistogramQuantiles(
  args: readonly Expr[],
  label: string,
  quantiles: readonly Float64Array[],
  series: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): VectorSeries[] {
  const vector = args[0]!.position;
  const outputs = new Map<string, SeriesBuilder>();
  quantiles.forEach((qs, i) => {
    const places = { quantile: args[i + 2]!.position, vector };
    for (const one of quantileSeries(qs, series, places, grid, context)) {
      for (let step = 0; step < grid.steps; step++) {
        if (one.present[step] === ABSENT) continue;
        const labels = one.labels.with(label, openMetricsFloat(qs[step]!));
        let out = outputs.get(labels.key);
        if (out === undefined) {
          out = new SeriesBuilder(labels, true, grid.steps);
          outputs.set(labels.key, out);
        }
        if (out.present[step] !== ABSENT) throw new EvaluationError(SAME_LABELSET);
        out.copyFrom(one, step);
      }
    }
  });
  return [...outputs.values()];
}

/** As OpenMetrics writes `quantile` labels: `1.0`, `0.5`. */
function openMetricsFloat(value: number): string {
  const text = formatGo(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** `histogram_fraction(lower, upper, vector)`. */
export function evaluateHistogramFraction(
  args: readonly Expr[],
  lower: Float64Array,
  upper: Float64Array,
  series: readonly VectorSeries[],
  grid: StepGrid,
  context: EvaluationContext,
): VectorSeries[] {
  return askFamilies(series, args[2]!.position, grid, context, {
    native: (h, name, step) => {
      const { value, excludedNan } = histogramFraction(lower[step]!, upper[step]!, h);
      if (excludedNan) context.annotations.info(TEXT.fractionNan(name), args[2]!.position);
      return value;
    },
    classic: (buckets, _name, step) => classicFraction(lower[step]!, upper[step]!, buckets),
  });
}
