import { Counter, Gauge, type Registry } from 'prom-client';

/** What the keeping of traces says about itself at `/metrics`. */
export function keepingMetrics(registry: Registry) {
  const registers = [registry];
  const name = (text: string) => `tidewarden_storage_keeping_${text}`;
  return {
    waiting: new Gauge({
      name: name('partitions_waiting'),
      help: 'Days of traces that are to be thinned out',
      registers,
    }),
    hours: new Gauge({
      name: name('slices_copied'),
      help: 'Hours of the day that is being thinned out whose spans were copied; 0: none is',
      registers,
    }),
    days: new Counter({
      name: name('partitions_total'),
      help: 'Daily partitions of traces that were thinned out',
      registers,
    }),
    spans: new Counter({
      name: name('spans_total'),
      help: 'Spans of days that were thinned out, by what became of them',
      labelNames: ['outcome'],
      registers,
    }),
    failures: new Counter({
      name: name('failures_total'),
      help: 'Days of traces that could not be thinned out and are tried again',
      registers,
    }),
  };
}
export type KeepingMetrics = ReturnType<typeof keepingMetrics>;
