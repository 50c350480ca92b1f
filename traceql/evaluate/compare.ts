import type { Compare, MetricsAggregate, StaticValue } from '../ast.ts';
import type { MetricsGrid, MetricsLabel, MetricsSeries } from '../metrics/series.ts';
import type { Trace, TraceSpan } from '../trace.ts';
import { evaluateField } from './field.ts';
import { type SpanAggregation, stepOf } from './metrics.ts';
import { evaluatePipeline } from './spansets.ts';
import { isTrue, toFieldValue } from './values.ts';

type Side = 'baseline' | 'selection';

/** Values of one attribute beyond which the answer says that there are more. */
const TOO_MANY = '__too_many_values__';

interface Counts {
  readonly total: Float64Array;
  readonly byValue: Map<string, { readonly value: StaticValue; readonly counts: Float64Array }>;
}

/**
 * `compare()`: how often each value of each attribute stands on the filter's spans (the selection) and on the others (the baseline).
 * Labels as Tempo gives them: `__meta_type` and the attribute; an attribute's most frequent `topN` values, `__meta_error` where
 * there were more, and `…_total` for all spans that have it.
 */
export function spanComparison(
  aggregate: MetricsAggregate & { readonly compare: Compare },
  grid: MetricsGrid,
): SpanAggregation {
  const sides: Record<Side, Map<string, Counts>> = { baseline: new Map(), selection: new Map() };
  const observe = (trace: Trace, index: number): void => {
    const span = trace.spans[index]!;
    const step = stepOf(grid, span.startNanos);
    if (step === undefined) return;
    const side = isSelected(aggregate.compare, trace, index) ? 'selection' : 'baseline';
    for (const [name, value] of comparedFields(span, trace)) count(sides[side], name, value, step, grid);
  };
  return {
    add: (trace) => {
      for (const { spans } of evaluatePipeline(aggregate.pipeline, trace))
        for (const index of spans) observe(trace, index);
    },
    series: () =>
      (['baseline', 'selection'] as const).flatMap((side) =>
        [...sides[side]].flatMap(([name, counts]) => toSeries(side, name, counts, aggregate.compare.topN)),
      ),
  };
}

function isSelected({ filter, startNanos, endNanos }: Compare, trace: Trace, index: number): boolean {
  const at = Number(trace.spans[index]!.startNanos);
  const inTime = endNanos === 0 || (at >= startNanos && at < endNanos);
  return inTime && isTrue(evaluateField(filter.expr, trace, index));
}

/** Everything of a span that may set it apart, by the name it has in a query. */
function* comparedFields(span: TraceSpan, trace: Trace): Iterable<readonly [string, StaticValue]> {
  yield ['name', { type: 'string', value: span.name }];
  yield ['kind', { type: 'kind', value: span.kind }];
  yield ['status', { type: 'status', value: span.status }];
  if (span.statusMessage !== '') yield ['statusMessage', { type: 'string', value: span.statusMessage }];
  if (trace.root !== undefined) {
    yield ['rootName', { type: 'string', value: trace.root.name }];
    yield ['rootServiceName', { type: 'string', value: trace.root.service }];
  }
  for (const [scope, attributes] of [
    ['span', span.attributes],
    ['resource', span.resource],
  ] as const) {
    for (const [key, raw] of Object.entries(attributes)) {
      const value = toFieldValue(raw);
      if (value.type !== 'several' && value.type !== 'nil') yield [`${scope}.${key}`, value];
    }
  }
}

function count(
  side: Map<string, Counts>,
  name: string,
  value: StaticValue,
  step: number,
  grid: MetricsGrid,
): void {
  const counts = side.get(name) ?? { total: new Float64Array(grid.steps), byValue: new Map() };
  side.set(name, counts);
  const key = `${value.type} ${'value' in value ? value.value : ''}`;
  const one = counts.byValue.get(key) ?? { value, counts: new Float64Array(grid.steps) };
  counts.byValue.set(key, one);
  counts.total[step]!++;
  one.counts[step]!++;
}

const sum = (values: Float64Array): number => values.reduce((a, b) => a + b, 0);

function toSeries(side: Side, name: string, { total, byValue }: Counts, topN: number): MetricsSeries[] {
  const ordered = [...byValue]
    .map(([key, one]) => ({ key, ...one, sum: sum(one.counts) }))
    .sort((a, b) => b.sum - a.sum || (a.key < b.key ? -1 : 1));
  return comparisonSeries(side, name, {
    total,
    top: ordered.slice(0, topN),
    more: ordered.length > topN,
  });
}

/** The series of one field on one side: its most frequent values, whether there are more, and all spans that have it. */
export function comparisonSeries(
  side: Side,
  name: string,
  {
    total,
    top,
    more,
  }: {
    readonly total: Float64Array;
    readonly top: readonly { readonly value: StaticValue; readonly counts: Float64Array }[];
    readonly more: boolean;
  },
): MetricsSeries[] {
  const meta = (type: string): MetricsLabel => ({
    name: '__meta_type',
    value: { type: 'string', value: type },
  });
  const series = top.map(({ value, counts }) => ({ labels: [meta(side), { name, value }], values: counts }));
  const nil: MetricsLabel = { name, value: { type: 'string', value: 'nil' } };
  if (more) {
    const error: MetricsLabel = { name: '__meta_error', value: { type: 'string', value: TOO_MANY } };
    series.push({ labels: [meta(side), error, nil], values: new Float64Array(total.length) });
  }
  series.push({ labels: [meta(`${side}_total`), nil], values: total });
  return series;
}
