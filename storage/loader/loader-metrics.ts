import { Counter, Histogram, type Registry } from 'prom-client';

/** What the loader says about itself at `/metrics`. */
export function loaderMetrics(registry: Registry) {
  const counter = (name: string, help: string) =>
    new Counter({
      name: `tidewarden_storage_load_${name}`,
      help,
      labelNames: ['signal'],
      registers: [registry],
    });
  return {
    items: counter('items_total', 'Spans, data points and log records loaded'),
    batches: counter('batches_total', 'Batches of segments loaded'),
    failures: counter('failures_total', 'Loads that failed and were tried again'),
    deadLetters: counter('dead_letters_total', 'Records that cannot be loaded and were put aside'),
    mismatches: counter('row_mismatches_total', 'Loads that wrote another number of rows than expected'),
    lag: new Histogram({
      name: 'tidewarden_storage_load_lag_seconds',
      help: 'From accepting the first record of a segment until queries see it',
      labelNames: ['signal'],
      buckets: [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 60, 600],
      registers: [registry],
    }),
  };
}
export type LoaderMetrics = ReturnType<typeof loaderMetrics>;
