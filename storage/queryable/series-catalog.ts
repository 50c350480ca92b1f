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

/** Rows of new series may become visible a little after the time that is written in them. */
const OVERLAP_MS = 15_000;

/** Keeps the index of series up to date with the table `series`. */
export class SeriesCatalog {
  readonly index = new SeriesIndex();
  readonly #clickhouse: Reader;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #maxAgeMs: number;
  readonly #guard: Guard;
  readonly #size: Gauge;
  #refreshing: Promise<void> | undefined;
  #refreshedAt = Number.NEGATIVE_INFINITY;
  #newestWrittenMs = 0;

  constructor(options: SeriesCatalogOptions, guard: Guard) {
    this.#clickhouse = options.clickhouse;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#maxAgeMs = options.indexMaxAgeMs ?? 500;
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
    const since = Math.max(0, this.#newestWrittenMs - OVERLAP_MS);
    const rows = await this.#guard(() =>
      this.#clickhouse.rows({
        sql: `SELECT toString(id) AS id, name, any(labels) AS labels,
            toUnixTimestamp64Milli(min(first)) AS first, toUnixTimestamp64Milli(max(last)) AS last,
            toUnixTimestamp64Milli(max(s.written)) AS written, max(s.native) AS native
          FROM series AS s WHERE s.written > fromUnixTimestamp64Milli({since:Int64}, 'UTC') GROUP BY name, id`,
        parameters: { since },
        limits: { maxSeconds: 120 },
        what: 'promql series index',
      }),
    );
    const before = this.index.size;
    for (const raw of rows) {
      const row = seriesRow.parse(raw);
      const labels = (): LabelSet =>
        LabelSet.fromEntries([...Object.entries(row.labels), [METRIC_NAME, row.name]]);
      this.index.put(BigInt(row.id), labels, row);
      this.#newestWrittenMs = Math.max(this.#newestWrittenMs, row.written);
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
