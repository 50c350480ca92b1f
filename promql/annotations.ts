import { formatGo } from './number-literal.ts';
import { quote } from './parse-error.ts';
import { lineAndColumn, type PositionRange } from './position.ts';

export type AnnotationLevel = 'warning' | 'info';

/** Something to tell beside a result: how it may mislead. */
export interface Annotation {
  readonly level: AnnotationLevel;
  /** Prometheus's text, without the place. */
  readonly message: string;
  readonly position: PositionRange;
}

/** Annotations of one query, each text and place once. */
export class Annotations {
  readonly #byKey = new Map<string, Annotation>();
  readonly #monotonicity = new Map<string, ForcedMonotonicity>();

  warn(message: string, position: PositionRange): void {
    this.#add({ level: 'warning', message: `PromQL warning: ${message}`, position });
  }

  info(message: string, position: PositionRange): void {
    this.#add({ level: 'info', message: `PromQL info: ${message}`, position });
  }

  /** Classic buckets that had to be made monotonic: one text for all steps of a metric. */
  forcedMonotonicity(metricName: string, position: PositionRange, seen: MonotonicityFix): void {
    const key = `${metricName}\u0001${position.start}`;
    const before = this.#monotonicity.get(key);
    if (before === undefined) {
      this.#monotonicity.set(key, {
        metricName,
        position,
        ...seen,
        fromMs: seen.atMs,
        toMs: seen.atMs,
        count: 1,
      });
      return;
    }
    before.minBucket = Math.min(before.minBucket, seen.minBucket);
    before.maxBucket = Math.max(before.maxBucket, seen.maxBucket);
    before.maxDiff = Math.max(before.maxDiff, seen.maxDiff);
    before.fromMs = Math.min(before.fromMs, seen.atMs);
    before.toMs = Math.max(before.toMs, seen.atMs);
    before.count++;
  }

  /** The texts with their places, as Prometheus's API gives them: `… (1:6)`. */
  texts(query: string): { warnings: string[]; infos: string[] } {
    const all = [...this.#byKey.values(), ...[...this.#monotonicity.values()].map(describeMonotonicity)];
    const textsOf = (level: AnnotationLevel): string[] =>
      all
        .filter((annotation) => annotation.level === level)
        .map(({ message, position }) => `${message} (${lineAndColumn(query, position.start)})`)
        .sort();
    return { warnings: textsOf('warning'), infos: textsOf('info') };
  }

  #add(annotation: Annotation): void {
    const key = `${annotation.position.start}\u0001${annotation.message}`;
    if (!this.#byKey.has(key)) this.#byKey.set(key, annotation);
  }
}

interface MonotonicityFix {
  readonly atMs: number;
  readonly minBucket: number;
  readonly maxBucket: number;
  readonly maxDiff: number;
}

interface ForcedMonotonicity {
  readonly metricName: string;
  readonly position: PositionRange;
  minBucket: number;
  maxBucket: number;
  maxDiff: number;
  fromMs: number;
  toMs: number;
  count: number;
}

function describeMonotonicity(fix: ForcedMonotonicity): Annotation {
  const time = (ms: number): string => new Date(ms).toISOString().replace(/\.?0*Z$/, 'Z');
  const when =
    fix.count > 1
      ? `over ${fix.count} samples from ${time(fix.fromMs)} to ${time(fix.toMs)}`
      : `at ${time(fix.fromMs)}`;
  const buckets = `from buckets ${formatGo(fix.minBucket)} to ${formatGo(fix.maxBucket)}`;
  const diff = formatGo(fix.maxDiff, 2);
  const base =
    'input to histogram_quantile needed to be fixed for monotonicity (see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile)';
  const message = `PromQL info: ${base}${forMetric(fix.metricName)}, ${buckets}, with a max diff of ${diff}, ${when}`;
  return { level: 'info', message, position: fix.position };
}

const forMetric = (name: string): string => (name === '' ? '' : ` for metric name ${quote(name)}`);

/** Prometheus's texts. */
export const TEXT = {
  invalidQuantile: (q: number) => `quantile value should be between 0 and 1, got ${formatGo(q)}`,
  invalidRatio: (ratio: number, to: number) =>
    `ratio value should be between -1 and 1, got ${formatGo(ratio)}, capping to ${formatGo(to)}`,
  badBucketLabel: (name: string, label: string) =>
    `bucket label "le" is missing or has a malformed value of ${quote(label)}${forMetric(name)}`,
  mixedFloatsHistograms: (name: string) =>
    `encountered a mix of histograms and floats for metric name ${quote(name)}`,
  mixedFloatsHistogramsAggregation: 'encountered a mix of histograms and floats for aggregation',
  mixedClassicNative: (name: string) =>
    `vector contains a mix of classic and native histograms${forMetric(name)}`,
  notCounter: (name: string) => `this native histogram metric is not a counter: ${quote(name)}`,
  notGauge: (name: string) => `this native histogram metric is not a gauge: ${quote(name)}`,
  mixedExponentialCustom: (name: string) =>
    `vector contains a mix of histograms with exponential and custom buckets schemas for metric name ${quote(name)}`,
  incompatibleBucketLayout: (operator: string) =>
    `incompatible bucket layout encountered for binary operator ${operator}`,
  incompatibleTypes: (left: string, operator: string, right: string) =>
    `incompatible sample types encountered for binary operator ${quote(operator)}: ${left} ${operator} ${right}`,
  histogramIgnoredInAggregation: (aggregation: string) => `ignored histogram in ${aggregation} aggregation`,
  histogramIgnoredInRange: (name: string) =>
    `ignored histograms in a range containing both floats and histograms for metric name ${quote(name)}`,
  quantileNanResult: (name: string) =>
    `input to histogram_quantile has NaN observations, result is NaN${forMetric(name)}`,
  quantileNanSkew: (name: string) =>
    `input to histogram_quantile has NaN observations, result is skewed higher${forMetric(name)}`,
  fractionNan: (name: string) =>
    `input to histogram_fraction has NaN observations, which are excluded from all fractions${forMetric(name)}`,
  resetCollision: (operation: 'aggregation' | 'addition' | 'subtraction') =>
    `conflicting counter resets during histogram ${operation}`,
  boundsReconciled: (operation: 'aggregation' | 'addition' | 'subtraction') =>
    `mismatched custom buckets were reconciled during ${operation}`,
  startTimeOverlap: (name: string) =>
    `sample has start time that overlaps with previous sample timestamp for metric ${quote(name)}`,
  sortIneffective: 'sort is ineffective for range queries since results are always ordered by labels',
  possibleNonCounter: (name: string) =>
    `metric might not be a counter, name does not end in _total/_sum/_count/_bucket: ${quote(name)}`,
  possibleNonCounterType: (name: string, type: string) =>
    `metric might not be a counter, __type__ label is not set to "counter" or "histogram", got ${quote(type)}: ${quote(name)}`,
} as const;
