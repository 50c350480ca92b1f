import type { GridSeries } from '../../../promql/queryable.ts';
import type { SampleColumns } from '../sample-columns.ts';
import type { IndexedSeries } from '../series-index.ts';
import { HeadSeries, type StartsWanted } from './head-series.ts';
import { LoadHistory } from './load-history.ts';
import { type HeadGrid, SeriesGrids } from './series-grids.ts';

/** A stretch of time, (startMs, endMs]. */
export interface Stretch {
  readonly startMs: number;
  readonly endMs: number;
}

/** Reads the samples of series from the store, start times included, those of each series in order of time. */
export type ReadStored = (
  series: readonly IndexedSeries[],
  stretch: Stretch,
) => Promise<ReadonlyMap<bigint, SampleColumns>>;

export interface SampleHeadOptions {
  /** Bytes that its samples may take; 0 keeps none. */
  readonly maxBytes: number;
  /** Epoch ms. */
  readonly now: () => number;
}

/** What a sample takes, its time with it. */
const BYTES_A_SAMPLE = 16;
/** How far apart the samples of a series are thought to be that nothing is known of. */
const GUESSED_INTERVAL_MS = 15_000;
/** Less than this is read and kept at once: it costs no more than to have the store work it out. */
const SMALL_BYTES = 4 * 2 ** 20;
/** One request may take so much of the head; a larger one would only push out what others use. */
const SHARE_OF_ONE_REQUEST = 0.5;
/** A request that ends within this of now takes all that there is to come, so that the next one finds it here. */
const LIVE_MS = 600_000;
/** A live view moves forward, someone who looks around backward: so much of a range more is read before it. */
const MARGIN_SHARE = 1 / 16;
/** Samples that are read at a time to be kept for later: meanwhile the thread and the store serve others. */
const READ_BEHIND_SAMPLES = 250_000;
/** Questions that are remembered. */
const MAX_ASKED = 500_000;

interface Entry {
  readonly series: HeadSeries;
  readonly grids: SeriesGrids;
  /** Loads up to this one are taken into account. */
  load: number;
  /** Set while a request needs the entry as it is. */
  filling: Promise<unknown> | undefined;
}

/**
 * Samples that queries ask for again and again, kept in memory: rules, dashboards that refresh, live views. It is told of every load,
 * and reads again from the oldest sample of that load on, nothing else. Series that were not asked for longest go first.
 */
export class SampleHead {
  readonly #options: SampleHeadOptions;
  /** In order of use. */
  readonly #entries = new Map<bigint, Entry>();
  /** To be told of every load. */
  readonly loads = new LoadHistory();
  /** Series that the store worked something out of, with the distance of their samples: the second time they are worth keeping. */
  #asked = new Map<bigint, number>();
  #bytes = 0;
  #readingBehind = false;

  constructor(options: SampleHeadOptions) {
    this.#options = options;
  }

  /** Whether it keeps anything at all. */
  get enabled(): boolean {
    return this.#options.maxBytes > 0;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Whether these series had better be read here than worked out by the store: little is missing, and there is room. */
  wants(series: readonly IndexedSeries[], stretch: Stretch): boolean {
    return (
      this.#hasRoomFor(this.#guessBytes(series, stretch)) &&
      this.#missingBytes(series, stretch) <= SMALL_BYTES
    );
  }

  /**
   * Reads series that the store works things out of again and again, so that they are here the next time. Nobody waits for it, and
   * one such read goes on at a time.
   */
  async readBehind(series: readonly IndexedSeries[], stretch: Stretch, stored: ReadStored): Promise<void> {
    if (this.#readingBehind || !this.#hasRoomFor(this.#guessBytes(series, stretch))) return;
    this.#readingBehind = true;
    try {
      const startMs = stretch.startMs - marginMs(stretch);
      const wide = { startMs, endMs: this.#untilMs(stretch.endMs) };
      // Neighbours in the table are read together.
      const sorted = series
        .filter((one) => this.#missingMs(one.id, stretch) > 0)
        .sort((a, b) => (a.id < b.id ? -1 : 1));
      const together = Math.max(1, Math.floor(READ_BEHIND_SAMPLES / this.samplesEach(sorted, stretch)));
      for (let from = 0; from < sorted.length; from += together)
        await this.#replace(sorted.slice(from, from + together), wide, stored);
    } finally {
      this.#readingBehind = false;
    }
  }

  /** How many samples a series is thought to have in the stretch. */
  samplesEach(series: readonly IndexedSeries[], stretch: Stretch): number {
    return this.#guessBytes(series, stretch) / BYTES_A_SAMPLE / Math.max(1, series.length);
  }

  /** Whether the store worked something out of most of these before. */
  askedBefore(series: readonly IndexedSeries[]): boolean {
    let known = 0;
    for (const { id } of series) if (this.#asked.has(id)) known++;
    return known * 2 > series.length;
  }

  /** The store worked something out of these series, and went through so many rows. */
  workedOut(series: readonly IndexedSeries[], { startMs, endMs }: Stretch, rows: number): void {
    // Forgotten as a whole now and then: an old question is no reason to keep anything.
    if (this.#asked.size > MAX_ASKED) this.#asked = new Map();
    const intervalMs = ((endMs - startMs) * series.length) / Math.max(1, rows);
    for (const { id } of series) this.#asked.set(id, intervalMs);
  }

  /** The samples of each series in the stretch, from here as far as they are here; the rest is read through `stored`. */
  async read(
    series: readonly IndexedSeries[],
    stretch: Stretch,
    starts: StartsWanted,
    stored: ReadStored,
  ): Promise<ReadonlyMap<bigint, SampleColumns>> {
    if (!this.#hasRoomFor(this.#guessBytes(series, stretch))) return stored(series, stretch);
    for (let others = this.#fillings(series); others.size > 0; others = this.#fillings(series))
      // Whether they succeed or not: most often nothing is left to read then.
      await Promise.allSettled(others);
    // From here until the entries are marked nothing waits, so that no other request gets in between.
    const entries = series.map(({ id }) => this.#use(id, stretch));
    const found = (): ReadonlyMap<bigint, SampleColumns> => collect(series, entries, stretch, starts);
    const reads = this.#missing(series, entries, stretch, stored);
    if (reads.length === 0) return found();
    // All must be over, however they end: one that goes on would add to an entry that others have taken over.
    const filling = Promise.allSettled(reads).then((ends) => {
      for (const end of ends) if (end.status === 'rejected') throw end.reason;
      return found();
    });
    for (const entry of entries) entry.filling = filling;
    try {
      return await filling;
    } finally {
      for (const entry of entries) entry.filling = undefined;
      this.#makeRoom();
    }
  }

  /**
   * A function of each series on a grid, from samples that are here or read through `stored`; of those series that it can be worked
   * out of here. `left` are the others: their counters began inside the range. `rest` is called between any two series.
   */
  async grids(
    series: readonly IndexedSeries[],
    grid: HeadGrid,
    stored: ReadStored,
    rest: () => Promise<void> | undefined,
  ): Promise<{ readonly series: GridSeries[]; readonly left: IndexedSeries[]; readonly rows: number }> {
    // Loads from now on may not be in what is read.
    const load = this.loads.newest;
    const stretch = { startMs: grid.startMs - grid.windowMs, endMs: grid.endMs };
    const samples = await this.read(series, stretch, 'telling', stored);
    const found: GridSeries[] = [];
    const left: IndexedSeries[] = [];
    let rows = 0;
    for (const one of series) {
      const columns = samples.get(one.id);
      if (columns === undefined) continue;
      if (columns.startsMs !== undefined && grid.func !== 'delta') {
        left.push(one);
        continue;
      }
      rows += columns.timesMs.length;
      const resting = rest();
      if (resting !== undefined) await resting;
      const points = this.#gridOf(one, columns, grid, load);
      if (points !== undefined) found.push(points);
    }
    this.#makeRoom();
    return { series: found, left, rows };
  }

  #gridOf(
    { id, labels }: IndexedSeries,
    samples: SampleColumns,
    grid: HeadGrid,
    load: number,
  ): GridSeries | undefined {
    const grids = this.#entries.get(id)?.grids;
    // It was so much that it is gone again.
    if (grids === undefined) return new SeriesGrids().of(labels, samples, grid);
    const before = grids.bytes;
    const points = grids.of(labels, samples, grid);
    grids.forgetAfter(this.loads.oldestSince(load) - 1);
    this.#bytes += grids.bytes - before;
    return points;
  }

  #guessBytes(series: readonly IndexedSeries[], { startMs, endMs }: Stretch): number {
    const knownToMs = Number.isFinite(endMs) ? endMs : Math.max(startMs, this.#options.now());
    let samples = 0;
    for (const { id } of series) samples += (knownToMs - startMs) / this.#intervalMs(id);
    return samples * BYTES_A_SAMPLE;
  }

  #missingBytes(series: readonly IndexedSeries[], stretch: Stretch): number {
    let samples = 0;
    for (const { id } of series) samples += this.#missingMs(id, stretch) / this.#intervalMs(id);
    return samples * BYTES_A_SAMPLE;
  }

  #intervalMs(id: bigint): number {
    return this.#asked.get(id) ?? GUESSED_INTERVAL_MS;
  }

  /** How much of the stretch is not here of a series. */
  #missingMs(id: bigint, { startMs, endMs }: Stretch): number {
    const entry = this.#entries.get(id);
    if (entry === undefined) return endMs - startMs;
    const { coveredFromMs, coveredToMs } = entry.series;
    const knownToMs = Math.min(coveredToMs, this.loads.oldestSince(entry.load) - 1);
    const overlapMs = Math.min(endMs, knownToMs) - Math.max(startMs, coveredFromMs);
    return endMs - startMs - Math.max(0, overlapMs);
  }

  /** Up to when a request that ends then reads. */
  #untilMs(endMs: number): number {
    return endMs >= this.#options.now() - LIVE_MS ? Number.POSITIVE_INFINITY : endMs;
  }

  /** Puts what is stored of series in the place of what is here. */
  async #replace(series: readonly IndexedSeries[], stretch: Stretch, stored: ReadStored): Promise<void> {
    const load = this.loads.newest;
    const samples = await stored(series, stretch);
    for (const { id } of series) {
      const before = this.#entries.get(id);
      if (before?.filling !== undefined) continue;
      if (before !== undefined) this.#bytes -= bytesOf(before);
      const entry = {
        series: new HeadSeries(stretch.startMs),
        grids: new SeriesGrids(),
        load,
        filling: undefined,
      };
      entry.series.extend(samples.get(id), stretch.endMs);
      this.#bytes += bytesOf(entry);
      this.#entries.delete(id);
      this.#entries.set(id, entry);
    }
    this.#makeRoom();
  }

  #hasRoomFor(bytes: number): boolean {
    return bytes <= this.#options.maxBytes * SHARE_OF_ONE_REQUEST;
  }

  #fillings(series: readonly IndexedSeries[]): Set<Promise<unknown>> {
    const fillings = new Set<Promise<unknown>>();
    for (const { id } of series) {
      const filling = this.#entries.get(id)?.filling;
      if (filling !== undefined) fillings.add(filling);
    }
    return fillings;
  }

  /** The entry of a series, now the one used last, without what loads may have changed; a new one if it is of no use. */
  #use(id: bigint, { startMs, endMs }: Stretch): Entry {
    let entry = this.#entries.get(id);
    if (entry !== undefined) {
      this.#entries.delete(id);
      this.#bytes -= bytesOf(entry);
      const unchangedToMs = this.loads.oldestSince(entry.load) - 1;
      entry.series.forgetAfter(unchangedToMs);
      entry.grids.forgetAfter(unchangedToMs);
      entry.load = this.loads.newest;
      if (!entry.series.keepFor(startMs, endMs)) entry = undefined;
    }
    entry ??= {
      series: new HeadSeries(startMs),
      grids: new SeriesGrids(),
      load: this.loads.newest,
      filling: undefined,
    };
    this.#bytes += bytesOf(entry);
    this.#entries.set(id, entry);
    return entry;
  }

  /** Reads of what is not here: of new series the whole stretch, of others what came since and what lies before. */
  #missing(
    series: readonly IndexedSeries[],
    entries: readonly Entry[],
    stretch: Stretch,
    stored: ReadStored,
  ): Promise<void>[] {
    const { startMs, endMs } = stretch;
    const toMs = this.#untilMs(endMs);
    // What is loaded from now on may be seen by these reads or not.
    const load = this.loads.newest;
    const lacks = entries.map(({ series: { coveredToMs } }) => coveredToMs < endMs);
    const isNew = entries.map(({ series: { coveredFromMs, coveredToMs } }) => coveredFromMs === coveredToMs);
    const read = async (which: readonly number[], fromMs: number): Promise<void> => {
      const asked = which.map((i) => series[i]!);
      const samples = await stored(asked, { startMs: fromMs, endMs: toMs });
      for (const i of which) this.#extend(entries[i]!, samples.get(series[i]!.id), toMs, load);
    };
    const all = [...entries.keys()];
    const cold = all.filter((i) => lacks[i] && isNew[i]);
    const warm = all.filter((i) => lacks[i] && !isNew[i]);
    const early = all.filter((i) => !isNew[i] && entries[i]!.series.coveredFromMs > startMs);
    const warmFromMs = warm.reduce((least, i) => Math.min(least, entries[i]!.series.coveredToMs), endMs);
    const readEarlier = async (): Promise<void> => {
      const untilMs = early.reduce((most, i) => Math.max(most, entries[i]!.series.coveredFromMs), startMs);
      const before = { startMs: startMs - marginMs(stretch), endMs: untilMs };
      const asked = early.map((i) => series[i]!);
      const samples = await stored(asked, before);
      for (const i of early) this.#prepend(entries[i]!, samples.get(series[i]!.id), before.startMs);
    };
    return [
      ...(cold.length > 0 ? [read(cold, startMs)] : []),
      ...(warm.length > 0 ? [read(warm, warmFromMs)] : []),
      ...(early.length > 0 ? [readEarlier()] : []),
    ];
  }

  #extend(entry: Entry, samples: SampleColumns | undefined, toMs: number, load: number): void {
    this.#bytes -= bytesOf(entry);
    entry.series.extend(samples, toMs);
    entry.load = load;
    this.#bytes += bytesOf(entry);
  }

  #prepend(entry: Entry, samples: SampleColumns | undefined, fromMs: number): void {
    this.#bytes -= bytesOf(entry);
    entry.series.prepend(samples, fromMs);
    this.#bytes += bytesOf(entry);
  }

  #makeRoom(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#bytes <= this.#options.maxBytes) return;
      if (entry.filling !== undefined) continue;
      this.#bytes -= bytesOf(entry);
      this.#entries.delete(id);
    }
  }
}

const bytesOf = ({ series, grids }: Entry): number => series.bytes + grids.bytes;

const marginMs = ({ startMs, endMs }: Stretch): number => Math.ceil((endMs - startMs) * MARGIN_SHARE);

function collect(
  series: readonly IndexedSeries[],
  entries: readonly Entry[],
  { startMs, endMs }: Stretch,
  starts: StartsWanted,
): ReadonlyMap<bigint, SampleColumns> {
  const found = new Map<bigint, SampleColumns>();
  for (const [i, { id }] of series.entries()) {
    const samples = entries[i]!.series.read(startMs, endMs, starts);
    if (samples !== undefined) found.set(id, samples);
  }
  return found;
}
