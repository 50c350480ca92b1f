import type { MetricsAggregate, MetricsFunction, StaticValue } from '../ast.ts';
import { attachExemplars, ExemplarPicks, exemplarsAStep } from '../metrics/exemplars.ts';
import { keyOfLabels, type MetricsGrid, type MetricsLabel, type MetricsSeries } from '../metrics/series.ts';
import { formatField } from '../printer.ts';
import type { Trace } from '../trace.ts';
import { evaluateField } from './field.ts';
import { evaluatePipeline, firstOf } from './spansets.ts';
import { numberOf } from './values.ts';

/** Series that grow trace by trace, so that no more than one trace need be in memory. */
export interface SpanAggregation {
  add(trace: Trace): void;
  series(): readonly MetricsSeries[];
}

/**
 * One function over the spans that a pipeline leaves of the traces it is given, counted where they start. Durations are seconds.
 * `compare` is `spanComparison`'s. Each series gets so many exemplars at most.
 */
export function spanAggregation(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  exemplars = 0,
): SpanAggregation {
  const groups = new Map<string, Group>();
  const aStep = exemplarsAStep(exemplars, grid);
  return {
    add: (trace) => {
      for (const { spans } of evaluatePipeline(aggregate.pipeline, trace)) {
        for (const index of spans) observe(aggregate, trace, index, grid, groups, aStep);
      }
    },
    series: () =>
      [...groups.values()].flatMap((group) =>
        attachExemplars(seriesOf(aggregate, group, grid), group.picks.all(), exemplars),
      ),
  };
}

/** What was seen of the spans of one set of labels: their values by step. */
interface Group {
  readonly labels: readonly MetricsLabel[];
  readonly values: Map<number, number[]>;
  readonly picks: ExemplarPicks;
}

function observe(
  aggregate: MetricsAggregate,
  trace: Trace,
  index: number,
  grid: MetricsGrid,
  groups: Map<string, Group>,
  exemplarsAStep: number,
): void {
  const { spanId, startNanos } = trace.spans[index]!;
  const step = stepOf(grid, startNanos);
  const { field } = aggregate;
  const read = field === undefined ? ONE : firstOf(evaluateField(field, trace, index));
  const value = measured(read);
  if (step === undefined || Number.isNaN(value)) return;
  const labels = groupLabels(aggregate, read, trace, index);
  const key = keyOfLabels(labels);
  const group = groups.get(key) ?? { labels, values: new Map(), picks: new ExemplarPicks(exemplarsAStep) };
  groups.set(key, group);
  const values = group.values.get(step);
  if (values === undefined) group.values.set(step, [value]);
  else values.push(value);
  const shown = COUNTING.has(aggregate.func) ? Number.NaN : value;
  group.picks.offer({ traceId: trace.traceId, spanId, atNanos: startNanos, step, value: shown });
}

/** What is measured of a span where spans are counted. */
const ONE: StaticValue = { type: 'int', value: 1 };

/** Functions whose series count spans: before the first there were none, and no span has a value of its own. */
export const COUNTING: ReadonlySet<MetricsFunction> = new Set([
  'rate',
  'count_over_time',
  'histogram_over_time',
]);

/** The keys of `by`; with `histogram_over_time` also the bucket, named as Tempo does. */
function groupLabels(
  { func, by }: MetricsAggregate,
  value: StaticValue,
  trace: Trace,
  index: number,
): readonly MetricsLabel[] {
  const keys = by.map((field) => ({
    name: formatField(field),
    value: firstOf(evaluateField(field, trace, index)),
  }));
  const labels = seriesLabels(func, keys);
  return func === 'histogram_over_time'
    ? [...labels, { name: '__bucket', value: { type: 'float', value: bucketOf(value) } }]
    : labels;
}

/** The bucket a time lies in, if any. */
export function stepOf(grid: MetricsGrid, atNanos: bigint): number | undefined {
  const step = Math.floor((Number(atNanos / 1_000n) / 1_000 - grid.startMs) / grid.stepMs);
  return step >= 0 && step < grid.steps ? step : undefined;
}

/** The number that a function works on; a duration in seconds. NaN where the span has none, or one that is not finite. */
function measured(value: StaticValue): number {
  const number = value.type === 'duration' ? value.value / 1e9 : numberOf(value);
  return Number.isFinite(number) ? number : Number.NaN;
}

type OneSeries = Exclude<MetricsFunction, 'quantile_over_time' | 'compare'>;

const FIGURES = {
  rate: (values, { stepMs }) => values.length / (stepMs / 1_000),
  count_over_time: (values) => values.length,
  histogram_over_time: (values) => values.length,
  min_over_time: (values) => values.reduce((a, b) => Math.min(a, b)),
  max_over_time: (values) => values.reduce((a, b) => Math.max(a, b)),
  sum_over_time: (values) => values.reduce((a, b) => a + b, 0),
  avg_over_time: (values) => values.reduce((a, b) => a + b, 0) / values.length,
} as const satisfies Record<OneSeries, (values: readonly number[], grid: MetricsGrid) => number>;

function seriesOf(aggregate: MetricsAggregate, group: Group, grid: MetricsGrid): readonly MetricsSeries[] {
  const { func } = aggregate;
  const { labels } = group;
  switch (func) {
    case 'compare':
      return [];
    case 'quantile_over_time':
      return aggregate.quantiles.map((q) => ({
        labels: [...labels, { name: 'p', value: { type: 'float', value: q } }],
        values: overSteps(group, grid, Number.NaN, (values) => quantileOf(values, q)),
      }));
    default: {
      const missing = COUNTING.has(func) ? 0 : Number.NaN;
      return [{ labels, values: overSteps(group, grid, missing, (values) => FIGURES[func](values, grid)) }];
    }
  }
}

/** Functions that give their series a label of their own. */
const LABELLED: ReadonlySet<MetricsFunction> = new Set(['quantile_over_time', 'histogram_over_time']);

/**
 * The labels of a series from its keys of `by`, as Tempo has them: a key that its spans do not have is no label. A series that would have
 * none is called after its function, or where it has keys, shows the first one as `nil`.
 */
export function seriesLabels(func: MetricsFunction, keys: readonly MetricsLabel[]): readonly MetricsLabel[] {
  const there = keys.filter(({ value }) => value.type !== 'nil');
  if (there.length > 0 || LABELLED.has(func)) return there;
  const [first] = keys;
  return [
    first === undefined
      ? { name: '__name__', value: { type: 'string', value: func } }
      : { name: first.name, value: { type: 'string', value: 'nil' } },
  ];
}

function overSteps(
  group: Group,
  grid: MetricsGrid,
  missing: number,
  figure: (values: readonly number[]) => number,
): Float64Array {
  const out = new Float64Array(grid.steps).fill(missing);
  for (const [step, values] of group.values) out[step] = figure(values);
  return out;
}

/** Linear between the two nearest ranks (type 7 of Hyndman and Fan). */
function quantileOf(values: readonly number[], q: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const rank = q * (sorted.length - 1);
  const low = Math.floor(rank);
  const above = sorted[Math.min(low + 1, sorted.length - 1)]!;
  return sorted[low]! + (above - sorted[low]!) * (rank - low);
}

/**
 * The power of two that a value is not above, its bucket's upper bound; 0 for what is not positive. A duration's is a power of two of
 * nanoseconds, told in seconds: 500 ms are in 0.536870912.
 */
function bucketOf(value: StaticValue): number {
  const number = numberOf(value);
  const bound = number > 0 ? 2 ** Math.ceil(Math.log2(number)) : 0;
  return value.type === 'duration' ? bound / 1e9 : bound;
}
