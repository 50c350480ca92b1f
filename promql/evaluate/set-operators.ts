import type { SetOperator } from '../ast.ts';
import type { LabelSet } from '../label-set.ts';
import { ABSENT, SeriesBuilder, type VectorSeries } from './grid.ts';

/** `and`, `or`, `unless`, step by step. */
export function evaluateSetOperator(
  operator: SetOperator,
  left: readonly VectorSeries[],
  right: readonly VectorSeries[],
  signature: (labels: LabelSet) => string,
): readonly VectorSeries[] {
  if (operator === 'or') {
    // The right side's series where the left one has none of the same signature.
    const rest = keepWhere(right, presenceBySignature(left, signature), signature, false);
    return mergeOr([...left, ...rest]);
  }
  return keepWhere(left, presenceBySignature(right, signature), signature, operator === 'and');
}

type Presence = ReadonlyMap<string, Uint8Array>;

/** For each signature, at which steps any series has a value. */
function presenceBySignature(
  series: readonly VectorSeries[],
  signature: (labels: LabelSet) => string,
): Presence {
  const presence = new Map<string, Uint8Array>();
  for (const one of series) {
    const key = signature(one.labels);
    let steps = presence.get(key);
    if (steps === undefined) {
      steps = new Uint8Array(one.present.length);
      presence.set(key, steps);
    }
    for (let step = 0; step < steps.length; step++) steps[step] ||= one.present[step]!;
  }
  return presence;
}

/** The values at the steps where the other side has (`wanted`) or has not a value of the same signature. */
function keepWhere(
  series: readonly VectorSeries[],
  other: Presence,
  signature: (labels: LabelSet) => string,
  wanted: boolean,
): VectorSeries[] {
  return series.flatMap((one) => {
    const presence = other.get(signature(one.labels));
    if (presence === undefined) return wanted ? [] : [one];
    const out = new SeriesBuilder(one.labels, one.dropName, one.values.length);
    for (let step = 0; step < presence.length; step++) {
      if ((presence[step] !== ABSENT) === wanted) out.copyFrom(one, step);
    }
    return out.any ? [out] : [];
  });
}

/** A series of both sides is one series; where both have a value the left one stands (it cannot be otherwise). */
function mergeOr(series: readonly VectorSeries[]): VectorSeries[] {
  const byKey = new Map<string, VectorSeries>();
  for (const one of series) {
    const before = byKey.get(one.labels.key);
    if (before === undefined) {
      byKey.set(one.labels.key, one);
      continue;
    }
    const out = new SeriesBuilder(one.labels, before.dropName || one.dropName, one.values.length);
    for (let step = 0; step < one.values.length; step++) {
      out.copyFrom(before.present[step] === ABSENT ? one : before, step);
    }
    byKey.set(one.labels.key, out);
  }
  return [...byKey.values()];
}
