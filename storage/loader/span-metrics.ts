import type { Logger } from 'pino';
import { z } from 'zod';
import type { Loaded } from '../../model/telemetry.ts';
import { type Clock, DAY_MS } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { type Inserter, storeTime } from './insert.ts';
import { pause } from './pause.ts';
import { INSERT_SERVICE_GRAPH_POINTS, SERVICE_GRAPH_PROGRESS } from './sql/service-graph.ts';
import * as sql from './sql/span-metrics.ts';
import { TotalsPublisher } from './totals-publisher.ts';

export interface SpanMetricsSettings {
  /** Attributes of spans, else of their resource, that become labels. */
  readonly dimensions: readonly string[];
  /** Operations, each with its dimensions' values, that a service may have; the others are counted together, as `other`. */
  readonly operationsPerService: number;
  /** Days after which totals are forgotten that no span has counted in. */
  readonly forgetDays: number;
}

export interface SpanMetricsOptions extends SpanMetricsSettings {
  readonly clickhouse: ClickHouse;
  readonly inserter: Inserter;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly stop: AbortSignal;
  /** Hears of samples that were written. */
  readonly onLoad: (load: Loaded) => void;
}

/** A load of spans is followed by its samples at once, but not more often than this, */
const INTERVAL_MS = 1_000;
/** and where there are many series, with so many times as long between as it takes, up to a limit. */
const REST = 4;
const REST_MS = 5_000;
const RETRY_MS = 5_000;

const SPAN_TOTALS = { name: 'span metrics', progress: sql.PROGRESS, insert: sql.INSERT_SPAN_METRICS };
const SERVICE_GRAPH_TOTALS = {
  name: 'service graph series',
  progress: SERVICE_GRAPH_PROGRESS,
  insert: INSERT_SERVICE_GRAPH_POINTS,
};

const progress = z.object({ overflowing: z.array(z.string()) });

const restMs = (tookMs: number): number => Math.min(REST_MS, Math.max(INTERVAL_MS, REST * tookMs));

/**
 * Turns the running totals of spans and of the calls between services into cumulative series. The totals of spans count every load once, those of
 * calls every minute of the service graph as it was computed last.
 */
export class SpanMetrics {
  readonly #options: SpanMetricsOptions;
  readonly #spans: TotalsPublisher;
  readonly #calls: TotalsPublisher;
  readonly #reported = new Set<string>();
  #forgotAt = Number.NEGATIVE_INFINITY;
  #grown = true;
  #wake: () => void = () => {};

  constructor(options: SpanMetricsOptions) {
    this.#options = options;
    this.#spans = new TotalsPublisher({ ...options, totals: SPAN_TOTALS });
    this.#calls = new TotalsPublisher({ ...options, totals: SERVICE_GRAPH_TOTALS });
  }

  /** Spans were loaded. */
  grown(): void {
    this.#grown = true;
    this.#wake();
  }

  /** Publishes until `stop` fires. */
  async run(): Promise<void> {
    const { clock, stop, logger } = this.#options;
    while (!stop.aborted) {
      const startedAt = clock.monotonic();
      this.#grown = false;
      try {
        this.#report(progress.parse(await this.#spans.publish()).overflowing);
        await this.#calls.publish();
        await pause(restMs(clock.monotonic() - startedAt), stop);
        await this.#forget();
      } catch (error) {
        this.#grown = true;
        logger.warn(
          { err: error, againInMs: RETRY_MS },
          'Span metrics could not be written; their totals are kept, and written again',
        );
        await pause(RETRY_MS, stop);
      }
      await this.#due();
    }
  }

  /** Writes which attributes and how many operations the totals have by; before any span is loaded. Throws `StoreError`. */
  async settle(): Promise<void> {
    const { clickhouse, dimensions, operationsPerService: operations } = this.#options;
    await clickhouse.command({
      sql: sql.INSERT_SETTINGS,
      parameters: { dimensions: [...dimensions], operations },
      what: 'span metrics',
    });
  }

  /** Waits for spans, or until series that had none are to be repeated. */
  async #due(): Promise<void> {
    const { clock, stop } = this.#options;
    const waited = new AbortController();
    this.#wake = () => waited.abort();
    if (!this.#grown)
      await pause(
        Math.max(0, this.#spans.repeatAtMs - clock.monotonic()),
        AbortSignal.any([stop, waited.signal]),
      );
  }

  #report(overflowing: readonly string[]): void {
    const { logger, operationsPerService } = this.#options;
    for (const service of overflowing.filter((each) => !this.#reported.has(each))) {
      this.#reported.add(service);
      logger.warn(
        { service, allowed: operationsPerService },
        'A service has more operations than span metrics tell apart; the others are counted together, as «other» (spanMetrics.operationsPerService)',
      );
    }
  }

  /** Once a day. */
  async #forget(): Promise<void> {
    const { clickhouse, clock, forgetDays } = this.#options;
    if (clock.monotonic() - this.#forgotAt < DAY_MS) return;
    this.#forgotAt = clock.monotonic();
    const parameters = { since: storeTime(clock.now() - forgetDays * DAY_MS) };
    const [row] = await clickhouse.rows({ sql: sql.FORGOTTEN, parameters, what: 'span metrics' });
    if (Number(row?.keys) > 0)
      await clickhouse.command({ sql: sql.DELETE_FORGOTTEN, parameters, what: 'span metrics' });
  }
}
