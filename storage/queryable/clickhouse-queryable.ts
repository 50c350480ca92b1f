import type { LabelMatcher } from '../../model/labels.ts';
import type { Loaded } from '../../model/telemetry.ts';
import { isRate } from '../../promql/evaluate/rate.ts';
import type { LabelSet } from '../../promql/label-set.ts';
import {
  type ExemplarRequest,
  type ExemplarSeries,
  type GridRequest,
  type GridResult,
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
import type { Reader } from '../clickhouse/clickhouse.ts';
import { gridSteps, type Pushed } from './grid-query.ts';
import { groupGrids } from './head/group-grids.ts';
import { GroupHistory } from './head/group-history.ts';
import type { StartsWanted } from './head/head-series.ts';
import { pacing } from './head/pacing.ts';
import { SampleHead } from './head/sample-head.ts';
import type { HeadGrid } from './head/series-grids.ts';
import { SharedAnswers } from './head/shared-answers.ts';
import { bytesOfGrids, bytesOfGroups, gridKey, shared } from './head/shared-grids.ts';
import { type Guarded, guarding } from './promql-failure.ts';
import { readExemplars } from './read-exemplars.ts';
import { readMetadata } from './read-metadata.ts';
import type { ReadRange } from './read-samples.ts';
import { type SampleSource, SampleSources } from './sample-source.ts';
import { samplesReadCounter } from './samples-read-counter.ts';
import { BATCH_SAMPLES } from './series-batches.ts';
import { type Guard, SeriesCatalog, type SeriesCatalogOptions } from './series-catalog.ts';
import type { IndexedSeries } from './series-index.ts';
import { SeriesReader } from './series-reader.ts';
import { SeriesRefusals } from './series-refusals.ts';
import { type GridAsked, StoreGrids } from './store-grids.ts';

export interface ClickHouseQueryableOptions extends SeriesCatalogOptions {
  /** Samples that one selector may have in this process at once; default 10 million. */
  readonly maxSamples?: number | undefined;
  /** Samples that ClickHouse may go through for one selector of which it gives only points of a grid; default 250 million. */
  readonly maxScanned?: number | undefined;
  /** Samples that one query to ClickHouse is about; a selector of more takes several, one after the other. Default 3 million. */
  readonly batchSamples?: number | undefined;
  /** Series that one selector may match; default 200,000. */
  readonly maxSeries?: number | undefined;
  /**
   * Bytes of samples to keep in memory; default none. Only where `loaded` is told of everything that is written, which a ClickHouse
   * with several writers cannot promise.
   */
  readonly headBytes?: number | undefined;
  /** Where a read that has had the thread for a while waits for its next turn; default: until the next turn of the event loop. */
  readonly rest?: (() => Promise<void>) | undefined;
}

/** PromQL's store over ClickHouse. `refresh` brings the index of series up to date; queries do so by themselves. */
export interface ClickHouseQueryable extends Queryable {
  refresh(): Promise<void>;
  /** Telemetry of these times was loaded: what was read of them before may be out of date. */
  loaded(load: Loaded): void;
  /** The same series, read through another client: one that waits in another lane of the engine, and for the thread with others. */
  through(clickhouse: Reader, rest?: () => Promise<void>): Queryable;
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
  readonly #maxSeries: number;
  readonly #catalog: SeriesCatalog;
  readonly #refusals: SeriesRefusals;
  readonly #head: SampleHead;
  readonly #grids: SharedAnswers<GridResult>;
  readonly #groups: SharedAnswers<GroupResult>;
  readonly #history: GroupHistory;
  readonly #sources: SampleSources;
  readonly #reader: SeriesReader;
  readonly #storeGrids: StoreGrids;
  readonly #guard: Guarded;

  /** `known` is what stores over the same tables share. */
  constructor(
    options: ClickHouseQueryableOptions,
    known?: { catalog: SeriesCatalog; refusals: SeriesRefusals; head: SampleHead; sources: SampleSources },
  ) {
    const maxSamples = options.maxSamples ?? 10_000_000;
    const batchSamples = options.batchSamples ?? BATCH_SAMPLES;
    const headBytes = options.headBytes ?? 0;
    const guard = guarding('samples', maxSamples);
    const unended: Guard = (read) => guard(undefined, read);
    this.#options = options;
    this.#clickhouse = options.clickhouse;
    this.#maxSeries = options.maxSeries ?? 200_000;
    this.#guard = guard;
    this.#catalog = known?.catalog ?? new SeriesCatalog(options, unended);
    this.#refusals = known?.refusals ?? new SeriesRefusals(options, unended);
    this.#sources = known?.sources ?? new SampleSources(options, unended);
    this.#head =
      known?.head ?? new SampleHead({ maxBytes: headBytes * SAMPLES_SHARE, now: () => options.clock.now() });
    const { loads } = this.#head;
    // Not among stores: rules must not wait for what people ask for.
    this.#grids = new SharedAnswers({ loads, maxBytes: headBytes * GRIDS_SHARE }, bytesOfGrids);
    this.#groups = new SharedAnswers({ loads, maxBytes: headBytes * GROUPS_SHARE }, bytesOfGroups);
    this.#history = new GroupHistory({ loads, maxBytes: headBytes * HISTORY_SHARE });
    this.#storeGrids = new StoreGrids({
      clickhouse: options.clickhouse,
      maxScanned: options.maxScanned ?? 250_000_000,
      batchSamples,
      head: this.#head,
    });
    this.#reader = new SeriesReader({
      clickhouse: options.clickhouse,
      maxSamples,
      batchSamples,
      head: this.#head,
      sources: this.#sources,
      samplesRead: samplesReadCounter(options.registry),
    });
  }

  through(clickhouse: Reader, rest?: () => Promise<void>): Queryable {
    const known = {
      catalog: this.#catalog,
      refusals: this.#refusals,
      head: this.#head,
      sources: this.#sources,
    };
    return new ClickHouseStore({ ...this.#options, clickhouse, rest }, known);
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
    return this.#reader.read(found, request, source, USES_STARTS[func] ?? 'none');
  }

  selectGrid(request: GridRequest): Promise<GridResult | undefined> {
    return shared(this.#grids, request, gridKey(request), (own) => this.#workOutGrid(own));
  }

  async #workOutGrid(request: GridRequest): Promise<GridResult | undefined> {
    const asked = await this.#ask(request);
    if (asked === undefined) return undefined;
    if (!asked.inMemory) return this.#work(asked, () => this.#storeGrids.grids(asked, request));
    const { func } = request;
    // Of one step nothing is worth keeping, and other functions are the evaluator's.
    if (!isRate(func) || asked.steps === 1) return undefined;
    return this.#work(asked, () => this.#gridInMemory(asked, { ...request, func }));
  }

  selectGroups(request: GroupRequest): Promise<GroupResult | undefined> {
    const { operator, grouping, without } = request;
    const key = JSON.stringify([gridKey(request), operator, grouping, without]);
    return shared(this.#groups, request, key, (own) => this.#workOutGroups(own));
  }

  async #workOutGroups(request: GroupRequest): Promise<GroupResult | undefined> {
    const asked = await this.#ask(request);
    if (asked === undefined) return undefined;
    const members = asked.floats.map(({ labels }) => labels);
    if (!asked.inMemory) {
      const { series, samples } = await this.#work(asked, () => this.#groupsOfStore(asked, request));
      return { groups: series, members, samples };
    }
    // Panels break the same grid down in several ways.
    const grid = await this.selectGrid(request);
    if (grid === undefined) return undefined;
    const groups = await groupGrids(grid.series, request, asked.steps, this.#pacing(request.abort));
    return { groups, members, samples: grid.samples };
  }

  #groupsOfStore(asked: Asked, request: GroupRequest): Promise<Pushed> {
    // Rolled-up samples change in the background, and whoever wants to know how it is worked out has it worked out.
    if (asked.source.resolution !== 'raw' || request.onRead !== undefined)
      return this.#storeGrids.groups(asked, request);
    return this.#history.of(request, asked.steps, asked.floats, (floats, startMs) => {
      const range = { ...asked.range, startMs: startMs - request.windowMs };
      const steps = asked.steps - Math.round((startMs - request.startMs) / request.stepMs);
      return this.#storeGrids.groups({ ...asked, floats, range, steps }, { ...request, startMs });
    });
  }

  /** Which series a grid is asked of, and where it had better be worked out; undefined if only the evaluator can. */
  async #ask(request: GridRequest): Promise<Asked | undefined> {
    await this.#catalog.fresh();
    const steps = gridSteps(request);
    if (steps === undefined) return undefined;
    const range = { ...request, startMs: request.startMs - request.windowMs };
    const found = this.#resolve(request.matchers, range);
    const native = found.filter((one) => one.native);
    const floats = native.length === 0 ? found : found.filter((one) => !one.native);
    const isRange = request.func !== 'last_sample';
    const source = await this.#sources.of(range, request.func, isRange ? request.windowMs : 0);
    const inMemory = found.length > 0 && source.resolution === 'raw' && this.#head.wants(floats, range);
    return { floats, native, range, source, steps, inMemory };
  }

  /** What `work` makes of the series that it can, and the samples of the others: histograms, and what it left. */
  async #work(
    { floats, native, range, source, inMemory }: Asked,
    work: () => Promise<Pushed>,
  ): Promise<GridResult> {
    const again = !inMemory && source.resolution === 'raw' && this.#head.askedBefore(floats);
    const [{ series, left }, histograms] = await Promise.all([
      floats.length === 0 ? NOTHING_PUSHED : work(),
      this.#reader.read(native, range, source, 'telling'),
    ]);
    if (again) this.#readBehind(floats, range, source);
    return { series, samples: [...histograms, ...(await this.#reader.read(left, range, source, 'telling'))] };
  }

  /** Has series that are asked for again and again in memory the next time. Nobody hears of a failure: the next time it is tried again. */
  #readBehind(floats: readonly IndexedSeries[], range: ReadRange, source: SampleSource): void {
    this.#head
      .readBehind(
        floats,
        range,
        this.#reader.stored({ ...range, abort: undefined, onRead: undefined }, source, true),
      )
      .catch((err: unknown) => this.#options.logger.debug({ err }, 'samples were not read into memory'));
  }

  async #gridInMemory({ floats, range, source }: Asked, grid: HeadGrid): Promise<Pushed> {
    const stored = this.#reader.stored(range, source, true);
    const { series, left, rows } = await this.#head.grids(floats, grid, stored, this.#pacing(range.abort));
    range.onRead?.({ rows, where: 'memory', resolution: source.resolution });
    return { series, left };
  }

  /** For loops that others must not wait for, and that end when nobody waits for them. */
  #pacing(abort: AbortSignal | undefined): () => Promise<void> | undefined {
    const { clock, rest } = this.#options;
    return pacing(() => {
      abort?.throwIfAborted();
      return clock.monotonic();
    }, rest);
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
    this.#head.loads.add(oldestMs);
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
}

/** Shares of `headBytes`: what the head keeps, and what answers take in each of two stores. */
const SAMPLES_SHARE = 0.75;
const GRIDS_SHARE = 0.1;
const GROUPS_SHARE = 0.0125;
const HISTORY_SHARE = 0.0125;

/** What a request for a grid is about. */
interface Asked extends GridAsked {
  /** Series that may hold histograms. */
  readonly native: readonly IndexedSeries[];
  /** Whether the samples of `floats` are here, or few enough to be. */
  readonly inMemory: boolean;
}

const NOTHING_PUSHED: Pushed = { series: [], left: [] };

const limited = <T>(all: T[], limit: number | undefined): T[] => (limit ? all.slice(0, limit) : all);
