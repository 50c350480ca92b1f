import { mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { SealedSegment, SegmentSource } from '../../collector/wal/segment.ts';
import type { DerivedMetric } from '../../model/series.ts';
import { type Loaded, SIGNALS, type Signal } from '../../model/telemetry.ts';
import type { Clock } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import { Feed } from './feed.ts';
import { type Batch, createInserter, type Inserter } from './insert.ts';
import { type LoaderMetrics, loaderMetrics } from './loader-metrics.ts';
import { type Manifest, readManifest, removeManifest, writeManifest } from './manifest.ts';
import { pause } from './pause.ts';
import { RefusalCounts } from './refusal-counts.ts';
import { putAside, salvage } from './salvage.ts';
import { SpanMetrics, type SpanMetricsSettings } from './span-metrics.ts';

export interface LoaderOptions {
  readonly segments: SegmentSource;
  readonly clickhouse: ClickHouse;
  /** ClickHouse is the embedded engine and can read the segments' files itself. */
  readonly embedded: boolean;
  /** Active series that a metric may have in a campaign; new ones beyond are refused. */
  readonly seriesPerMetric: number;
  /** How spans become metrics; without it they do not. */
  readonly spanMetrics?: SpanMetricsSettings;
  /** Where records go that cannot be loaded. */
  readonly deadLetterDirectory: string;
  /** Where the loader keeps what it is about to insert; default `loads` beside `deadLetterDirectory`. */
  readonly stateDirectory?: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface Loader {
  /** Milliseconds since the oldest record was accepted that is not in the store yet; 0 when all are. */
  lagMs(signal: Signal): number;
  /** Calls back after each load; returns how to stop that. */
  onLoad(callback: (load: Loaded) => void): () => void;
  /** What was refused since the start, because metrics have as many series as they may, as figures to feed back. */
  refused(): readonly DerivedMetric[];
  /** Ends the loads that run and resolves when nothing is written any more. What is left stays in the WAL. */
  stop(): Promise<void>;
}

/** Most of what is loaded together: larger is cheaper, but the points of a batch are in memory at once. */
const BATCH_BYTES = 24 * 1024 * 1024;
const BATCH_SEGMENTS = 64;
/** Views that feed other tables from `spans`; each writes at most a row for each span. */
const FED_FROM_SPANS = 3;
const BACKOFF_FIRST_MS = 50;
const BACKOFF_LAST_MS = 5_000;

/** Starts loading each signal's sealed segments into ClickHouse, exactly once and in order. */
export async function startLoader(options: LoaderOptions): Promise<Loader> {
  const directory = options.stateDirectory ?? join(dirname(options.deadLetterDirectory), 'loads');
  await mkdir(directory, { recursive: true });
  await mkdir(options.deadLetterDirectory, { recursive: true });
  const stop = new AbortController();
  const inserter = createInserter(options);
  const metrics = loaderMetrics(options.registry);
  const refusals = new RefusalCounts(options.registry);
  const callbacks = new Set<(load: Loaded) => void>();
  const onLoad = (load: Loaded): void => {
    for (const callback of callbacks) callback(load);
  };
  const spanMetrics =
    options.spanMetrics === undefined
      ? null
      : new SpanMetrics({ ...options, ...options.spanMetrics, inserter, stop: stop.signal, onLoad });
  await spanMetrics?.settle();
  callbacks.add(({ signal }) => {
    if (signal === 'traces') spanMetrics?.grown();
  });
  const workers = SIGNALS.map((signal) => {
    return new SignalLoader({
      options,
      directory,
      signal,
      inserter,
      metrics,
      refusals,
      stop: stop.signal,
      onLoad,
    });
  });
  const running = [...workers.map((worker) => worker.run()), spanMetrics?.run()];
  return {
    lagMs: (signal) => workers[SIGNALS.indexOf(signal)]?.lagMs() ?? 0,
    onLoad: (callback) => {
      callbacks.add(callback);
      return () => callbacks.delete(callback);
    },
    refused: () => refusals.figures(),
    stop: async () => {
      stop.abort();
      await Promise.all(running);
    },
  };
}

interface SignalLoaderOptions {
  readonly options: LoaderOptions;
  readonly directory: string;
  readonly signal: Signal;
  readonly inserter: Inserter;
  readonly metrics: LoaderMetrics;
  readonly refusals: RefusalCounts;
  readonly stop: AbortSignal;
  readonly onLoad: (load: Loaded) => void;
}

/** Loads one signal's segments, batch after batch. */
class SignalLoader {
  readonly #signal: Signal;
  readonly #options: LoaderOptions;
  readonly #directory: string;
  readonly #inserter: Inserter;
  readonly #metrics: LoaderMetrics;
  readonly #refusals: RefusalCounts;
  readonly #stop: AbortSignal;
  readonly #onLoad: (load: Loaded) => void;
  readonly #manifestPath: string;
  readonly #feed: Feed;
  #loading: readonly SealedSegment[] = [];

  constructor(given: SignalLoaderOptions) {
    this.#signal = given.signal;
    this.#options = given.options;
    this.#directory = given.directory;
    this.#inserter = given.inserter;
    this.#metrics = given.metrics;
    this.#refusals = given.refusals;
    this.#stop = given.stop;
    this.#onLoad = given.onLoad;
    this.#manifestPath = join(given.directory, `${given.signal}.json`);
    this.#feed = new Feed(given.options.segments, given.signal, given.stop, (error) =>
      given.options.logger.error({ err: error, signal: given.signal }, 'The WAL did not hand out a segment'),
    );
  }

  lagMs(): number {
    const oldest = this.#loading[0] ?? this.#feed.waiting()[0];
    return oldest === undefined ? 0 : Math.max(0, this.#options.clock.now() - oldest.acceptedAtMs);
  }

  async run(): Promise<void> {
    const manifest = await readManifest(this.#manifestPath);
    if (manifest !== null) await this.#resume(manifest);
    while (!this.#stop.aborted && (await this.#feed.more(0))) {
      const segments = this.#feed.take(batchSize(this.#feed.waiting()));
      await this.#load(
        { token: tokenOf(segments), segments: segments.map((each) => each.id), loaded: false },
        segments,
      );
    }
    for (const segment of [...this.#loading, ...this.#feed.waiting()].reverse())
      this.#options.segments.retry(segment);
    await this.#feed.ended();
  }

  /** Completes what a crash interrupted: the same segments under the same token, or only their release. */
  async #resume(manifest: Manifest): Promise<void> {
    const wanted = new Set(manifest.segments);
    let count = 0;
    // The collector hands out the oldest first, and these are the oldest; one that is missing was released before the crash.
    while (count < wanted.size && (await this.#feed.more(count))) {
      const segment = this.#feed.waiting()[count];
      if (segment === undefined || !wanted.has(segment.id)) break;
      count++;
    }
    if (this.#stop.aborted) return;
    const segments = this.#feed.take(count);
    if (manifest.loaded) await this.#release(segments);
    else if (segments.length > 0) await this.#load(manifest, segments);
    else await removeManifest(this.#manifestPath);
  }

  /** Tries until the batch is in the store and released, or the loader stops. */
  async #load(manifest: Manifest, segments: readonly SealedSegment[]): Promise<void> {
    this.#loading = segments;
    for (
      let backoffMs = BACKOFF_FIRST_MS;
      !this.#stop.aborted;
      backoffMs = Math.min(backoffMs * 2, BACKOFF_LAST_MS)
    ) {
      try {
        await writeManifest(this.#manifestPath, manifest);
        await this.#insert(manifest.token, segments);
        await writeManifest(this.#manifestPath, { ...manifest, loaded: true });
        await this.#release(segments);
        this.#observe(segments);
        return;
      } catch (error) {
        this.#metrics.failures.inc({ signal: this.#signal });
        this.#options.logger.warn(
          {
            err: error,
            signal: this.#signal,
            token: manifest.token,
            segments: segments.length,
            againInMs: backoffMs,
          },
          'Telemetry could not be loaded; it stays in the WAL and is tried again',
        );
        await pause(backoffMs, this.#stop);
      }
    }
  }

  async #insert(token: string, segments: readonly SealedSegment[]): Promise<void> {
    const expected = segments.reduce((sum, segment) => sum + segment.rows, 0);
    const batch = batchOf(this.#signal, token, segments);
    try {
      await this.#put(batch, expected);
    } catch (error) {
      if (!(error instanceof StoreError) || error.retryable || error.failure !== 'rejected') throw error;
      await this.#insertGood(batch, segments, error);
    }
  }

  /** Loads what can be loaded of a batch that was refused, and puts the rest aside. */
  async #insertGood(batch: Batch, segments: readonly SealedSegment[], refusal: StoreError): Promise<void> {
    const { segments: source, deadLetterDirectory, clock, logger } = this.#options;
    const { poisoned, paths, rows } = await salvage(source, this.#inserter, segments, this.#directory);
    // Every record passes by itself: it is the insert that is refused, and no record's fault.
    if (poisoned.length === 0) throw new StoreError('unavailable', refusal.message, refusal.clickhouseCode);
    for (const each of poisoned) {
      await putAside(source, each, deadLetterDirectory, clock);
      this.#metrics.deadLetters.inc({ signal: this.#signal });
      logger.error(
        {
          signal: this.#signal,
          segment: each.segment.id,
          record: each.index,
          items: each.entry.items,
          reason: each.reason,
        },
        'A record cannot be loaded and was put aside in dead-letter',
      );
    }
    if (paths.length > 0) await this.#put({ ...batch, paths }, rows);
    for (const path of paths.filter((each) => dirname(each) === this.#directory))
      await rm(path, { force: true });
  }

  async #put(batch: Batch, expected: number): Promise<void> {
    const { rows, refused } = await this.#inserter.insert(batch);
    this.#check(batch, rows, expected);
    for (const refusal of refused) {
      this.#refusals.count(refusal);
      this.#options.logger.warn(
        { ...refusal, allowed: this.#options.seriesPerMetric },
        'New series were refused: their metric has as many active ones in the campaign as it may (limits.seriesPerMetric)',
      );
    }
  }

  /** Spans also count the rows of what is fed from them, so for them only the bounds are known. */
  #check(batch: Batch, written: number, expected: number): void {
    const right =
      batch.signal === 'traces'
        ? written > expected && written <= (1 + FED_FROM_SPANS) * expected
        : written === expected;
    if (right) return;
    if (written === 0 && expected > 0)
      throw new StoreError(
        'unavailable',
        `load ${batch.signal}: the store took ${expected} rows and wrote none`,
      );
    this.#metrics.mismatches.inc({ signal: batch.signal });
    this.#options.logger.error(
      { signal: batch.signal, token: batch.token, written, expected },
      'A load wrote another number of rows than its records hold',
    );
  }

  async #release(segments: readonly SealedSegment[]): Promise<void> {
    for (const segment of segments) await this.#options.segments.release(segment);
    this.#loading = [];
    await removeManifest(this.#manifestPath);
  }

  #observe(segments: readonly SealedSegment[]): void {
    const now = this.#options.clock.now();
    const signal = this.#signal;
    for (const segment of segments)
      this.#metrics.lag.observe({ signal }, Math.max(0, now - segment.acceptedAtMs) / 1000);
    this.#metrics.items.inc(
      { signal },
      segments.reduce((sum, each) => sum + each.items, 0),
    );
    this.#metrics.batches.inc({ signal });
    this.#onLoad({ signal, ...timesOf(segments) });
  }
}

/** The token of a batch: its first and last segment and their number say which ones are in it. */
function tokenOf(segments: readonly SealedSegment[]): string {
  const ids = segments.map((segment) => segment.id);
  return ids.length === 1 ? (ids[0] ?? '') : `${ids[0]}..${ids.at(-1)}.${ids.length}`;
}

function batchSize(waiting: readonly SealedSegment[]): number {
  let bytes = 0;
  let count = 0;
  for (const segment of waiting.slice(0, BATCH_SEGMENTS)) {
    bytes += segment.bytes;
    if (count > 0 && bytes > BATCH_BYTES) break;
    count++;
  }
  return count;
}

const batchOf = (signal: Signal, token: string, segments: readonly SealedSegment[]): Batch => ({
  signal,
  token,
  paths: segments.map((segment) => segment.path),
  ...timesOf(segments),
});

const timesOf = (segments: readonly SealedSegment[]) => ({
  oldestMs: Math.min(...segments.map((segment) => segment.oldestMs)),
  newestMs: Math.max(...segments.map((segment) => segment.newestMs)),
  acceptedMs: Math.max(...segments.map((segment) => segment.acceptedAtMs)),
});
