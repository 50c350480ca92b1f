import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { Clock } from '../../model/units.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import type { Retention } from '../clickhouse/migrate.ts';
import { pause } from '../loader/pause.ts';
import { rollUpDue } from './roll-up.ts';
import { rollUpMetrics } from './roll-up-metrics.ts';

export interface RollUpScheduleOptions {
  readonly clickhouse: ClickHouse;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly retention: Pick<Retention, 'samplesDays' | 'rolledUpDays'>;
}

const FIRST_AFTER_MS = 120_000;
const EVERY_MS = 3_600_000;
/** Queries ask for the boundary every five seconds. */
const SETTLE_MS = 20_000;

/** Rolls up what is due every hour, in the background. `stop` ends the statement that runs; it is done again after the next start. */
export function startRollUps(options: RollUpScheduleOptions): { stop(): Promise<void> } {
  const { retention, registry, ...rest } = options;
  if (retention.rolledUpDays <= retention.samplesDays) return { stop: async () => {} };
  const metrics = rollUpMetrics(registry);
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    await pause(FIRST_AFTER_MS, stopping.signal);
    while (!stopping.signal.aborted) {
      try {
        await rollUpDue({ ...rest, ...retention, metrics, settleMs: SETTLE_MS }, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        metrics.failures.inc();
        options.logger.warn({ err: error }, 'samples could not be rolled up; it is tried again in an hour');
      }
      await pause(EVERY_MS, stopping.signal);
    }
  };
  const running = run();
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}
