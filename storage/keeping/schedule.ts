import type { Registry } from 'prom-client';
import { pause } from '../loader/pause.ts';
import { type KeepingOptions, thinDue } from './keeping.ts';
import { keepingMetrics } from './keeping-metrics.ts';

const FIRST_AFTER_MS = 150_000;
const EVERY_MS = 3_600_000;

/** Thins out what is due every hour, in the background. `stop` ends the statement that runs; the next start goes on from there. */
export function startKeeping(options: Omit<KeepingOptions, 'metrics'> & { readonly registry: Registry }): {
  stop(): Promise<void>;
} {
  const { registry, ...rest } = options;
  const metrics = keepingMetrics(registry);
  const stopping = new AbortController();
  const run = async (): Promise<void> => {
    await pause(FIRST_AFTER_MS, stopping.signal);
    while (!stopping.signal.aborted) {
      try {
        await thinDue({ ...rest, metrics }, stopping.signal);
      } catch (error) {
        if (stopping.signal.aborted) return;
        metrics.failures.inc();
        options.logger.warn({ err: error }, 'traces could not be thinned out; it is tried again in an hour');
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
