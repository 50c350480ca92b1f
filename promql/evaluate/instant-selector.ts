import { METRIC_NAME } from '../../model/labels.ts';
import { TEXT } from '../annotations.ts';
import type { SelectorPlan } from '../plan.ts';
import { isStaleAt, type SampleSeries, wordsOf } from '../queryable.ts';
import type { EvaluationContext } from './context.ts';
import { interpolateFloats, interpolateHistograms } from './extended-rate.ts';
import { SeriesBuilder, timeAt, type VectorSeries } from './grid.ts';
import { toRangeSamples } from './samples.ts';

/** Which of a sample's figures an instant selector takes. */
export type SampleFigure = 'value' | 'timestamp' | 'start_timestamp';

/**
 * Each series at each step: the newest sample of the lookback window unless it is a staleness marker. With another figure than the
 * value, its time in seconds instead.
 */
export function evaluateInstantSelector(
  series: readonly SampleSeries[],
  plan: SelectorPlan,
  figure: SampleFigure,
  context: EvaluationContext,
): Promise<VectorSeries[]> {
  if (plan.selector.extension === 'smoothed')
    return context.budget.flatMap(series, (one) => smoothedSeries(one, plan, context));
  return context.budget.flatMap(series, (one) => instantSeries(one, plan, figure));
}

function instantSeries(series: SampleSeries, plan: SelectorPlan, figure: SampleFigure): VectorSeries[] {
  const { timestampsMs, values, histograms, startTimestampsMs } = series;
  if (figure === 'start_timestamp' && startTimestampsMs === undefined) return [];
  const words = wordsOf(values);
  const out = new SeriesBuilder(series.labels, figure !== 'value', plan.grid.steps);
  let at = -1;
  for (let step = 0; step < plan.grid.steps; step++) {
    const end = (plan.atMs ?? timeAt(plan.grid, step)) - plan.offsetMs;
    while (at + 1 < timestampsMs.length && timestampsMs[at + 1]! <= end) at++;
    if (at < 0 || timestampsMs[at]! <= end - plan.windowMs) continue;
    const histogram = histograms?.[at];
    if (histogram === undefined && isStaleAt(words, at)) continue;
    if (figure === 'timestamp') out.setFloat(step, timestampsMs[at]! / 1_000);
    else if (figure === 'start_timestamp') out.setFloat(step, startTimestampsMs![at]! / 1_000);
    else if (histogram !== undefined) out.setHistogram(step, histogram);
    else out.setFloat(step, values[at]!);
  }
  return out.any ? [out] : [];
}

/** `smoothed`: the value on the line between the neighbours, the last one carried on where there is none after. */
function smoothedSeries(
  series: SampleSeries,
  plan: SelectorPlan,
  context: EvaluationContext,
): VectorSeries[] {
  const samples = toRangeSamples(series);
  const out = new SeriesBuilder(series.labels, false, plan.grid.steps);
  for (let step = 0; step < plan.grid.steps; step++) {
    const t = (plan.atMs ?? timeAt(plan.grid, step)) - plan.offsetMs;
    const floats = neighbours(samples.times, t, plan);
    const histograms = neighbours(samples.histogramTimes, t, plan);
    if (floats.any && histograms.any) {
      const name = series.labels.get(METRIC_NAME);
      context.annotations.warn(TEXT.mixedFloatsHistograms(name), plan.selector.position);
    } else if (floats.any && floats.before >= 0) {
      const { before, after } = floats;
      const exact = after < 0 || samples.times[before] === t;
      out.setFloat(
        step,
        exact ? samples.values[before]! : interpolateFloats(samples, before, after, t, false),
      );
    } else if (histograms.any && histograms.before >= 0) {
      const { before, after } = histograms;
      const from = samples.histograms[before]!;
      if (samples.histogramTimes[before] === t) out.setHistogram(step, from);
      // Carried on, a hint says nothing any more: it is about the sample and the one before.
      else if (after < 0) out.setHistogram(step, { ...from, counterResetHint: 'unknown' });
      else {
        const counter = [from, samples.histograms[after]!].some((h) => h.counterResetHint !== 'gauge');
        const note = { annotations: context.annotations, position: plan.selector.position };
        const name = series.labels.get(METRIC_NAME);
        out.set(step, interpolateHistograms(samples, before, after, t, counter, { ...note, name }));
      }
    }
  }
  return out.any ? [out] : [];
}

/** The samples at or before and after t within the lookback on both sides; -1 where there is none. */
function neighbours(
  times: Float64Array,
  t: number,
  plan: SelectorPlan,
): { before: number; after: number; any: boolean } {
  let after = 0;
  while (after < times.length && times[after]! <= t) after++;
  const before = after > 0 && times[after - 1]! > t - plan.windowMs ? after - 1 : -1;
  const inReach = after < times.length && times[after]! <= t + plan.extendAfterMs;
  return { before, after: inReach ? after : -1, any: before >= 0 || inReach };
}
