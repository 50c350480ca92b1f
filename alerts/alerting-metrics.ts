import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

/** The room's own metrics. */
export function createAlertingMetrics(
  registry: Registry,
  read: () => { pending: number; firing: number; blind: number; undelivered: number; clockJumps: number },
) {
  const registers = [registry];
  new Gauge({
    name: 'tidewarden_alerts_active',
    help: 'Alerts that are pending or firing.',
    labelNames: ['state'],
    registers,
    collect() {
      const { pending, firing } = read();
      this.set({ state: 'pending' }, pending);
      this.set({ state: 'firing' }, firing);
    },
  });
  new Gauge({
    name: 'tidewarden_alerts_blind_rules',
    help: 'Alerting rules that cannot judge: their metric is missing or their query fails.',
    registers,
    collect() {
      this.set(read().blind);
    },
  });
  new Gauge({
    name: 'tidewarden_alerts_undelivered_transitions',
    help: 'Transitions that a listener has not taken yet.',
    registers,
    collect() {
      this.set(read().undelivered);
    },
  });
  new Gauge({
    name: 'tidewarden_alerts_clock_jumps',
    help: 'Jumps of the wall clock seen since the start.',
    registers,
    collect() {
      this.set(read().clockJumps);
    },
  });
  return {
    evaluations: new Counter({
      name: 'tidewarden_alerts_rule_evaluations_total',
      help: 'Evaluations of rules by what came of them.',
      labelNames: ['outcome'],
      registers,
    }),
    evaluationSeconds: new Histogram({
      name: 'tidewarden_alerts_rule_evaluation_seconds',
      help: 'Time that one evaluation of one rule took, its query included.',
      buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
      registers,
    }),
    groupSeconds: new Histogram({
      name: 'tidewarden_alerts_group_evaluation_seconds',
      help: 'Time that one evaluation of a whole group took.',
      buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60],
      registers,
    }),
    missed: new Counter({
      name: 'tidewarden_alerts_group_evaluations_missed_total',
      help: 'Evaluations left out because the one before was not done.',
      registers,
    }),
    transitions: new Counter({
      name: 'tidewarden_alerts_transitions_total',
      help: 'Transitions of alerts by kind.',
      labelNames: ['kind'],
      registers,
    }),
    saveFailures: new Counter({
      name: 'tidewarden_alerts_state_save_failures_total',
      help: 'Times that alert states could not be written; they are written with the next evaluation.',
      registers,
    }),
  };
}

export type AlertingMetrics = ReturnType<typeof createAlertingMetrics>;
