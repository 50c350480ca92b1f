import { collectDefaultMetrics, type Registry } from 'prom-client';

/** Sums of gauges that stand beside them by type; their names say counter, which they are not. */
const MISNAMED = ['handles', 'requests', 'resources'].map((what) => `nodejs_active_${what}_total`);

/** Figures of the process itself: memory, CPU, event loop, garbage collection. */
export function collectProcessMetrics(registry: Registry): void {
  collectDefaultMetrics({ register: registry });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}
