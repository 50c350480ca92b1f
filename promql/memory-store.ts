import type { LabelMatcher } from '../model/labels.ts';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import { storedResetHints } from './histogram/reset-hints.ts';
import type { LabelSet } from './label-set.ts';
import { compileMatchers, matchesAll } from './matcher.ts';
import {
  type Exemplar,
  type ExemplarRequest,
  type ExemplarSeries,
  type MetadataRequest,
  type MetricMetadata,
  type Queryable,
  type SampleSeries,
  type SelectRequest,
  type SeriesRequest,
  setStaleAt,
} from './queryable.ts';
import { labelStatistics, type SeriesStatistics } from './series-statistics.ts';

/** A sample to store: a float, a native histogram or a staleness marker. */
export type StoredValue = number | NativeHistogram | 'stale';

interface StoredSeries {
  readonly labels: LabelSet;
  readonly samples: { readonly timeMs: number; readonly value: StoredValue; readonly startMs: number }[];
  readonly exemplars: Exemplar[];
}

/** Series in memory: for tests of rules and queries. */
export class MemoryStore implements Queryable {
  readonly #series = new Map<string, StoredSeries>();
  readonly #metadata = new Map<string, MetricMetadata[]>();

  /** Stores a sample; one of the same series and time is replaced. `startMs` 0 says that its start is unknown. */
  append(labels: LabelSet, timeMs: number, value: StoredValue, startMs = 0): void {
    const { samples } = this.#stored(labels);
    let at = samples.length;
    while (at > 0 && samples[at - 1]!.timeMs > timeMs) at--;
    const replaced = at > 0 && samples[at - 1]!.timeMs === timeMs ? 1 : 0;
    samples.splice(at - replaced, replaced, { timeMs, value, startMs });
  }

  appendExemplar(labels: LabelSet, exemplar: Exemplar): void {
    this.#stored(labels).exemplars.push(exemplar);
  }

  #stored(labels: LabelSet): StoredSeries {
    let series = this.#series.get(labels.key);
    if (series === undefined) {
      series = { labels, samples: [], exemplars: [] };
      this.#series.set(labels.key, series);
    }
    return series;
  }

  setMetadata(metric: string, metadata: MetricMetadata): void {
    this.#metadata.set(metric, [metadata]);
  }

  clear(): void {
    this.#series.clear();
    this.#metadata.clear();
  }

  async select(request: SelectRequest): Promise<SampleSeries[]> {
    request.abort?.throwIfAborted();
    const found: SampleSeries[] = [];
    for (const series of this.#matching(request.matchers)) {
      const cut = cutSeries(series, request.startMs, request.endMs);
      if (cut !== undefined) found.push(cut);
    }
    const rows = found.reduce((sum, { values }) => sum + values.length, 0);
    request.onRead?.({ rows, where: 'memory', resolution: 'raw' });
    return found;
  }

  async exemplars(request: ExemplarRequest): Promise<ExemplarSeries[]> {
    const matching = new Set(request.selectors.flatMap((selector) => [...this.#matching(selector)]));
    const found = [...matching].flatMap(({ labels, exemplars }) =>
      exemplars
        .filter(({ timeMs }) => timeMs >= request.startMs && timeMs <= request.endMs)
        .map((exemplar) => ({ labels, exemplar })),
    );
    const newest = found.sort((a, b) => b.exemplar.timeMs - a.exemplar.timeMs).slice(0, request.limit);
    return [...Map.groupBy(newest.reverse(), ({ labels }) => labels)].map(([labels, group]) => ({
      labels,
      exemplars: group.map(({ exemplar }) => exemplar),
    }));
  }

  async series(request: SeriesRequest): Promise<LabelSet[]> {
    const found = this.#inRange(request);
    return request.limit ? found.slice(0, request.limit) : found;
  }

  async labelNames(request: SeriesRequest): Promise<string[]> {
    const names = new Set(this.#inRange(request).flatMap((labels) => labels.names()));
    return limited([...names].sort(), request.limit);
  }

  async labelValues(name: string, request: SeriesRequest): Promise<string[]> {
    const values = new Set(this.#inRange(request).map((labels) => labels.get(name)));
    values.delete('');
    return limited([...values].sort(), request.limit);
  }

  async metadata(request: MetadataRequest): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
    const entries = [...this.#metadata].filter(
      ([name]) => request.metric === undefined || name === request.metric,
    );
    return new Map(limited(entries, request.limit));
  }

  async statistics(limit: number): Promise<SeriesStatistics> {
    const counts = new Map<string, Map<string, number>>();
    const times: number[] = [];
    for (const { labels, samples } of this.#series.values()) {
      for (const { timeMs } of samples) times.push(timeMs);
      for (const [name, value] of labels.entries()) {
        const byValue = counts.get(name) ?? new Map<string, number>();
        counts.set(name, byValue.set(value, (byValue.get(value) ?? 0) + 1));
      }
    }
    times.sort((a, b) => a - b);
    return {
      series: this.#series.size,
      range: times.length > 0 ? { startMs: times[0]!, endMs: times.at(-1)! } : undefined,
      ...labelStatistics(counts, limit),
    };
  }

  *#matching(matchers: readonly LabelMatcher[]): IterableIterator<StoredSeries> {
    const compiled = compileMatchers(matchers);
    for (const series of this.#series.values()) if (matchesAll(series.labels, compiled)) yield series;
  }

  #inRange(request: SeriesRequest): LabelSet[] {
    const selectors = request.selectors.length === 0 ? [[]] : request.selectors;
    const found = new Map<string, LabelSet>();
    for (const selector of selectors) {
      for (const { labels, samples } of this.#matching(selector)) {
        const inside = samples.some(({ timeMs }) => timeMs >= request.startMs && timeMs <= request.endMs);
        if (inside) found.set(labels.key, labels);
      }
    }
    return [...found.values()];
  }
}

const limited = <T>(all: T[], limit: number | undefined): T[] => (limit ? all.slice(0, limit) : all);

function cutSeries(series: StoredSeries, startMs: number, endMs: number): SampleSeries | undefined {
  const from = series.samples.findIndex(({ timeMs }) => timeMs > startMs);
  if (from < 0) return undefined;
  let to = series.samples.length;
  while (to > from && series.samples[to - 1]!.timeMs > endMs) to--;
  if (to === from) return undefined;
  const hints = storedResetHints(
    series.samples.map(({ value }) => (typeof value === 'object' ? value : undefined)),
  );
  const samples = series.samples.slice(from, to);
  const values = new Float64Array(samples.length);
  const histograms: (NativeHistogram | undefined)[] = new Array(samples.length);
  samples.forEach(({ value }, i) => {
    if (value === 'stale') setStaleAt(values, i);
    else if (typeof value === 'number') values[i] = value;
    else histograms[i] = { ...value, counterResetHint: hints[from + i]! };
  });
  return {
    labels: series.labels,
    timestampsMs: Float64Array.from(samples, ({ timeMs }) => timeMs),
    values,
    histograms: histograms.some((h) => h !== undefined) ? histograms : undefined,
    startTimestampsMs: samples.some(({ startMs: start }) => start !== 0)
      ? Float64Array.from(samples, ({ startMs: start }) => start)
      : undefined,
  };
}
