import { z } from 'zod';
import type { MetricsAggregate, StaticValue } from '../../traceql/ast.ts';
import { COUNTING, seriesLabels } from '../../traceql/evaluate/metrics.ts';
import { firstOf } from '../../traceql/evaluate/spansets.ts';
import { toFieldValue } from '../../traceql/evaluate/values.ts';
import { attachExemplars, type MetricsExemplar } from '../../traceql/metrics/exemplars.ts';
import {
  keyOfLabels,
  type MetricsGrid,
  type MetricsLabel,
  type MetricsSeries,
} from '../../traceql/metrics/series.ts';
import { formatField } from '../../traceql/printer.ts';
import { evaluatedValue } from './span-rows.ts';

const row = z.looseObject({
  step: z.coerce.number(),
  bucket: z.coerce.number().optional(),
  figure: z.union([z.coerce.number(), z.array(z.coerce.number())]),
  exemplars: z.array(z.tuple([z.string(), z.string(), z.string(), z.coerce.number().nullable()])).optional(),
});
type MetricRow = z.infer<typeof row>;

/** The series that one row adds to: one, or one a quantile. */
interface Group {
  readonly series: readonly MetricsSeries[];
  readonly exemplars: MetricsExemplar[];
}

/** Series from the rows of a metric: step, `text0`, `kind0`, … of its keys, bucket, figure, exemplars. */
export function seriesOfRows(
  aggregate: MetricsAggregate,
  grid: MetricsGrid,
  rows: readonly Readonly<Record<string, unknown>>[],
  exemplars: number,
): readonly MetricsSeries[] {
  const groups = new Map<string, Group>();
  for (const raw of rows) {
    const read = row.parse(raw);
    if (read.step >= grid.steps) continue;
    const labels = labelsOf(aggregate, read);
    const key = keyOfLabels(labels);
    const group = groups.get(key) ?? { series: emptySeries(aggregate, grid, labels), exemplars: [] };
    groups.set(key, group);
    const figures = Array.isArray(read.figure) ? read.figure : [read.figure];
    group.series.forEach(({ values }, i) => {
      values[read.step] = figures[i] ?? Number.NaN;
    });
    group.exemplars.push(...exemplarsOf(read));
  }
  return [...groups.values()].flatMap((group) => attachExemplars(group.series, group.exemplars, exemplars));
}

function labelsOf({ func, by }: MetricsAggregate, read: MetricRow): readonly MetricsLabel[] {
  const keys = by.map((field, i) => ({
    name: formatField(field),
    value: keyValue(String(read[`text${i}`]), String(read[`kind${i}`])),
  }));
  const labels = seriesLabels(func, keys);
  return read.bucket === undefined
    ? labels
    : [...labels, { name: '__bucket', value: { type: 'float', value: read.bucket } }];
}

function emptySeries(
  { func, quantiles }: MetricsAggregate,
  grid: MetricsGrid,
  labels: readonly MetricsLabel[],
): readonly MetricsSeries[] {
  const values = () => new Float64Array(grid.steps).fill(COUNTING.has(func) ? 0 : Number.NaN);
  if (func !== 'quantile_over_time') return [{ labels, values: values() }];
  return quantiles.map((q) => ({
    labels: [...labels, { name: 'p', value: { type: 'float', value: q } }],
    values: values(),
  }));
}

const exemplarsOf = ({ step, exemplars = [] }: MetricRow): readonly MetricsExemplar[] =>
  exemplars.map(([spanId, traceId, at, value]) => ({
    spanId,
    traceId,
    atNanos: BigInt(at),
    step,
    value: value ?? Number.NaN,
  }));

/** A key of `by` from its text and the letter of its kind. */
export function keyValue(text: string, kind: string): StaticValue {
  if (kind === 'kind' || kind === 'status') return { type: kind, value: text } as StaticValue;
  return firstOf(toFieldValue(kind === '' ? null : evaluatedValue(text, kind)));
}
