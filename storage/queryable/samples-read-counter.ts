import { Counter, type Registry } from 'prom-client';

/** Counts the samples that queries read from the store. */
export function samplesReadCounter(registry: Registry): Counter {
  const name = 'tidewarden_storage_promql_samples_read_total';
  const known = registry.getSingleMetric(name) as Counter | undefined;
  return (
    known ??
    new Counter({ name, help: 'Samples that PromQL queries read from the store', registers: [registry] })
  );
}
