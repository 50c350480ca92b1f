import { Counter, Gauge, type Registry } from 'prom-client';

/** What the roll-up says about itself at `/metrics`. */
export function rollUpMetrics(registry: Registry) {
  const registers = [registry];
  const name = (text: string) => `tidewarden_storage_roll_up_${text}`;
  return {
    waiting: new Gauge({
      name: name('partitions_waiting'),
      help: 'Daily partitions that are to be rolled up',
      registers,
    }),
    days: new Counter({
      name: name('partitions_total'),
      help: 'Daily partitions that were rolled up',
      registers,
    }),
    rows: new Counter({ name: name('samples_total'), help: 'Samples that were rolled up', registers }),
    failures: new Counter({
      name: name('failures_total'),
      help: 'Roll-ups that failed and are tried again',
      registers,
    }),
  };
}
export type RollUpMetrics = ReturnType<typeof rollUpMetrics>;
