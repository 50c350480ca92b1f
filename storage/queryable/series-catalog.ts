import type { Logger } from 'pino';
import { Gauge, type Registry } from 'prom-client';
import { z } from 'zod';
import { METRIC_NAME } from '../../model/labels.ts';
import type { Clock } from '../../model/units.ts';
import { LabelSet } from '../../promql/label-set.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { SeriesIndex } from './series-index.ts';

export interface SeriesCatalogOptions {
  readonly clickhouse: Reader;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** How old the index may be when a query comes; default 500 ms. */
  readonly indexMaxAgeMs?: number | undefined;
  /** How long samples are kept, in days: series that are older are forgotten. Default: for ever. */
  readonly keptDays?: number | undefined;
}

/** Runs a read and says its failure in PromQL's terms. */
export type Guard = <T>(read: () => Promise<T>) => Promise<T>;

const seriesRow = z.object({
  id: z.string(),
  name: z.string(),
  labels: z.record(z.string(), z.string()),
  first: z.coerce.number(),
  last: z.coerce.number(),
  written: z.coerce.number(),
  native: z.boolean(),
});

const DAY_MS = 86_400_000;
const SWEEP_EVERY_MS = 600_000;

/** Rows of new series may become visible a little after the time that is written in them. */
const OVERLAP_MS = 15_000;

/** Keeps the index of series up to date with the table `series`. */
export class SeriesCatalog {
  readonly index = new SeriesIndex();
  readonly #clickhouse: Reader;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxAgeMs: number;
  readonly #keptMs: number;
  readonly #guard: Guard;
  readonly #size: Gauge;
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #sweptAt = Number.NEGATIVE_INFINITY;
  /** The store's own time, up to which everything that was written has been seen but for {@link OVERLAP_MS}. */
  #readUpToMs = 0;

  constructor(options: SeriesCatalogOptions, guard: Guard) {
    this.#clickhouse = options.clickhouse;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#maxAgeMs = options.indexMaxAgeMs ?? 500;
    this.#keptMs = (options.keptDays ?? Number.POSITIVE_INFINITY) * DAY_MS;
    this.#guard = guard;
    this.#size = seriesGauge(options.registry);
  }

  /** There may be new series: the next query looks. */
  expire(): void {
    this.#refreshedAt = Number.NEGATIVE_INFINITY;
  }

  /** Refreshes the index if it is too old. */
  async fresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#refreshedAt > this.#maxAgeMs) await this.refresh();
  }

  /** Reads series written since the last time. One read at a time; who comes meanwhile waits for it. */
  refresh(): Promise<void> {
    this.#refreshing ??= this.#readNewSeries().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  async #readNewSeries(): Promise<void> {
    const began = this.#clock.monotonic();
    const keptFrom = Math.max(0, this.#clock.now() - this.#keptMs);
    const since = Math.max(0, this.#readUpToMs - OVERLAP_MS);
    const rows = await this.#guard(() =>
      this.#clickhouse.rows({
        // The last row, of no name, tells the store's time.
        sql: `SELECT toString(id) AS id, name, any(labels) AS labels,
            toUnixTimestamp64Milli(min(first)) AS first, toUnixTimestamp64Milli(max(last)) AS last,
            toUnixTimestamp64Milli(max(s.written)) AS written, max(s.native) AS native
          FROM series AS s WHERE s.written > fromUnixTimestamp64Milli({since:Int64}, 'UTC') AND s.last > fromUnixTimestamp64Milli({kept:Int64}, 'UTC')
          GROUP BY name, id
          UNION ALL SELECT '0', '', map(), 0, 0, toUnixTimestamp64Milli(now64(3)), false`,
        parameters: { since, kept: keptFrom },
        limits: { maxSeconds: 120 },
        what: 'promql series index',
      }),
    );
    const before = this.index.size;
    for (const raw of rows) {
      const row = seriesRow.parse(raw);
      this.#readUpToMs = Math.max(this.#readUpToMs, row.written);
      if (row.name === '') continue;
      const labels = (): LabelSet =>
        LabelSet.fromEntries([...Object.entries(row.labels), [METRIC_NAME, row.name]]);
      this.index.put(BigInt(row.id), labels, row);
    }
    if (began - this.#sweptAt > SWEEP_EVERY_MS) {
      this.index.dropBefore(keptFrom);
      this.#sweptAt = began;
    }
    this.#refreshedAt = began;
    this.#size.set(this.index.size);
    if (before === 0 && this.index.size > 0)
      this.#logger.debug({ series: this.index.size }, 'series index loaded');
  }
}

function seriesGauge(registry: Registry): Gauge {
  const name = 'tidewarden_storage_promql_index_series';
  const known = registry.getSingleMetric(name) as Gauge | undefined;
  return (
    known ??
    new Gauge({
      name,
      help: 'Series in the index that PromQL selectors are resolved with',
      registers: [registry],
    })
  );
}
