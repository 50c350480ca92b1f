import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
} from 'prom-client';

/** The figures of another thread. */
export type ThreadMetrics = () => Promise<readonly MetricObjectWithValues<MetricValue<string>>[]>;

/**
 * Prometheus's text of our own figures and a thread's. A metric must stand there once, so what both have is written
 * together; the thread's samples have a label of their own.
 */
export function metricsText(registry: Registry, thread: ThreadMetrics): () => Promise<string> {
  return async () => {
    const theirs = await thread();
    const names = new Set(theirs.map(({ name }) => name));
    const own = await registry.getMetricsAsJSON();
    const shared = own.filter(({ name }) => names.has(name));
    const together = AggregatorRegistry.aggregate([shared, [...theirs]]);
    const alone = await Promise.all(
      own.filter(({ name }) => !names.has(name)).map(({ name }) => registry.getSingleMetricAsString(name)),
    );
    return `${[...alone, await together.metrics()].join('\n\n').trimEnd()}\n`;
  };
}
