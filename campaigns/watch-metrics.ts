import { Counter, Histogram, type Registry } from 'prom-client';

/** The watch's own metrics. */
export function watchMetrics(registry: Registry) {
  return {
    duration: new Histogram({
      name: 'tidewarden_campaigns_step_seconds',
      help: 'Time to bring all campaigns up to date once',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15, 60],
      registers: [registry],
    }),
    failures: new Counter({
      name: 'tidewarden_campaigns_step_failures_total',
      help: 'Campaigns that could not be brought up to date in a step',
      registers: [registry],
    }),
    samples: new Counter({
      name: 'tidewarden_campaigns_samples_read_total',
      help: 'Samples read to count and measure campaigns, repeated ones included',
      registers: [registry],
    }),
  };
}
