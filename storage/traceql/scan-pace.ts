import { z } from 'zod';
import type { Clock } from '../../model/units.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
/** Spans of the first window of a search. */
const FIRST_ROWS = 65_536;
/** Spans of one window at most, so that a search can stop in time. */
const MOST_ROWS = 8_000_000;
/** From an hour to a day. */
const GROWTH_MOST = 24;
/** So long the number of spans a day is taken to be right. */
const COUNTED_FOR_MS = 60_000;

const dayRow = z.object({ day: z.string(), spans: z.coerce.number() });

/**
 * How wide the windows of searches are: each as wide as will probably do, because one trip to the store costs as much as reading tens of
 * thousands of spans. It knows how many spans a day has from ClickHouse's own books.
 */
export class ScanPace {
  readonly #reader: Reader;
  readonly #clock: Pick<Clock, 'monotonic'>;
  #spansADay: ReadonlyMap<string, number> = new Map();
  #countedAt = Number.NEGATIVE_INFINITY;

  constructor(reader: Reader, clock: Pick<Clock, 'monotonic'>) {
    this.#reader = reader;
    this.#clock = clock;
  }

  /** The width of the first window, which ends at `endMs`: never more than an hour, for spans are not spread evenly over a day. */
  async firstMs(endMs: number): Promise<number> {
    if (this.#clock.monotonic() - this.#countedAt > COUNTED_FOR_MS) await this.#count();
    return Math.min(HOUR_MS, Math.max(MINUTE_MS, FIRST_ROWS / this.#spansAMs(endMs)));
  }

  /** The width of the widest window before `endMs` that can be read in time. */
  async mostMs(endMs: number): Promise<number> {
    if (this.#clock.monotonic() - this.#countedAt > COUNTED_FOR_MS) await this.#count();
    return MOST_ROWS / this.#spansAMs(endMs);
  }

  /** The width of the window before `endMs`, after one that gave `found` traces while `wanted` more are wanted. */
  nextMs(widthMs: number, found: number, wanted: number, endMs: number): number {
    const likely = found === 0 ? GROWTH_MOST : (1.5 * wanted) / found;
    const growth = Math.min(GROWTH_MOST, Math.max(2, likely));
    return Math.max(MINUTE_MS, Math.min(widthMs * growth, MOST_ROWS / this.#spansAMs(endMs)));
  }

  /** Of the denser of the day and the one before: today is not over yet. */
  #spansAMs(atMs: number): number {
    const spans = [atMs, atMs - DAY_MS].map((ms) => this.#spansADay.get(dayOf(ms)) ?? 0);
    return Math.max(...spans, 1) / DAY_MS;
  }

  async #count(): Promise<void> {
    const rows = await this.#reader.rows({
      sql: `SELECT partition AS day, sum(rows) AS spans FROM system.parts
        WHERE active AND database = currentDatabase() AND table = 'spans' GROUP BY partition`,
      what: 'spans a day',
    });
    this.#countedAt = this.#clock.monotonic();
    this.#spansADay = new Map(
      rows.map((row) => dayRow.parse(row)).map(({ day, spans }) => [day, spans] as const),
    );
  }
}

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
