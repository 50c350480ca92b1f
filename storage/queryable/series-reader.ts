import type { Counter } from 'prom-client';
import { type SampleSeries, TooMuchError } from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { assembleFloats, assembleNative } from './assemble.ts';
import type { StartsWanted } from './head/head-series.ts';
import type { ReadStored, SampleHead } from './head/sample-head.ts';
import type { HistogramColumns } from './histogram-columns.ts';
import { type Guarded, guarding } from './promql-failure.ts';
import { type ReadRange, readNativeHistograms, readSamples } from './read-samples.ts';
import { SampleCollector, type SampleColumns } from './sample-columns.ts';
import type { SampleSource, SampleSources } from './sample-source.ts';
import { inBatches } from './series-batches.ts';
import type { IndexedSeries } from './series-index.ts';

interface SeriesReaderOptions {
  readonly clickhouse: Reader;
  /** Samples that one read may give. */
  readonly maxSamples: number;
  /** Of one query to ClickHouse. */
  readonly batchSamples: number;
  readonly head: SampleHead;
  readonly sources: SampleSources;
  /** Counts the samples that ClickHouse gave. */
  readonly samplesRead: Counter;
}

/** Reads the samples of series: from the head what is there, the rest from ClickHouse. */
export class SeriesReader {
  readonly #clickhouse: Reader;
  readonly #maxSamples: number;
  readonly #batchSamples: number;
  readonly #head: SampleHead;
  readonly #sources: SampleSources;
  readonly #samplesRead: Counter;
  readonly #guard: Guarded;

  constructor({ clickhouse, maxSamples, batchSamples, head, sources, samplesRead }: SeriesReaderOptions) {
    this.#clickhouse = clickhouse;
    this.#maxSamples = maxSamples;
    this.#batchSamples = batchSamples;
    this.#head = head;
    this.#sources = sources;
    this.#samplesRead = samplesRead;
    this.#guard = guarding('samples', maxSamples);
  }

  /** The samples of series, floats and histograms. */
  async read(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
    starts: StartsWanted,
  ): Promise<SampleSeries[]> {
    const native = found.filter((one) => one.native);
    const floats = native.length === 0 ? found : found.filter((one) => !one.native);
    const [ofFloats, ofNative] = await Promise.all([
      floats.length === 0 ? NO_SAMPLES : this.#samples(floats, range, source, starts),
      native.length === 0 ? [] : this.#readNative(native, range, source, starts),
    ]);
    return [...assembleFloats(floats, ofFloats, source.weighted), ...ofNative];
  }

  /** Series that may hold histograms. Whether the first one of the range goes on from the one before shows in that one. */
  async #readNative(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
    starts: StartsWanted,
  ): Promise<SampleSeries[]> {
    const longer = { ...range, startMs: range.startMs - HISTOGRAM_BEFORE_MS };
    // Sums stand for floats alone.
    const single = source.weighted ? await this.#sources.of(longer, '', 1) : source;
    const [samples, histograms] = await Promise.all([
      this.#samples(found, longer, single, starts),
      this.#readHistograms(found, longer, single),
    ]);
    return assembleNative(found, samples, histograms, range.startMs);
  }

  /** Samples by series, from the head as far as they are there; the head knows nothing of rolled-up ones. */
  async #samples(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
    starts: StartsWanted,
  ): Promise<ReadonlyMap<bigint, SampleColumns>> {
    if (source.resolution !== 'raw') return this.#readSamples(found, range, source, starts !== 'none');
    range.abort?.throwIfAborted();
    const withStarts = starts !== 'none' || this.#head.enabled;
    const samples = await this.#head.read(found, range, starts, this.stored(range, source, withStarts));
    let total = 0;
    for (const { timesMs } of samples.values()) total += timesMs.length;
    if (total > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    if (this.#head.enabled) range.onRead?.({ rows: total, where: 'memory', resolution: 'raw' });
    return samples;
  }

  /** Reads other stretches for the request of `range`. */
  stored(range: ReadRange, source: SampleSource, withStarts: boolean): ReadStored {
    return (series, stretch) => this.#readSamples(series, { ...range, ...stretch }, source, withStarts);
  }

  async #readSamples(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
    withStarts: boolean,
  ): Promise<ReadonlyMap<bigint, SampleColumns>> {
    const collector = new SampleCollector(withStarts || source.weighted);
    const read = async (batch: readonly IndexedSeries[]): Promise<number> => {
      const limit = this.#maxSamples + 1 - collector.rows;
      const rows = await this.#guard(range.abort, () =>
        readSamples(this.#clickhouse, { found: batch, range, source, limit }, withStarts, collector),
      );
      this.#samplesRead.inc(rows);
      return rows;
    };
    const density = {
      batchSamples: this.#batchSamples,
      samplesEach: this.#head.samplesEach(found, range),
      seen: this.#head.askedBefore(found),
    };
    await inBatches(found, { ...density, maxSamples: this.#maxSamples, limit: 'samples', atOnce: 1 }, read);
    return new Map(collector.finish());
  }

  async #readHistograms(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
  ): Promise<ReadonlyMap<bigint, HistogramColumns>> {
    const limit = this.#maxSamples + 1;
    const { rows, series } = await this.#guard(range.abort, () =>
      readNativeHistograms(this.#clickhouse, { found, range, source, limit }),
    );
    this.#samplesRead.inc(rows);
    if (rows > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    return series;
  }
}

const NO_SAMPLES: ReadonlyMap<bigint, SampleColumns> = new Map();

/** How far before a range its first histogram's predecessor is looked for: twice the lookback, after which a series has ended anyway. */
const HISTOGRAM_BEFORE_MS = 600_000;
