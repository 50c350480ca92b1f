import { METRIC_NAME } from '../../model/labels.ts';
import { EvaluationError, SAME_LABELSET } from '../errors.ts';
import type { LabelSet } from '../label-set.ts';
import { ABSENT, SeriesBuilder, type VectorSeries } from './grid.ts';

/** Labels that say what a metric is; they go when a calculation makes something else of it. */
export const METADATA_LABELS: ReadonlySet<string> = new Set([METRIC_NAME, '__type__', '__unit__']);

export const withoutMetadata = (labels: LabelSet): LabelSet =>
  labels.filter((name) => !METADATA_LABELS.has(name));

/** Removes the names that were to be removed, and merges series that have the same labels then. */
export function dropNames(series: readonly VectorSeries[]): VectorSeries[] {
  return mergeSameLabels(
    series.map((one) =>
      one.dropName ? { ...one, labels: withoutMetadata(one.labels), dropName: false } : one,
    ),
  );
}

/**
 * Series with the same labels become one.
 *
 * @throws EvaluationError if two of them have a value at the same step.
 */
export function mergeSameLabels(series: readonly VectorSeries[]): VectorSeries[] {
  const byKey = new Map<string, VectorSeries>();
  let merged = false;
  for (const one of series) {
    const before = byKey.get(one.labels.key);
    if (before === undefined) byKey.set(one.labels.key, one);
    else {
      byKey.set(one.labels.key, merge(before, one));
      merged = true;
    }
  }
  return merged ? [...byKey.values()] : [...series];
}

function merge(a: VectorSeries, b: VectorSeries): VectorSeries {
  const out = new SeriesBuilder(a.labels, a.dropName || b.dropName, a.values.length);
  for (let step = 0; step < a.values.length; step++) {
    if (a.present[step] !== ABSENT && b.present[step] !== ABSENT) throw new EvaluationError(SAME_LABELSET);
    out.copyFrom(a.present[step] === ABSENT ? b : a, step);
  }
  return out;
}
