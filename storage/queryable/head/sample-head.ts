import type { SampleColumns } from '../sample-columns.ts';
import type { IndexedSeries } from '../series-index.ts';
import { HeadSeries, type StartsWanted } from './head-series.ts';
import { LoadHistory } from './load-history.ts';

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
/** Questions that are remembered. */
const MAX_ASKED = 500_000;

interface Entry {
  readonly series: HeadSeries;
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
  readonly #loads = new LoadHistory();
  /** Series that the store worked something out of, with the distance of their samples: the second time they are worth keeping. */
  #asked = new Map<bigint, number>();
  #bytes = 0;

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

  /** Samples from `oldestMs` on may have come in. */
  loaded(oldestMs: number): void {
    this.#loads.add(oldestMs);
  }

  /**
   * Whether these series had better be read here than worked out by the store: they are few, or they were asked for before; and
   * there is room.
   */
  wants(series: readonly IndexedSeries[], stretch: Stretch): boolean {
    const bytes = this.#guessBytes(series, stretch);
    if (!this.#hasRoomFor(bytes)) return false;
    if (bytes <= SMALL_BYTES) return true;
    let known = 0;
    for (const { id } of series) if (this.#entries.has(id) || this.#asked.has(id)) known++;
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
    const entries = series.map(({ id }) => this.#use(id, stretch.startMs));
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

  #guessBytes(series: readonly IndexedSeries[], { startMs, endMs }: Stretch): number {
    let samples = 0;
    for (const { id } of series) samples += (endMs - startMs) / (this.#asked.get(id) ?? GUESSED_INTERVAL_MS);
    return samples * BYTES_A_SAMPLE;
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
  #use(id: bigint, startMs: number): Entry {
    let entry = this.#entries.get(id);
    if (entry !== undefined) {
      this.#entries.delete(id);
      entry.series.forgetAfter(this.#loads.oldestSince(entry.load) - 1);
      entry.load = this.#loads.newest;
      if (!entry.series.keepFrom(startMs)) {
        this.#bytes -= entry.series.bytes;
        entry = undefined;
      }
    }
    if (entry === undefined) {
      entry = { series: new HeadSeries(startMs), load: this.#loads.newest, filling: undefined };
      this.#bytes += entry.series.bytes;
    }
    this.#entries.set(id, entry);
    return entry;
  }

  /** Reads of what is not here: of new series the whole stretch, of others what came since. */
  #missing(
    series: readonly IndexedSeries[],
    entries: readonly Entry[],
    { startMs, endMs }: Stretch,
    stored: ReadStored,
  ): Promise<void>[] {
    const live = endMs >= this.#options.now() - LIVE_MS;
    const toMs = live ? Number.POSITIVE_INFINITY : endMs;
    // What is loaded from now on may be seen by these reads or not.
    const load = this.#loads.newest;
    const lacks = entries.map(({ series: { coveredToMs } }) => coveredToMs < endMs);
    const isNew = entries.map(({ series: { coveredFromMs, coveredToMs } }) => coveredFromMs === coveredToMs);
    const read = async (which: readonly number[], fromMs: number): Promise<void> => {
      const asked = which.map((i) => series[i]!);
      const samples = await stored(asked, { startMs: fromMs, endMs: toMs });
      for (const i of which) this.#extend(entries[i]!, samples.get(series[i]!.id), toMs, load);
    };
    const cold = [...entries.keys()].filter((i) => lacks[i] && isNew[i]);
    const warm = [...entries.keys()].filter((i) => lacks[i] && !isNew[i]);
    const warmFromMs = warm.reduce((least, i) => Math.min(least, entries[i]!.series.coveredToMs), endMs);
    return [
      ...(cold.length > 0 ? [read(cold, startMs)] : []),
      ...(warm.length > 0 ? [read(warm, warmFromMs)] : []),
    ];
  }

  #extend(entry: Entry, samples: SampleColumns | undefined, toMs: number, load: number): void {
    this.#bytes -= entry.series.bytes;
    entry.series.extend(samples, toMs);
    entry.load = load;
    this.#bytes += entry.series.bytes;
  }

  #makeRoom(): void {
    for (const [id, entry] of this.#entries) {
      if (this.#bytes <= this.#options.maxBytes) return;
      if (entry.filling !== undefined) continue;
      this.#bytes -= entry.series.bytes;
      this.#entries.delete(id);
    }
  }
}

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
