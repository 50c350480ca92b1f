import { Annotations } from '../../../promql/annotations.ts';
import { ACCUMULATORS, type Accumulator } from '../../../promql/evaluate/accumulators.ts';
import { groupLabels } from '../../../promql/evaluate/aggregate.ts';
import type { LabelSet } from '../../../promql/label-set.ts';
import type { GridSeries, GroupRequest } from '../../../promql/queryable.ts';

/** Aggregates floats, of which there is nothing to note. */
const NOTHING_TO_NOTE = { annotations: new Annotations(), position: { start: 0, end: 0 } };

/**
 * The aggregation of grids by group, as the evaluator does it: groups in the order in which they are first seen. `rest` is called
 * between any two series.
 */
export async function groupGrids(
  grids: readonly GridSeries[],
  request: Pick<GroupRequest, 'operator' | 'grouping' | 'without'>,
  steps: number,
  rest: () => Promise<void> | undefined,
): Promise<GridSeries[]> {
  const labelsOf = groupLabels(request);
  const groups = new Map<string, { readonly labels: LabelSet; readonly sum: Accumulator }>();
  for (const { labels, values, present } of grids) {
    const kept = labelsOf(labels);
    let group = groups.get(kept.key);
    if (group === undefined) {
      group = { labels: kept, sum: ACCUMULATORS[request.operator](steps, NOTHING_TO_NOTE) };
      groups.set(kept.key, group);
    }
    group.sum.floats(values, present);
    const resting = rest();
    if (resting !== undefined) await resting;
  }
  return [...groups.values()].map(({ labels, sum }) => ({ labels, ...resultOf(sum, steps) }));
}

/** The aggregation of grids of one group. */
export function aggregated(
  grids: readonly Points[],
  operator: GroupRequest['operator'],
  steps: number,
): Points {
  const sum = ACCUMULATORS[operator](steps, NOTHING_TO_NOTE);
  for (const { values, present } of grids) sum.floats(values, present);
  return resultOf(sum, steps);
}

type Points = Pick<GridSeries, 'values' | 'present'>;

function resultOf(sum: Accumulator, steps: number): Points {
  const values = new Float64Array(steps);
  const present = new Uint8Array(steps);
  for (let step = 0; step < steps; step++) {
    const value = sum.result(step);
    if (typeof value !== 'number') continue;
    values[step] = value;
    present[step] = 1;
  }
  return { values, present };
}
