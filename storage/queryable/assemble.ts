import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';
import { storedResetHints } from '../../promql/histogram/reset-hints.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import { type SampleSeries, setStaleAt } from '../../promql/queryable.ts';
import type { HistogramColumns } from './histogram-columns.ts';
import type { SampleColumns } from './sample-columns.ts';
import type { IndexedSeries } from './series-index.ts';

/** Series of floats with what was read of them; those of which nothing was are left out. `weighted`: see `SampleSource`. */
export function assembleFloats(
  found: readonly IndexedSeries[],
  samples: ReadonlyMap<bigint, SampleColumns>,
  weighted: boolean,
): SampleSeries[] {
  return found.flatMap(({ id, labels }): SampleSeries[] => {
    const columns = samples.get(id);
    if (columns === undefined) return [];
    const { timesMs, values, startsMs } = columns;
    const extra = weighted ? { weights: startsMs } : { startTimestampsMs: startsMs };
    return [{ labels, timestampsMs: timesMs, values, ...extra }];
  });
}

/**
 * Series that may hold histograms, as far as they lie after `afterMs`. What was read before that only says whether the first histogram
 * goes on from the one before.
 */
export function assembleNative(
  found: readonly IndexedSeries[],
  samples: ReadonlyMap<bigint, SampleColumns>,
  histograms: ReadonlyMap<bigint, HistogramColumns>,
  afterMs: number,
): SampleSeries[] {
  return found.flatMap(({ id, labels }): SampleSeries[] => {
    const whole = merged(labels, histograms.get(id) ?? NO_HISTOGRAMS, samples.get(id));
    const from = whole.timestampsMs.findIndex((time) => time > afterMs);
    return from < 0 ? [] : [from === 0 ? whole : cutFrom(whole, from)];
  });
}

const NO_HISTOGRAMS: HistogramColumns = { timesMs: [], startsMs: [], histograms: [] };

const cutFrom = (series: SampleSeries, from: number): SampleSeries => ({
  labels: series.labels,
  timestampsMs: series.timestampsMs.subarray(from),
  values: series.values.subarray(from),
  histograms: series.histograms?.slice(from),
  startTimestampsMs: series.startTimestampsMs?.subarray(from),
});

/** Floats and histograms by time. Of both at one time the histogram stays. */
function merged(
  labels: LabelSet,
  columns: HistogramColumns,
  floats: SampleColumns | undefined,
): SampleSeries {
  const times: number[] = [];
  const starts: number[] = [];
  const histograms: (NativeHistogram | undefined)[] = [];
  const values = new Float64Array(columns.timesMs.length + (floats?.timesMs.length ?? 0));
  for (let i = 0, j = 0; ; ) {
    const time = columns.timesMs[i] ?? Number.POSITIVE_INFINITY;
    const floatTime = floats?.timesMs[j] ?? Number.POSITIVE_INFINITY;
    if (time === Number.POSITIVE_INFINITY && floatTime === time) break;
    const at = times.length;
    if (time <= floatTime) {
      times.push(time);
      starts.push(columns.startsMs[i]!);
      histograms.push(columns.histograms[i]);
      if (columns.histograms[i] === undefined) setStaleAt(values, at);
      if (time === floatTime) j++;
      i++;
    } else {
      times.push(floatTime);
      starts.push(floats!.startsMs?.[j] ?? 0);
      histograms.push(undefined);
      // `set` copies bytes, so that a staleness marker stays one.
      values.set(floats!.values.subarray(j, j + 1), at);
      j++;
    }
  }
  const hints = storedResetHints(histograms);
  return {
    labels,
    timestampsMs: Float64Array.from(times),
    values: values.subarray(0, times.length),
    histograms: histograms.map((one, i) => one && { ...one, counterResetHint: hints[i]! }),
    startTimestampsMs: starts.some((start) => start !== 0) ? Float64Array.from(starts) : undefined,
  };
}
