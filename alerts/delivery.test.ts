import pino from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, test, vi } from 'vitest';
import { type Clock, durationMs, epochMs } from '../model/units.ts';
import type { AlertStateStore } from '../storage/postgres/stores.ts';
import { type Alerting, type AlertingOptions, createAlerting } from './alerting.ts';
import { createMemoryAlertStateStore } from './memory-alert-states.ts';
import { parseRuleFile } from './rule-file.ts';
import { HandClock } from './testing/timeline.ts';

const ALERT = `
  - alert: Surge
    expr: density > 3
    labels: { severity: page }
    annotations: { runbook: crowd-surge }`;
const rules = (interval: string, written = ALERT) =>
  parseRuleFile('a.yaml', `groups:\n- name: g\n  interval: ${interval}\n  rules:${written}`);

const realClock: Clock = {
  now: () => epochMs(performance.timeOrigin + performance.now()),
  monotonic: () => durationMs(performance.now()),
};
const dense = { kind: 'samples', samples: [{ labels: { __name__: 'density', x: 'y' }, value: 4 }] } as const;
const calm = { kind: 'samples', samples: [] } as const;

function open(change: Partial<AlertingOptions>): Alerting {
  return createAlerting({
    ...{ rules: rules('15s'), query: async () => dense, store: createMemoryAlertStateStore() },
    ...{
      clock: new HandClock(),
      logger: pino({ level: 'silent' }),
      registry: new Registry(),
      runbookUrl: () => null,
    },
    ...change,
  });
}

describe('listeners', () => {
  test('hear of a transition until they take it, in order, and do not hold up each other', async () => {
    let answer: typeof dense | typeof calm = dense;
    const alerting = open({ query: async () => answer });
    const heard: string[] = [];
    const slow: string[] = [];
    let failing = true;
    alerting.onTransition(({ kind }) => {
      heard.push(kind);
    });
    alerting.onTransition(async ({ kind }) => {
      if (failing) throw new Error('the store is away');
      slow.push(kind);
    });
    await alerting.evaluate();
    answer = calm;
    await alerting.evaluate();
    expect([heard, slow]).toEqual([['firing', 'resolved'], []]);
    failing = false;
    await alerting.evaluate();
    expect([heard, slow]).toEqual([
      ['firing', 'resolved'],
      ['firing', 'resolved'],
    ]);
  });

  test('that have not heard of the end find the alert again after a restart', async () => {
    const store = createMemoryAlertStateStore();
    let answer: typeof dense | typeof calm = dense;
    const first = open({ store, query: async () => answer });
    let failing = false;
    first.onTransition(() => {
      if (failing) throw new Error('the store is away');
    });
    await first.evaluate();
    failing = true;
    answer = calm;
    await first.evaluate();
    expect(first.active()).toEqual([]);
    const second = open({ store, query: async () => answer });
    const heard: string[] = [];
    second.onTransition(({ kind }) => {
      heard.push(kind);
    });
    await second.evaluate();
    expect(heard).toEqual(['restored', 'resolved']);
    expect(await store.load()).toEqual([]);
  });

  test('hear of a value that changed while it fires', async () => {
    let value = 4;
    const alerting = open({
      query: async () => ({ kind: 'samples', samples: [{ labels: { x: 'y' }, value }] }),
    });
    const heard: unknown[] = [];
    alerting.onTransition(({ kind, alert }) => {
      heard.push([kind, alert.value]);
    });
    await alerting.evaluate();
    await alerting.evaluate();
    value = 4.4;
    await alerting.evaluate();
    expect(heard).toEqual([
      ['firing', 4],
      ['updated', 4.4],
    ]);
  });

  test('no longer hear once they left', async () => {
    const alerting = open({});
    const heard: string[] = [];
    alerting.onTransition(({ kind }) => {
      heard.push(kind);
    })();
    await alerting.evaluate();
    expect(heard).toEqual([]);
  });
});

describe('a state store that fails', () => {
  test('is written to again with the next evaluation; alerts fire meanwhile', async () => {
    const memory = createMemoryAlertStateStore();
    let failing = true;
    const store: AlertStateStore = {
      load: memory.load,
      save: async (changes) => {
        if (failing) throw new Error('connection lost');
        await memory.save(changes);
      },
    };
    const alerting = open({ store });
    await alerting.evaluate();
    expect(alerting.active()).toHaveLength(1);
    expect(await memory.load()).toEqual([]);
    failing = false;
    await alerting.evaluate();
    expect(await memory.load()).toMatchObject([{ state: 'firing' }]);
  });
});

describe('rules', () => {
  test('whose results have the same labels are in error', async () => {
    const samples = ['a', 'b'].map((name) => ({ labels: { __name__: name, x: 'y' }, value: 4 }));
    const alerting = open({ query: async () => ({ kind: 'samples', samples }) });
    await alerting.evaluate();
    expect(alerting.rules()).toMatchObject([
      {
        state: 'error',
        reason: 'vector contains metrics with the same labelset after applying alert labels',
      },
    ]);
  });

  test('whose query throws are in error and do not keep the next one from being evaluated', async () => {
    const alerting = open({
      rules: rules('15s', ALERT + ALERT.replace('Surge', 'Other').replace('density', 'other')),
      query: async (expr) => {
        if (expr.startsWith('density')) throw new Error('broken');
        return dense;
      },
    });
    await alerting.evaluate();
    expect(alerting.rules()).toMatchObject([
      { name: 'Surge', state: 'error', reason: 'broken' },
      { name: 'Other', state: 'firing' },
    ]);
  });

  test('that record write what they computed, in the past where the group says so', async () => {
    const written: unknown[] = [];
    const at: number[] = [];
    const clock = new HandClock();
    const recording =
      '\n  - record: "venue:density:max"\n    expr: max(density)\n    labels: { team: crowd, x: "" }';
    const alerting = open({
      rules: rules('15s\n  query_offset: 10s', recording),
      clock,
      query: async (_, atMs) => {
        at.push(atMs - clock.now());
        return dense;
      },
      write: async (samples) => {
        written.push(...samples);
      },
    });
    await alerting.evaluate();
    expect(at).toEqual([-10_000]);
    expect(written).toEqual([
      {
        labels: { __name__: 'venue:density:max', team: 'crowd' },
        value: 4,
        timestampMs: clock.now() - 10_000,
      },
    ]);
  });

  test('show in their groups with what came of them last', async () => {
    const clock = new HandClock();
    let full = true;
    const alerting = open({
      rules: rules('15s\n  limit: 3', `${ALERT}\n  - record: seen\n    expr: density`),
      clock,
      write: async () => {
        if (full) throw new Error('the WAL is full');
      },
    });
    const shown = () =>
      alerting.groups().map(({ rules: all, ...group }) => ({
        ...group,
        rules: all.map((rule) => (rule.kind === 'recording' ? rule : rule.rule.name)),
      }));
    const group = { name: 'g', file: 'a.yaml', intervalMs: 15_000, limit: 3 };
    const never = { lastEvaluationMs: null, evaluationMs: null };
    const seen = { kind: 'recording', name: 'seen', query: 'density', labels: {}, lastError: null };
    expect(shown()).toEqual([{ ...group, ...never, rules: ['Surge', { ...seen, ...never }] }]);
    await alerting.evaluate();
    const now = { lastEvaluationMs: clock.now(), evaluationMs: 0 };
    expect(shown()).toEqual([
      { ...group, ...now, rules: ['Surge', { ...seen, ...now, lastError: 'the WAL is full' }] },
    ]);
    full = false;
    await alerting.evaluate();
    expect(shown()).toMatchObject([{ rules: ['Surge', { lastError: null }] }]);
  });

  test('count in the product’s own metrics', async () => {
    const registry = new Registry();
    const alerting = open({ registry });
    await alerting.evaluate();
    const text = await registry.metrics();
    expect(text).toContain('tidewarden_alerts_active{state="firing"} 1');
    expect(text).toContain('tidewarden_alerts_rule_evaluations_total{outcome="answered"} 1');
    expect(text).toContain('tidewarden_alerts_transitions_total{kind="firing"} 1');
  });
});

describe('the schedule', () => {
  test('evaluates on the interval; a slow evaluation is not overtaken, and what it ran over is counted', async () => {
    const registry = new Registry();
    let running = 0;
    let overlapping = 0;
    let evaluations = 0;
    const alerting = open({
      ...{ rules: rules('20ms'), clock: realClock, registry },
      query: async () => {
        running += 1;
        evaluations += 1;
        overlapping = Math.max(overlapping, running);
        await new Promise((resolve) => setTimeout(resolve, evaluations === 2 ? 120 : 1));
        running -= 1;
        return dense;
      },
    });
    await alerting.start();
    await vi.waitFor(() => expect(evaluations).toBeGreaterThan(5), { timeout: 10_000 });
    await alerting.stop();
    const after = evaluations;
    expect(overlapping).toBe(1);
    const missed = /tidewarden_alerts_group_evaluations_missed_total (\d+)/.exec(await registry.metrics());
    expect(Number(missed?.[1])).toBeGreaterThanOrEqual(4);
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(evaluations).toBe(after);
  });

  test('stops while a query hangs that ignores its signal, and keeps the states as they were', async () => {
    const store = createMemoryAlertStateStore();
    let hang = false;
    let asked = 0;
    const alerting = open({
      ...{ rules: rules('10ms'), clock: realClock, store },
      query: async () => {
        asked += 1;
        return hang ? new Promise<never>(() => {}) : dense;
      },
    });
    await alerting.start();
    await vi.waitFor(() => expect(alerting.active()).toHaveLength(1), { timeout: 10_000 });
    hang = true;
    const before = asked;
    await vi.waitFor(() => expect(asked).toBeGreaterThan(before), { timeout: 10_000 });
    await alerting.stop();
    expect(await store.load()).toMatchObject([{ state: 'firing' }]);
    expect(alerting.rules()).toMatchObject([{ state: 'firing' }]);
  });
});
