import type { GridSeries, GroupOperator, GroupRequest } from '../../promql/queryable.ts';
import type { GridRow } from './grid-columns.ts';
import { type Pushed, USES_STARTS } from './grid-query.ts';
import { CANCELS_OUT, GROUP_FLAG, groupArrays, type NumberedGroups, TOO_LARGE } from './group-query.ts';
import { aggregated } from './head/group-grids.ts';
import type { IndexedSeries } from './series-index.ts';

type Points = Pick<GridSeries, 'values' | 'present'>;

/** How what several batches made of one group goes together. */
const TOGETHER = {
  sum: 'sum',
  avg: 'sum',
  count: 'sum',
  min: 'min',
  max: 'max',
  group: 'group',
} as const satisfies Record<GroupOperator, GroupOperator>;

/** Sorts the answers to `groupQuery`, of which each batch of series has one: the groups, and the series that the evaluator must do. */
export function sortGroups(
  found: readonly IndexedSeries[],
  { numbers, labels }: NumberedGroups,
  batches: readonly (readonly GridRow[])[],
  request: GroupRequest,
): Pushed {
  const leftIds = new Set<bigint>();
  const leftGroups = new Set<number>();
  const parts = new Map<number, Points[]>();
  for (const row of batches.flat()) {
    const group = Number(row.id);
    const known = parts.get(group);
    if (row.newestStartMs === GROUP_FLAG.series) leftIds.add(row.id);
    else if (row.newestStartMs === GROUP_FLAG.group) leftGroups.add(group);
    else if (known === undefined) parts.set(group, [row]);
    else known.push(row);
  }
  const series: GridSeries[] = [];
  for (const [group, ofGroup] of parts) {
    if (leftGroups.has(group)) continue;
    const points = together(ofGroup, request);
    if (points === undefined) leftGroups.add(group);
    else if (points.present.includes(1)) series.push({ labels: labels[group]!, ...points });
  }
  if (leftIds.size === 0 && leftGroups.size === 0) return { series, left: [] };
  return { series, left: found.filter(({ id }) => leftIds.has(id) || leftGroups.has(numbers.get(id)!)) };
}

/** The group that batches made parts of; undefined if too much of it cancels out. */
function together(parts: readonly Points[], request: GroupRequest): Points | undefined {
  const { operator } = request;
  const width = parts[0]!.values.length;
  const steps = width / groupArrays(request);
  const whole = parts.length === 1 ? parts[0]! : aggregated(parts, TOGETHER[operator], width);
  const sums = operator === 'sum' || operator === 'avg';
  if (sums && parts.length > 1 && !USES_STARTS.has(request.func) && isDelicate(parts, whole, steps))
    return undefined;
  return operator === 'avg' ? means(whole, steps) : whole;
}

/** As in `groupQuery`, for sums of sums. */
function isDelicate(parts: readonly Points[], whole: Points, steps: number): boolean {
  for (let step = 0; step < steps; step++) {
    let size = 0;
    for (const { values, present } of parts) if (present[step] === 1) size += Math.abs(values[step]!);
    if (size > CANCELS_OUT * Math.abs(whole.values[step]!) || size > TOO_LARGE) return true;
  }
  return false;
}

/** Sums, then counts. */
function means({ values, present }: Points, steps: number): Points {
  const found = values.slice(0, steps);
  for (let step = 0; step < steps; step++) found[step]! /= values[steps + step]!;
  return { values: found, present: present.slice(0, steps) };
}
