import type { Counter } from 'prom-client';
import type { LabelMatcher } from '../../model/labels.ts';
import type { Loaded } from '../../model/telemetry.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import {
  type ExemplarRequest,
  type ExemplarSeries,
  type GridRequest,
  type GridResult,
  type GridSeries,
  type GroupRequest,
  type GroupResult,
  type MetadataRequest,
  type MetricMetadata,
  type Queryable,
  type SampleSeries,
  type SelectRequest,
  type SeriesRequest,
  TooMuchError,
  type WarningsRequest,
} from '../../promql/queryable.ts';
import type { SeriesStatistics } from '../../promql/series-statistics.ts';
import type { QueryRequest, Reader } from '../clickhouse/clickhouse.ts';
import { assembleFloats, assembleNative } from './assemble.ts';
import { readGridRows } from './grid-columns.ts';
import { gridQuery, gridSteps, sortGrid } from './grid-query.ts';
import { groupQuery, numberGroups, sortGroups } from './group-query.ts';
import type { StartsWanted } from './head/head-series.ts';
import { SampleHead } from './head/sample-head.ts';
import type { HistogramColumns } from './histogram-columns.ts';
import { promqlFailure } from './promql-failure.ts';
import { readExemplars } from './read-exemplars.ts';
import { readMetadata } from './read-metadata.ts';
import { type ReadRange, readNativeHistograms, readSamples, rowsTo } from './read-samples.ts';
import type { SampleColumns } from './sample-columns.ts';
import { type SampleSource, SampleSources } from './sample-source.ts';
import { samplesReadCounter } from './samples-read-counter.ts';
import { SeriesCatalog, type SeriesCatalogOptions } from './series-catalog.ts';
import type { IndexedSeries } from './series-index.ts';
import { SeriesRefusals } from './series-refusals.ts';

export interface ClickHouseQueryableOptions extends SeriesCatalogOptions {
  /** Samples that one selector may read; default 10 million, which are 320 MB on their way. */
  readonly maxSamples?: number | undefined;
  /** Series that one selector may match; default 200,000. */
  readonly maxSeries?: number | undefined;
  /**
   * Bytes of samples to keep in memory; default none. Only where `loaded` is told of everything that is written, which a ClickHouse
   * with several writers cannot promise.
   */
  readonly headBytes?: number | undefined;
}

/** PromQL's store over ClickHouse. `refresh` brings the index of series up to date; queries do so by themselves. */
export interface ClickHouseQueryable extends Queryable {
  refresh(): Promise<void>;
  /** Telemetry of these times was loaded: what was read of them before may be out of date. */
  loaded(load: Loaded): void;
  /** The same series, read through another client: one that waits in another lane of the engine. */
  through(clickhouse: Reader): Queryable;
  /** Series that the index knows. */
  readonly seriesCount: number;
}

/** Functions that look at start times. Others do not need the column. */
const USES_STARTS: Readonly<Record<string, StartsWanted>> = {
  rate: 'telling',
  increase: 'telling',
  irate: 'telling',
  resets: 'telling',
  start_timestamp: 'all',
};

/** Makes the store. Nothing is read until the first query. */
export function createClickHouseQueryable(options: ClickHouseQueryableOptions): ClickHouseQueryable {
  return new ClickHouseStore(options);
}

class ClickHouseStore implements ClickHouseQueryable {
  readonly #options: ClickHouseQueryableOptions;
  readonly #clickhouse: Reader;
  readonly #maxSamples: number;
  readonly #maxSeries: number;
  readonly #catalog: SeriesCatalog;
  readonly #refusals: SeriesRefusals;
  readonly #head: SampleHead;
  readonly #sources: SampleSources;
  readonly #samplesRead: Counter;

  /** `known` is what stores over the same tables share. */
  constructor(
    options: ClickHouseQueryableOptions,
    known?: { catalog: SeriesCatalog; refusals: SeriesRefusals; head: SampleHead; sources: SampleSources },
  ) {
    this.#options = options;
    this.#clickhouse = options.clickhouse;
    this.#maxSamples = options.maxSamples ?? 10_000_000;
    this.#maxSeries = options.maxSeries ?? 200_000;
    this.#catalog = known?.catalog ?? new SeriesCatalog(options, (read) => this.#guard(undefined, read));
    this.#refusals = known?.refusals ?? new SeriesRefusals(options, (read) => this.#guard(undefined, read));
    this.#head =
      known?.head ?? new SampleHead({ maxBytes: options.headBytes ?? 0, now: () => options.clock.now() });
    this.#sources = known?.sources ?? new SampleSources(options, (read) => this.#guard(undefined, read));
    this.#samplesRead = samplesReadCounter(options.registry);
  }

  through(clickhouse: Reader): Queryable {
    const known = {
      catalog: this.#catalog,
      refusals: this.#refusals,
      head: this.#head,
      sources: this.#sources,
    };
    return new ClickHouseStore({ ...this.#options, clickhouse }, known);
  }

  get seriesCount(): number {
    return this.#catalog.index.size;
  }

  async select(request: SelectRequest): Promise<SampleSeries[]> {
    await this.#catalog.fresh();
    const found = this.#resolve(request.matchers, request);
    if (found.length === 0) return [];
    const { func, rangeMs } = request.hints;
    const source = await this.#sources.of(request, func, rangeMs);
    return this.#read(found, request, source, USES_STARTS[func] ?? 'none');
  }

  async selectGrid(request: GridRequest): Promise<GridResult | undefined> {
    const pushed = await this.#push(request, (floats, source, steps) =>
      this.#readGrid(floats, request, source, steps),
    );
    return pushed && { series: pushed.series, samples: pushed.samples };
  }

  async selectGroups(request: GroupRequest): Promise<GroupResult | undefined> {
    const pushed = await this.#push(request, (floats, source, steps) =>
      this.#readGroups(floats, request, source, steps),
    );
    const members = pushed?.floats.map(({ labels }) => labels);
    return pushed && { groups: pushed.series, members: members!, samples: pushed.samples };
  }

  /** What `read` makes ClickHouse work out of the series that it can, and the samples of the others: histograms, and what it left. */
  async #push(
    request: GridRequest,
    read: (floats: readonly IndexedSeries[], source: SampleSource, steps: number) => Promise<Pushed>,
  ) {
    await this.#catalog.fresh();
    const steps = gridSteps(request);
    if (steps === undefined) return undefined;
    const range = { ...request, startMs: request.startMs - request.windowMs };
    const found = this.#resolve(request.matchers, range);
    const native = found.filter((one) => one.native);
    const floats = native.length === 0 ? found : found.filter((one) => !one.native);
    const isRange = request.func !== 'last_sample';
    const source = await this.#sources.of(range, request.func, isRange ? request.windowMs : 0);
    if (found.length > 0 && source.resolution === 'raw' && this.#head.wants(floats, range)) return undefined;
    const [{ series, left }, histograms] = await Promise.all([
      floats.length === 0 ? NOTHING_PUSHED : read(floats, source, steps),
      this.#read(native, range, source, 'telling'),
    ]);
    return {
      floats,
      series,
      samples: [...histograms, ...(await this.#read(left, range, source, 'telling'))],
    };
  }

  async exemplars(request: ExemplarRequest): Promise<ExemplarSeries[]> {
    await this.#catalog.fresh();
    const found = new Set<IndexedSeries>();
    for (const selector of request.selectors) {
      for (const series of this.#catalog.index.matching(selector, request.startMs, request.endMs)) {
        found.add(series);
        if (found.size > this.#maxSeries) throw new TooMuchError('series', this.#maxSeries);
      }
    }
    return this.#guard(request.abort, () => readExemplars(this.#clickhouse, [...found], request));
  }

  async series(request: SeriesRequest): Promise<LabelSet[]> {
    await this.#catalog.fresh();
    const found = new Set<IndexedSeries>();
    for (const series of this.#inRange(request)) {
      found.add(series);
      if (found.size === request.limit) break;
    }
    return Array.from(found, ({ labels }) => labels);
  }

  async labelNames(request: SeriesRequest): Promise<string[]> {
    await this.#catalog.fresh();
    const { selectors, startMs, endMs, limit } = request;
    if (selectors.length === 0) return limited(this.#catalog.index.labelNames(startMs, endMs).sort(), limit);
    const names = new Set<string>();
    for (const { labels } of this.#inRange(request)) for (const [name] of labels.entries()) names.add(name);
    return limited([...names].sort(), limit);
  }

  async labelValues(name: string, request: SeriesRequest): Promise<string[]> {
    await this.#catalog.fresh();
    const { selectors, startMs, endMs, limit } = request;
    if (selectors.length === 0)
      return limited(this.#catalog.index.labelValues(name, startMs, endMs).sort(), limit);
    const values = new Set<string>();
    for (const { labels } of this.#inRange(request)) values.add(labels.get(name));
    values.delete('');
    return limited([...values].sort(), limit);
  }

  async statistics(limit: number): Promise<SeriesStatistics> {
    await this.#catalog.fresh();
    return this.#catalog.index.statistics(limit);
  }

  metadata(request: MetadataRequest): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
    return this.#guard(request.abort, () => readMetadata(this.#clickhouse, request));
  }

  warnings(request: WarningsRequest): Promise<string[]> {
    return this.#refusals.warnings(request);
  }

  refresh(): Promise<void> {
    return this.#catalog.refresh();
  }

  loaded({ signal, oldestMs }: Loaded): void {
    if (signal !== 'metrics' && signal !== 'remote_write') return;
    this.#catalog.expire();
    this.#head.loaded(oldestMs);
  }

  #resolve(matchers: readonly LabelMatcher[], range: ReadRange): IndexedSeries[] {
    // The range is open on the left, in whole milliseconds.
    const found = this.#catalog.index.resolve(matchers, range.startMs + 1, range.endMs);
    if (found.length > this.#maxSeries) throw new TooMuchError('series', this.#maxSeries);
    return found;
  }

  /** One by one; one that satisfies two selectors comes twice. */
  *#inRange(request: SeriesRequest): IterableIterator<IndexedSeries> {
    const selectors = request.selectors.length === 0 ? [[]] : request.selectors;
    for (const selector of selectors)
      yield* this.#catalog.index.matching(selector, request.startMs, request.endMs);
  }

  /** The samples of series, floats and histograms. */
  async #read(
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

  async #readGroups(
    floats: readonly IndexedSeries[],
    request: GroupRequest,
    source: SampleSource,
    steps: number,
  ): Promise<Pushed> {
    const { numbers, labels } = numberGroups(floats, request);
    const bytes = await this.#gridBytes(
      floats,
      request,
      source,
      groupQuery(floats, numbers, request, source),
    );
    return sortGroups(floats, labels, readGridRows(bytes, steps));
  }

  async #readGrid(
    found: readonly IndexedSeries[],
    request: GridRequest,
    source: SampleSource,
    steps: number,
  ): Promise<Pushed> {
    const bytes = await this.#gridBytes(found, request, source, gridQuery(found, request, source));
    return sortGrid(found, readGridRows(bytes, steps), request);
  }

  #gridBytes(
    found: readonly IndexedSeries[],
    request: GridRequest,
    source: SampleSource,
    query: QueryRequest,
  ): Promise<Buffer> {
    const onRead = (rows: number): void => {
      rowsTo(request, source)(rows);
      if (source.resolution !== 'raw') return;
      this.#head.workedOut(found, { ...request, startMs: request.startMs - request.windowMs }, rows);
    };
    return this.#guard(request.abort, () => this.#clickhouse.bytes({ ...query, onRead }, 'Native'));
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
    const samples = await this.#head.read(found, range, starts, (series, stretch) =>
      this.#readSamples(series, { ...range, ...stretch }, source, starts !== 'none' || this.#head.enabled),
    );
    let total = 0;
    for (const { timesMs } of samples.values()) total += timesMs.length;
    if (total > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    if (this.#head.enabled) range.onRead?.({ rows: total, where: 'memory', resolution: 'raw' });
    return samples;
  }

  async #readSamples(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
    withStarts: boolean,
  ): Promise<ReadonlyMap<bigint, SampleColumns>> {
    const limit = this.#maxSamples + 1;
    return this.#counted(
      await this.#guard(range.abort, () =>
        readSamples(this.#clickhouse, { found, range, source, limit }, withStarts),
      ),
    );
  }

  async #readHistograms(
    found: readonly IndexedSeries[],
    range: ReadRange,
    source: SampleSource,
  ): Promise<ReadonlyMap<bigint, HistogramColumns>> {
    const limit = this.#maxSamples + 1;
    return this.#counted(
      await this.#guard(range.abort, () =>
        readNativeHistograms(this.#clickhouse, { found, range, source, limit }),
      ),
    );
  }

  #counted<T>({ rows, series }: { readonly rows: number; readonly series: T }): T {
    this.#samplesRead.inc(rows);
    if (rows > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    return series;
  }

  /** Runs a read, and says its failure in PromQL's terms. */
  async #guard<T>(abort: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      throw abort?.aborted ? abort.reason : promqlFailure(error, this.#maxSamples);
    }
  }
}

/** What ClickHouse worked out, and the series that it must leave to the evaluator. */
interface Pushed {
  readonly series: readonly GridSeries[];
  readonly left: readonly IndexedSeries[];
}

const NOTHING_PUSHED: Pushed = { series: [], left: [] };

const NO_SAMPLES: ReadonlyMap<bigint, SampleColumns> = new Map();

/** How far before a range its first histogram's predecessor is looked for: twice the lookback, after which a series has ended anyway. */
const HISTOGRAM_BEFORE_MS = 600_000;

const limited = <T>(all: T[], limit: number | undefined): T[] => (limit ? all.slice(0, limit) : all);
