import type { Logger } from 'pino';
import { Counter, Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { METRIC_NAME } from '../../model/labels.ts';
import type { Clock } from '../../model/units.ts';
import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';
import { LabelSet } from '../../promql/label-set.ts';
import {
  type GridFunction,
  type GridRequest,
  type GridResult,
  type GridSeries,
  type MetadataRequest,
  type MetricMetadata,
  type Queryable,
  type SampleSeries,
  type SelectRequest,
  type SeriesRequest,
  StoreUnavailableError,
  setStaleAt,
  TooMuchError,
} from '../../promql/queryable.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import { type GridRow, readGridRows } from './grid-columns.ts';
import { readNativeBlocks } from './native-blocks.ts';
import { type HistogramRow, histogramRow, toNativeHistogram } from './native-histograms.ts';
import { SampleCollector, type SampleColumns } from './sample-columns.ts';
import { type IndexedSeries, SeriesIndex } from './series-index.ts';

export interface ClickHouseQueryableOptions {
  readonly clickhouse: Reader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Samples that one selector may read; default 50 million. */
  readonly maxSamples?: number | undefined;
  /** Series that one selector may match; default 200,000. */
  readonly maxSeries?: number | undefined;
  /** How old the index may be when a query comes; default 500 ms. */
  readonly indexMaxAgeMs?: number | undefined;
}

/** PromQL's store over ClickHouse. `refresh` brings the index of series up to date; queries do so by themselves. */
export interface ClickHouseQueryable extends Queryable {
  refresh(): Promise<void>;
  /** Series that the index knows. */
  readonly seriesCount: number;
}

/** Functions that look at start times. Others do not need the column. */
const USES_STARTS: ReadonlySet<string> = new Set(['rate', 'increase', 'irate', 'resets', 'start_timestamp']);

/** Rows of new series may become visible a little after the time that is written in them. */
const OVERLAP_MS = 15_000;

const seriesRow = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  first: z.coerce.number(),
  last: z.coerce.number(),
  written: z.coerce.number(),
});

const metaRow = z.object({ name: z.string(), type: z.string(), unit: z.string(), help: z.string() });
const METRIC_TYPES: ReadonlySet<string> = new Set(['counter', 'gauge', 'histogram', 'summary']);

/** Makes the store. Nothing is read until the first query. */
export function createClickHouseQueryable(options: ClickHouseQueryableOptions): ClickHouseQueryable {
  return new ClickHouseStore(options);
}

class ClickHouseStore implements ClickHouseQueryable {
  readonly #clickhouse: Reader;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxSamples: number;
  readonly #maxSeries: number;
  readonly #indexMaxAgeMs: number;
  readonly #index = new SeriesIndex();
  readonly #metrics: ReturnType<typeof queryableMetrics>;
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #newestWrittenMs = 0;
  #hasHistograms = false;

  constructor(options: ClickHouseQueryableOptions) {
    this.#clickhouse = options.clickhouse;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#maxSamples = options.maxSamples ?? 50_000_000;
    this.#maxSeries = options.maxSeries ?? 200_000;
    this.#indexMaxAgeMs = options.indexMaxAgeMs ?? 500;
    this.#metrics = queryableMetrics(options.registry);
  }

  get seriesCount(): number {
    return this.#index.size;
  }

  async select(request: SelectRequest): Promise<SampleSeries[]> {
    await this.#freshIndex();
    // The range is open on the left, in whole milliseconds.
    const found = this.#index.resolve(request.matchers, request.startMs + 1, request.endMs);
    if (found.length > this.#maxSeries) throw new TooMuchError('series', this.#maxSeries);
    if (found.length === 0) return [];
    const withStarts = USES_STARTS.has(request.hints.func);
    const [samples, histograms] = await Promise.all([
      this.#readSamples(found, request, withStarts),
      this.#hasHistograms ? this.#readHistograms(found, request) : [],
    ]);
    return assemble(found, samples, histograms);
  }

  async selectGrid(request: GridRequest): Promise<GridResult | undefined> {
    await this.#freshIndex();
    const readStartMs = request.startMs - request.windowMs;
    const found = this.#index.resolve(request.matchers, readStartMs + 1, request.endMs);
    if (found.length > this.#maxSeries) throw new TooMuchError('series', this.#maxSeries);
    const steps = (request.endMs - request.startMs) / request.stepMs + 1;
    if (this.#hasHistograms || !Number.isInteger(steps)) return undefined;
    if (found.length === 0) return { series: [], samples: [] };
    const rows = await this.#readGrid(found, request, steps, readStartMs);
    const series: GridSeries[] = [];
    const left: IndexedSeries[] = [];
    for (const one of found) {
      const row = rows.get(one.id);
      if (row === undefined) continue;
      // A counter that began inside the range counts from its start, which ClickHouse's functions know nothing of.
      if (row.newestStartMs > readStartMs) left.push(one);
      else if (row.present.includes(1))
        series.push({ labels: one.labels, values: row.values, present: row.present });
    }
    if (left.length === 0) return { series, samples: [] };
    const range = { startMs: readStartMs, endMs: request.endMs, abort: request.abort };
    return { series, samples: assemble(left, await this.#readSamples(left, range, true), []) };
  }

  async #readGrid(
    found: readonly IndexedSeries[],
    request: GridRequest,
    steps: number,
    readStartMs: number,
  ): Promise<Map<bigint, GridRow>> {
    const bytes = await this.#guard(request.abort, () =>
      this.#clickhouse.bytes(
        {
          sql: `SELECT id, ${GRID_FUNCTIONS[request.func]}({from:DateTime64(3, 'UTC')}, {to:DateTime64(3, 'UTC')},
              {step:Decimal64(3)}, {window:Decimal64(3)})(ts, value), max(start)
            FROM samples
            WHERE id IN {ids:Array(UInt64)} AND NOT stale
              AND ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
            GROUP BY id`,
          parameters: {
            ids: found.map(({ id }) => id),
            from: dateTimeText(request.startMs),
            to: dateTimeText(request.endMs),
            step: (request.stepMs / 1_000).toFixed(3),
            window: (request.windowMs / 1_000).toFixed(3),
            start: readStartMs,
            end: request.endMs,
          },
          settings: { allow_experimental_time_series_aggregate_functions: 1 },
          what: 'promql grid',
          ...(request.abort && { abort: request.abort }),
        },
        'Native',
      ),
    );
    const rows = new Map<bigint, GridRow>();
    for (const row of readGridRows(bytes, steps)) rows.set(row.id, row);
    return rows;
  }

  async series(request: SeriesRequest): Promise<LabelSet[]> {
    const found = (await this.#inRange(request)).map(({ labels }) => labels);
    return limited(found, request.limit);
  }

  async labelNames(request: SeriesRequest): Promise<string[]> {
    const names = new Set<string>();
    for (const { labels } of await this.#inRange(request))
      for (const [name] of labels.entries()) names.add(name);
    return limited([...names].sort(), request.limit);
  }

  async labelValues(name: string, request: SeriesRequest): Promise<string[]> {
    const values = new Set<string>();
    for (const { labels } of await this.#inRange(request)) values.add(labels.get(name));
    values.delete('');
    return limited([...values].sort(), request.limit);
  }

  async metadata(request: MetadataRequest): Promise<ReadonlyMap<string, readonly MetricMetadata[]>> {
    const one = request.metric !== undefined;
    const rows = await this.#guard(request.abort, () =>
      this.#clickhouse.rows({
        sql: `SELECT name, argMax(type, written) AS type, argMax(unit, written) AS unit, argMax(help, written) AS help
          FROM metric_meta ${one ? 'WHERE name = {metric:String}' : ''} GROUP BY name ORDER BY name LIMIT {limit:UInt64}`,
        parameters: { limit: request.limit || 1_000_000, ...(one && { metric: request.metric! }) },
        what: 'promql metadata',
        ...(request.abort && { abort: request.abort }),
      }),
    );
    return new Map(
      rows.map((raw) => {
        const { name, type, unit, help } = metaRow.parse(raw);
        const known = METRIC_TYPES.has(type) ? (type as MetricMetadata['type']) : 'unknown';
        return [name, [{ type: known, unit, help }]];
      }),
    );
  }

  /** Reads series written since the last time. One read at a time; who comes meanwhile waits for it. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#readNewSeries().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #freshIndex(): Promise<void> {
    if (this.#clock.monotonic() - this.#refreshedAt <= this.#indexMaxAgeMs) return;
    await this.refresh();
  }

  async #readNewSeries(): Promise<void> {
    const began = this.#clock.monotonic();
    const since = Math.max(0, this.#newestWrittenMs - OVERLAP_MS);
    const rows = await this.#guard(undefined, () =>
      this.#clickhouse.rows({
        sql: `SELECT toString(id) AS id, name, any(labels) AS labels,
            toUnixTimestamp64Milli(min(first)) AS first, toUnixTimestamp64Milli(max(last)) AS last,
            toUnixTimestamp64Milli(max(s.written)) AS written
          FROM series AS s WHERE s.written > fromUnixTimestamp64Milli({since:Int64}, 'UTC') GROUP BY name, id`,
        parameters: { since },
        limits: { maxSeconds: 120 },
        what: 'promql series index',
      }),
    );
    const before = this.#index.size;
    for (const raw of rows) {
      const row = seriesRow.parse(raw);
      const labels = (): LabelSet =>
        LabelSet.fromEntries([...Object.entries(row.labels), [METRIC_NAME, row.name]]);
      this.#index.put(BigInt(row.id), labels, row.first, row.last);
      this.#newestWrittenMs = Math.max(this.#newestWrittenMs, row.written);
    }
    if (this.#index.size > before) await this.#lookForHistograms();
    this.#refreshedAt = began;
    this.#metrics.series.set(this.#index.size);
    if (before === 0 && this.#index.size > 0)
      this.#logger.debug({ series: this.#index.size }, 'series index loaded');
  }

  async #lookForHistograms(): Promise<void> {
    if (this.#hasHistograms) return;
    const [row] = await this.#guard(undefined, () =>
      this.#clickhouse.rows({
        sql: 'SELECT count() > 0 AS any FROM native_histograms',
        what: 'promql series index',
      }),
    );
    this.#hasHistograms = Number(row?.any ?? 0) > 0;
  }

  async #inRange(request: SeriesRequest): Promise<IndexedSeries[]> {
    await this.#freshIndex();
    const selectors = request.selectors.length === 0 ? [[]] : request.selectors;
    const found = new Set<IndexedSeries>();
    for (const selector of selectors) {
      for (const series of this.#index.resolve(selector, request.startMs, request.endMs)) found.add(series);
    }
    return [...found];
  }

  async #readSamples(
    found: readonly IndexedSeries[],
    request: ReadRange,
    withStarts: boolean,
  ): Promise<Map<bigint, SampleColumns>> {
    const collector = new SampleCollector(withStarts);
    const bytes = await this.#guard(request.abort, () =>
      this.#clickhouse.bytes(
        {
          sql: `SELECT id, ts, value${withStarts ? ', start' : ''} FROM samples
            WHERE id IN {ids:Array(UInt64)}
              AND ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
            LIMIT {limit:UInt64}`,
          parameters: rangeParameters(found, request, this.#maxSamples + 1),
          what: 'promql samples',
          ...(request.abort && { abort: request.abort }),
        },
        'Native',
      ),
    );
    for (const block of readNativeBlocks(bytes, collector.widths)) collector.add(block);
    this.#metrics.samples.inc(collector.rows);
    if (collector.rows > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    return new Map(collector.finish());
  }

  async #readHistograms(found: readonly IndexedSeries[], request: SelectRequest): Promise<HistogramRow[]> {
    const rows = await this.#guard(request.abort, () =>
      this.#clickhouse.rows({
        sql: `SELECT toString(id) AS id, toUnixTimestamp64Milli(h.ts) AS ts, toUnixTimestamp64Milli(h.start) AS start, delta, stale, scale,
            count, sum, has_sum, zero_threshold, zero_count, positive_offset, positive_counts, negative_offset, negative_counts
          FROM native_histograms AS h
          WHERE h.id IN {ids:Array(UInt64)}
            AND h.ts > fromUnixTimestamp64Milli({start:Int64}, 'UTC') AND h.ts <= fromUnixTimestamp64Milli({end:Int64}, 'UTC')
          ORDER BY h.id, h.ts LIMIT 1 BY h.id, h.ts LIMIT {limit:UInt64}`,
        parameters: rangeParameters(found, request, this.#maxSamples + 1),
        what: 'promql histograms',
        ...(request.abort && { abort: request.abort }),
      }),
    );
    if (rows.length > this.#maxSamples) throw new TooMuchError('samples', this.#maxSamples);
    return rows.map((row) => histogramRow.parse(row));
  }

  /** Runs a read, and says its failure in PromQL's terms. */
  async #guard<T>(abort: AbortSignal | undefined, read: () => Promise<T>): Promise<T> {
    try {
      return await read();
    } catch (error) {
      if (abort?.aborted) throw abort.reason;
      if (!(error instanceof StoreError)) throw error;
      if (error.failure === 'too_much') throw new TooMuchError('samples', this.#maxSamples);
      if (error.retryable) throw new StoreUnavailableError(error.message, { cause: error });
      throw error;
    }
  }
}

type ReadRange = Pick<SelectRequest, 'startMs' | 'endMs' | 'abort'>;

/** ClickHouse's functions over a grid, and what they are in PromQL. */
const GRID_FUNCTIONS = {
  rate: 'timeSeriesRateToGrid',
  increase: 'timeSeriesIncreaseToGrid',
  delta: 'timeSeriesDeltaToGrid',
  irate: 'timeSeriesInstantRateToGrid',
  idelta: 'timeSeriesInstantDeltaToGrid',
  last_over_time: 'timeSeriesLastToGrid',
} as const satisfies Record<GridFunction, string>;

const dateTimeText = (ms: number): string => new Date(ms).toISOString().slice(0, -1).replace('T', ' ');

const limited = <T>(all: T[], limit: number | undefined): T[] => (limit ? all.slice(0, limit) : all);

const rangeParameters = (found: readonly IndexedSeries[], request: ReadRange, limit: number) => ({
  ids: found.map(({ id }) => id),
  start: Math.floor(request.startMs),
  end: Math.floor(request.endMs),
  limit,
});

function assemble(
  found: readonly IndexedSeries[],
  samples: ReadonlyMap<bigint, SampleColumns>,
  histograms: readonly HistogramRow[],
): SampleSeries[] {
  const byId = Map.groupBy(histograms, (row) => BigInt(row.id));
  return found.flatMap(({ id, labels }): SampleSeries[] => {
    const columns = samples.get(id);
    const rows = byId.get(id);
    if (rows !== undefined) return [withHistograms(labels, rows, columns)];
    if (columns === undefined) return [];
    return [
      { labels, timestampsMs: columns.timesMs, values: columns.values, startTimestampsMs: columns.startsMs },
    ];
  });
}

/** A series of histograms; floats beside them are merged in by time. */
function withHistograms(
  labels: LabelSet,
  rows: readonly HistogramRow[],
  columns: SampleColumns | undefined,
): SampleSeries {
  const floats = columns === undefined ? 0 : columns.timesMs.length;
  const size = rows.length + floats;
  const timestampsMs = new Float64Array(size);
  const values = new Float64Array(size);
  const starts = new Float64Array(size);
  const histograms = new Array<NativeHistogram | undefined>(size);
  for (let at = 0, i = 0, j = 0; at < size; at++) {
    const row = rows[i];
    if (row !== undefined && (j >= floats || row.ts <= columns!.timesMs[j]!)) {
      timestampsMs[at] = row.ts;
      starts[at] = row.start;
      if (row.stale) setStaleAt(values, at);
      else histograms[at] = toNativeHistogram(row);
      i++;
    } else {
      timestampsMs[at] = columns!.timesMs[j]!;
      values.set(columns!.values.subarray(j, j + 1), at);
      j++;
    }
  }
  return { labels, timestampsMs, values, histograms, startTimestampsMs: starts };
}

function queryableMetrics(registry: Registry): { series: Gauge; samples: Counter } {
  const series = 'tidewarden_storage_promql_index_series';
  const samples = 'tidewarden_storage_promql_samples_read_total';
  return {
    series:
      (registry.getSingleMetric(series) as Gauge | undefined) ??
      new Gauge({
        name: series,
        help: 'Series in the index that PromQL selectors are resolved with',
        registers: [registry],
      }),
    samples:
      (registry.getSingleMetric(samples) as Counter | undefined) ??
      new Counter({
        name: samples,
        help: 'Samples that PromQL queries read from the store',
        registers: [registry],
      }),
  };
}
