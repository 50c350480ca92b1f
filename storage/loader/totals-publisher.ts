import { z } from 'zod';
import type { Loaded } from '../../model/telemetry.ts';
import { type Clock, DAY_MS, HOUR_MS, MINUTE_MS } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { type Inserter, storeTime } from './insert.ts';

/** Running totals that become series. */
export interface Totals {
  /** Names the insert and its failures. */
  readonly name: string;
  /** SQL of one row: `now` (the store's time, epoch milliseconds), `seen` (how far the totals have come), and what else one wants. */
  readonly progress: string;
  /** SQL that puts those that grew into `load_points`. */
  readonly insert: string;
}

export interface TotalsPublisherOptions {
  readonly totals: Totals;
  readonly clickhouse: ClickHouse;
  readonly inserter: Inserter;
  readonly clock: Clock;
  /** Hears of samples that were written. */
  readonly onLoad: (load: Loaded) => void;
}

/** Series whose totals do not grow any more go on for a while, so that rates fall to zero before they end. */
const REPEAT_MS = MINUTE_MS;
const IDLE_MS = HOUR_MS;
const NEVER = '1970-01-01 00:00:00.000';

const progressRow = z.looseObject({ now: z.coerce.number(), seen: z.string() });

/**
 * Turns running totals into cumulative series. A sample is a total as it stands: samples that are lost or written again change nothing that
 * comes after.
 */
export class TotalsPublisher {
  readonly #options: TotalsPublisherOptions;
  #seen = NEVER;
  #lastMs = 0;
  #repeatedAt = Number.NEGATIVE_INFINITY;

  constructor(options: TotalsPublisherOptions) {
    this.#options = options;
  }

  /** When series that did not grow are to be repeated; by the monotonic clock. */
  get repeatAtMs(): number {
    return this.#repeatedAt + REPEAT_MS;
  }

  /** Writes samples of the totals that grew; resolves to the row of progress. Throws `StoreError`. */
  async publish(): Promise<Readonly<Record<string, unknown>>> {
    const { totals, clickhouse, inserter, clock, onLoad } = this.#options;
    const [row] = await clickhouse.rows({ sql: totals.progress, what: totals.name, load: true });
    const { now, seen, ...more } = progressRow.parse(row);
    // A clock that was set back must not put a newer total before an older one.
    const atMs = Math.max(now, this.#lastMs + 1);
    const at = clock.monotonic();
    const repeat = at >= this.repeatAtMs;
    // What a process before this one had no time for was at most a day ago, or does not matter any more.
    const sinceMs = this.#seen === NEVER ? now - DAY_MS : repeat ? now - IDLE_MS : now + DAY_MS;
    const { rows } = await inserter.insertTotals(totals, {
      atMs,
      seen: this.#seen === NEVER ? storeTime(now - DAY_MS) : this.#seen,
      sinceMs,
    });
    this.#seen = seen;
    this.#lastMs = atMs;
    if (repeat) this.#repeatedAt = at;
    if (rows > 0) onLoad({ signal: 'metrics', oldestMs: atMs, newestMs: atMs, acceptedMs: atMs });
    return more;
  }
}
