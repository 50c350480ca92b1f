import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AlertInstance, AlertRule } from '../model/api/alert.ts';
import { METRIC_NAME } from '../model/labels.ts';
import type { Clock } from '../model/units.ts';
import type { AlertStateStore, StoredAlertState } from '../storage/postgres/stores.ts';
import { createAlertingMetrics } from './alerting-metrics.ts';
import { createBlindnessCheck, type SeriesExist } from './answerable.ts';
import { createEvaluationClock, type EvaluationTime } from './evaluation-clock.ts';
import { runOnSchedule } from './group-schedule.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import type { AlertingRule, RecordingRule, RuleGroup } from './rule-file.ts';
import { type RecordingWriter, type RuleQuery, type RuleSample, untilAborted } from './rule-query.ts';
import { createRuleState, type RuleOutcome, type RuleState } from './rule-state.ts';
import { createStateKeeper } from './state-keeper.ts';
import type { AlertTransition, TransitionListener } from './transition.ts';

export interface AlertingOptions {
  /** All groups of all rule files (`parseRuleFile`). */
  readonly rules: readonly RuleGroup[];
  readonly query: RuleQuery;
  /** Without it, a metric that vanished cannot be told from a condition that does not hold. */
  readonly seriesExist?: SeriesExist;
  /** Without it, recording rules are left out. */
  readonly write?: RecordingWriter;
  readonly store: AlertStateStore;
  /** The absolute address of a runbook, for the annotation `runbook_url`; null: none. */
  readonly runbookUrl: (runbookId: string, campaignId: string | null) => string | null;
  /** The open incident that an alert is part of. */
  readonly incidentOf?: (fingerprint: string) => string | null;
  /** For groups that name no interval; 15 s. */
  readonly defaultIntervalMs?: number;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
}

export interface Alerting {
  /** Restores what was pending or firing, then evaluates each group on its interval. @throws DatabaseError */
  start(): Promise<void>;
  /** Ends queries under way, writes the states and returns when nothing runs any more. */
  stop(): Promise<void>;
  /** Evaluates every group once, with `nowMs` as the wall clock's reading, and delivers what came of it. */
  evaluate(nowMs?: number): Promise<void>;
  rules(): AlertRule[];
  /** Alerts that are pending or firing. */
  active(): AlertInstance[];
  /** Returns what ends the subscription. Listen before `start`, so as to hear of what is restored. */
  onTransition(listener: TransitionListener): () => void;
}

const DEFAULT_INTERVAL_MS = 15_000;
/** A query gets its group's interval, within these. */
const QUERY_TIMEOUT_MS = { min: 5_000, max: 60_000 } as const;
/** Groups start within this, spread so that they do not query all at once. */
const SPREAD_MS = 1_000;

type GroupMember =
  | { readonly kind: 'alerting'; readonly state: RuleState }
  | { readonly kind: 'recording'; readonly rule: RecordingRule };

interface Group {
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly members: readonly GroupMember[];
  /** Evaluations of one group follow each other, whoever asks for them. */
  running: Promise<void>;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The same text for the same rule over restarts; rules of one name in one group differ by their labels, else by number. */
function ruleKeys(groups: readonly RuleGroup[]): Map<AlertingRule, string> {
  const keys = new Map<AlertingRule, string>();
  const used = new Map<string, number>();
  for (const group of groups) {
    for (const rule of group.rules) {
      if (rule.kind !== 'alerting') continue;
      const labels = Object.entries(rule.labels).sort(([left], [right]) => (left < right ? -1 : 1));
      const key = `${group.file}/${group.name}/${rule.name}${JSON.stringify(labels)}`;
      const count = (used.get(key) ?? 0) + 1;
      used.set(key, count);
      keys.set(rule, count === 1 ? key : `${key}#${count}`);
    }
  }
  return keys;
}

/** The alerting room: rules in, alert states and transitions out. */
export function createAlerting(options: AlertingOptions): Alerting {
  const { clock, logger, store } = options;
  const stopping = new AbortController();
  const evaluationClock = createEvaluationClock(clock);
  const keeper = createStateKeeper(store);
  const outboxes = new Set<Outbox>();
  const isBlind = options.seriesExist === undefined ? null : createBlindnessCheck(options.seriesExist);
  const loops: Promise<void>[] = [];
  let restored: Promise<void> | null = null;
  let jumpsLogged = 0;

  const context = { runbookUrl: options.runbookUrl, incidentOf: options.incidentOf ?? (() => null) };
  const keys = ruleKeys(options.rules);
  const groups: readonly Group[] = options.rules.map((group) => ({
    group,
    intervalMs: group.intervalMs ?? options.defaultIntervalMs ?? DEFAULT_INTERVAL_MS,
    members: group.rules.map(
      (rule): GroupMember =>
        rule.kind === 'recording'
          ? { kind: 'recording', rule }
          : { kind: 'alerting', state: createRuleState(rule, group, keys.get(rule) ?? rule.name, context) },
    ),
    running: Promise.resolve(),
  }));
  const states = groups.flatMap(({ members }) =>
    members.flatMap((member) => (member.kind === 'alerting' ? [member.state] : [])),
  );
  const active = () => states.flatMap((state) => state.active());

  const metrics = createAlertingMetrics(options.registry, () => {
    const phases = active().map(({ state }) => state);
    return {
      pending: phases.filter((phase) => phase === 'pending').length,
      firing: phases.filter((phase) => phase === 'firing').length,
      blind: states.filter((state) => ['no_data', 'error'].includes(state.describe().state)).length,
      undelivered: [...outboxes].reduce((sum, outbox) => sum + outbox.waiting(), 0),
      clockJumps: evaluationClock.jumps(),
    };
  });

  function announce(transitions: readonly AlertTransition[]): void {
    for (const transition of transitions) {
      metrics.transitions.inc({ kind: transition.kind });
      if (transition.kind !== 'updated') {
        const { name, fingerprint, labels, value } = transition.alert;
        logger.info(
          { alert: name, fingerprint, labels, value, reason: transition.reason },
          `alert ${transition.kind}`,
        );
      }
      for (const outbox of outboxes) outbox.push(transition);
    }
  }

  const deliver = () => Promise.all([...outboxes].map((outbox) => outbox.deliver()));

  async function save(): Promise<void> {
    try {
      await keeper.save([...outboxes].every((outbox) => outbox.waiting() === 0));
    } catch (error) {
      metrics.saveFailures.inc();
      logger.error(
        { err: error },
        'alert states were not written; they are written with the next evaluation',
      );
    }
  }

  /** An alert whose rule is no longer there is over: nobody will ever evaluate it. */
  function orphaned(state: StoredAlertState, atMs: number): AlertTransition {
    const severity = state.labels.severity;
    return {
      ...{ kind: 'resolved', reason: 'its rule was removed', atMs },
      alert: {
        ...{ fingerprint: state.fingerprint, name: state.labels.alertname ?? '', state: 'inactive' },
        severity: severity === 'page' || severity === 'ticket' ? severity : 'info',
        safety: state.labels.safety === 'true',
        ...{ labels: { ...state.labels }, annotations: { ...state.annotations }, value: state.value },
        ...{ activeAtMs: state.activeAtMs, firedAtMs: state.firedAtMs, resolvedAtMs: atMs },
        runbookId: state.annotations.runbook ?? null,
        campaignId: state.labels.campaign_id ?? null,
        incidentId: context.incidentOf(state.fingerprint),
      },
    };
  }

  async function restore(nowMs?: number): Promise<void> {
    const kept = await store.load();
    const time = evaluationClock.read(nowMs);
    const byKey = new Map(states.map((state) => [state.ruleKey, state]));
    for (const before of kept) {
      const state = byKey.get(before.ruleKey);
      const told = state === undefined ? orphaned(before, time.atMs) : state.restore(before, time);
      if (state === undefined) keeper.add({ upserts: [], removals: [before] });
      if (told !== null && (state !== undefined || before.state === 'firing')) announce([told]);
    }
    if (kept.length > 0) logger.info({ alerts: kept.length }, 'alert states were restored');
  }

  /** Restores once; a failure is tried again by whoever asks next. */
  function restoreOnce(nowMs?: number): Promise<void> {
    restored ??= restore(nowMs).catch((error: unknown) => {
      restored = null;
      throw error;
    });
    return restored;
  }

  async function ask(
    expr: string,
    group: Group,
    time: EvaluationTime,
    abort: AbortSignal,
  ): Promise<RuleOutcome> {
    const atMs = time.atMs - group.group.queryOffsetMs;
    try {
      const why = stopping.signal.aborted ? 'stopping' : 'the query took too long';
      const result = await untilAborted(options.query(expr, atMs, abort), abort, why);
      return result.kind === 'samples' ? { kind: 'answered', samples: result.samples } : result;
    } catch (error) {
      return { kind: 'error', message: messageOf(error) };
    }
  }

  /** An empty answer may mean that there was nothing to ask. */
  async function outcomeOf(
    state: RuleState,
    group: Group,
    time: EvaluationTime,
    abort: AbortSignal,
  ): Promise<RuleOutcome> {
    const answer = await ask(state.rule.expr, group, time, abort);
    if (isBlind === null || answer.kind !== 'answered' || answer.samples.length > 0) return answer;
    const asked = { atMs: time.atMs - group.group.queryOffsetMs, monotonicMs: time.monotonicMs };
    try {
      const check = isBlind(state.rule.expr, asked, { fresh: state.hasFiring(), abort });
      const missing = await untilAborted(check, abort, 'asking which metrics there are took too long');
      return missing.length === 0 ? answer : { kind: 'no_data', missing };
    } catch (error) {
      return { kind: 'error', message: `cannot tell whether there is data: ${messageOf(error)}` };
    }
  }

  async function evaluateAlerting(
    state: RuleState,
    group: Group,
    time: EvaluationTime,
    abort: AbortSignal,
  ): Promise<void> {
    const startedMs = clock.monotonic();
    const outcome = await outcomeOf(state, group, time, abort);
    // A query that was ended because the product stops says nothing about the rule.
    if (stopping.signal.aborted) return;
    const costMs = clock.monotonic() - startedMs;
    metrics.evaluations.inc({ outcome: outcome.kind });
    metrics.evaluationSeconds.observe(costMs / 1_000);
    const was = state.describe();
    const changes = state.apply(outcome, time, costMs);
    const is = state.describe();
    if (is.state !== was.state && (is.state === 'error' || is.state === 'no_data')) {
      logger.warn({ rule: is.name, state: is.state, reason: is.reason }, 'a rule is blind');
    }
    keeper.add(changes);
    announce(changes.transitions);
  }

  async function evaluateRecording(
    rule: RecordingRule,
    group: Group,
    time: EvaluationTime,
    abort: AbortSignal,
  ): Promise<void> {
    if (options.write === undefined) return;
    const outcome = await ask(rule.expr, group, time, abort);
    if (stopping.signal.aborted) return;
    const timestampMs = time.atMs - group.group.queryOffsetMs;
    try {
      if (outcome.kind !== 'answered')
        throw new Error(outcome.kind === 'error' ? outcome.message : 'no data');
      await options.write(outcome.samples.map((sample) => ({ ...recorded(rule, sample), timestampMs })));
      metrics.evaluations.inc({ outcome: 'recorded' });
    } catch (error) {
      metrics.evaluations.inc({ outcome: 'error' });
      logger.warn({ rule: rule.name, err: error }, 'a recording rule failed');
    }
  }

  async function evaluateGroup(group: Group, time: EvaluationTime): Promise<void> {
    const startedMs = clock.monotonic();
    const timeoutMs = Math.min(QUERY_TIMEOUT_MS.max, Math.max(QUERY_TIMEOUT_MS.min, group.intervalMs));
    for (const member of group.members) {
      if (stopping.signal.aborted) return;
      const abort = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]);
      if (member.kind === 'recording') await evaluateRecording(member.rule, group, time, abort);
      else await evaluateAlerting(member.state, group, time, abort);
    }
    metrics.groupSeconds.observe((clock.monotonic() - startedMs) / 1_000);
  }

  function readTime(nowMs?: number): EvaluationTime {
    const time = evaluationClock.read(nowMs);
    if (evaluationClock.jumps() > jumpsLogged) {
      jumpsLogged = evaluationClock.jumps();
      logger.warn(
        { atMs: time.atMs, wallMs: nowMs ?? clock.now() },
        'the wall clock jumped; going on without the jump',
      );
    }
    return time;
  }

  /** One evaluation of one group after the one that may still run. */
  function enqueue(group: Group, nowMs?: number): Promise<void> {
    group.running = group.running
      .then(() => evaluateGroup(group, readTime(nowMs)))
      .catch((error: unknown) => {
        logger.error({ err: error, group: group.group.name }, 'evaluating a rule group failed');
      });
    return group.running;
  }

  function onTransition(listener: TransitionListener): () => void {
    const outbox = createOutbox(listener, (error) => {
      logger.error(
        { err: error },
        'a transition was not taken; it is offered again with the next evaluation',
      );
    });
    outboxes.add(outbox);
    return () => outboxes.delete(outbox);
  }

  return {
    onTransition,
    active,
    rules: () => states.map((state) => state.describe()),

    start: async () => {
      await restoreOnce();
      void deliver();
      for (const [index, group] of groups.entries()) {
        const spread = Math.min(SPREAD_MS, group.intervalMs) * (index / groups.length);
        loops.push(
          runOnSchedule({
            ...{ clock, intervalMs: group.intervalMs, firstAfterMs: spread, abort: stopping.signal },
            evaluate: async () => {
              await enqueue(group);
              // A slow listener must not delay the next evaluation.
              void deliver();
              await save();
            },
            onMissed: (slots) => {
              metrics.missed.inc(slots);
              logger.warn({ group: group.group.name, slots }, 'a rule group takes longer than its interval');
            },
          }),
        );
      }
    },

    stop: async () => {
      stopping.abort();
      await Promise.all([...loops, ...groups.map(({ running }) => running)]);
      await deliver();
      await save();
    },

    evaluate: async (nowMs) => {
      await restoreOnce(nowMs);
      await Promise.all(groups.map((group) => enqueue(group, nowMs)));
      await deliver();
      await save();
    },
  };
}

/** A recording rule's series: its own name, the series' labels, over them the rule's. */
function recorded(rule: RecordingRule, sample: RuleSample): RuleSample {
  const labels = { ...sample.labels, ...rule.labels, [METRIC_NAME]: rule.name };
  return {
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
    value: sample.value,
  };
}
