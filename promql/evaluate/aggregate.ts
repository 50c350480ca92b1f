import { METRIC_NAME } from '../../model/labels.ts';
import { TEXT } from '../annotations.ts';
import type { AggregateExpr } from '../ast.ts';
import { LabelSet } from '../label-set.ts';
import type { GroupOperator } from '../queryable.ts';
import { ACCUMULATORS, type Accumulator, type SimpleAggregation } from './accumulators.ts';
import type { EvaluationContext } from './context.ts';
import { ABSENT, FLOAT, SeriesBuilder, type VectorSeries } from './grid.ts';

/** The labels of a series' group. */
export function groupLabels(
  expr: Pick<AggregateExpr, 'grouping' | 'without'>,
): (labels: LabelSet) => LabelSet {
  const names = new Set(expr.grouping);
  if (expr.without) {
    names.add(METRIC_NAME);
    return (labels) => labels.filter((name) => !names.has(name));
  }
  if (names.size === 0) return () => LabelSet.empty();
  return (labels) => labels.only(names);
}

/** Series by group, in the order in which groups are first seen. */
export function groupSeries(expr: AggregateExpr, series: readonly VectorSeries[]): Map<string, Group> {
  const labelsOf = groupLabels(expr);
  const groups = new Map<string, Group>();
  for (const one of series) {
    const labels = labelsOf(one.labels);
    const group = groups.get(labels.key);
    if (group === undefined) groups.set(labels.key, { labels, members: [one] });
    else group.members.push(one);
  }
  return groups;
}

export interface Group {
  readonly labels: LabelSet;
  readonly members: VectorSeries[];
}

/** The aggregations that make one value of each group: sum, avg, min, … and quantile. */
export async function evaluateAggregation(
  expr: AggregateExpr & { readonly operator: SimpleAggregation },
  series: readonly VectorSeries[],
  param: Float64Array | undefined,
  context: EvaluationContext,
): Promise<VectorSeries[]> {
  const notes = { annotations: context.annotations, position: expr.expr.position };
  if (expr.operator === 'quantile' && param !== undefined) noteQuantile(expr, param, context);
  const result: VectorSeries[] = [];
  for (const group of groupSeries(expr, series).values()) {
    await context.budget.pause('expression evaluation');
    const steps = group.members[0]!.values.length;
    const accumulator = ACCUMULATORS[expr.operator](steps, notes, param);
    await context.budget.flatMap(group.members, (member) => {
      feed(accumulator, member);
      return [];
    });
    const out = new SeriesBuilder(
      group.labels,
      group.members.some((member) => member.dropName),
      steps,
    );
    for (let step = 0; step < steps; step++) out.set(step, accumulator.result(step));
    if (out.any) result.push(out);
  }
  return result;
}

const GROUP_OPERATORS: ReadonlySet<string> = new Set<GroupOperator>([
  'sum',
  'avg',
  'min',
  'max',
  'count',
  'group',
]);

/** Whether a store may do the aggregation. */
export const isGroupOperator = (operator: SimpleAggregation): operator is GroupOperator =>
  GROUP_OPERATORS.has(operator);

/**
 * Puts what a store made of most series of each group together with the others: sums and extremes are aggregated once more, counts
 * are summed. A mean must have no others.
 */
export async function combineGroups(
  expr: AggregateExpr & { readonly operator: GroupOperator },
  groups: readonly VectorSeries[],
  rest: readonly VectorSeries[],
  context: EvaluationContext,
): Promise<VectorSeries[]> {
  if (expr.operator !== 'count') return evaluateAggregation(expr, [...groups, ...rest], undefined, context);
  const others = await evaluateAggregation(expr, rest, undefined, context);
  return evaluateAggregation({ ...expr, operator: 'sum' }, [...groups, ...others], undefined, context);
}

function feed(accumulator: Accumulator, series: VectorSeries): void {
  const { values, present, histograms } = series;
  if (histograms === undefined) {
    accumulator.floats(values, present);
    return;
  }
  for (let step = 0; step < values.length; step++) {
    const kind = present[step];
    if (kind === FLOAT) accumulator.float(step, values[step]!);
    else if (kind !== ABSENT) accumulator.histogram(step, histograms[step]!, series.labels);
  }
}

function noteQuantile(expr: AggregateExpr, param: Float64Array, context: EvaluationContext): void {
  const position = expr.param!.position;
  const bad = [...param].filter((q) => !(q >= 0 && q <= 1));
  if (bad.some(Number.isNaN)) context.annotations.warn(TEXT.invalidQuantile(Number.NaN), position);
  const highest = Math.max(...bad.filter((q) => q > 1));
  const lowest = Math.min(...bad.filter((q) => q < 0));
  if (highest > 1) context.annotations.warn(TEXT.invalidQuantile(highest), position);
  if (lowest < 0) context.annotations.warn(TEXT.invalidQuantile(lowest), position);
}
