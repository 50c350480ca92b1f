import type { Logger } from 'pino';
import type { CampaignWatch } from '../campaigns/watch.ts';
import type { Collector } from '../collector/collector.ts';
import type { DerivedMetric } from '../model/series.ts';
import type { Clock } from '../model/units.ts';
import { derivedToOtlp } from './derived.ts';

/** Price, quota and the forecast must page within a minute: a few of these steps and rule evaluations fit into it. */
const STEP_MS = 5_000;

/**
 * Every few seconds lets the campaigns take new samples, and sends what they computed, and what the loader refused, through the product's own
 * collector. `onStep` hears that figures may have changed.
 */
export function startFeedBack(options: {
  readonly watch: CampaignWatch;
  /** What the loader refused. */
  readonly refused: () => readonly DerivedMetric[];
  readonly collector: Pick<Collector, 'ingestJson'>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly onStep: () => void;
}): { stop(): Promise<void> } {
  const { watch, refused, collector, clock, logger, onStep } = options;
  const stopping = new AbortController();
  const startedAt = clock.now();

  const step = async () => {
    try {
      const { derived } = await watch.step(stopping.signal);
      const fed = [...derived, ...refused()].filter((metric) => metric.points.length > 0);
      if (fed.length > 0) {
        const result = await collector.ingestJson('metrics', derivedToOtlp(fed, clock.now(), startedAt));
        if (result.outcome === 'refused')
          logger.warn(
            { reason: result.reason },
            'the product’s own figures were refused; the next step sends them again',
          );
      }
      onStep();
    } catch (error) {
      if (!stopping.signal.aborted)
        logger.error({ err: error }, 'the campaigns could not be brought up to date');
    }
  };

  let running: Promise<void> = Promise.resolve();
  let busy = false;
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    running = step().finally(() => {
      busy = false;
    });
  }, STEP_MS);
  return {
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}
