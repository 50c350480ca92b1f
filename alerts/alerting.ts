import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { AlertInstance, AlertRule } from '../model/api/alert.ts';
import type { Clock } from '../model/units.ts';
import type { AlertStateStore } from '../storage/postgres/stores.ts';
import { createAlertingMetrics } from './alerting-metrics.ts';
import type { SeriesExist } from './answerable.ts';
import { createEvaluationClock, type EvaluationTime } from './evaluation-clock.ts';
import { runOnSchedule } from './group-schedule.ts';
import { createOutbox, type Outbox } from './outbox.ts';
import { restoreAlerts } from './restore.ts';
import { createRuleEvaluation } from './rule-evaluation.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import type { RecordingRuleStatus, RuleGroupStatus } from './rule-group-status.ts';
import { ruleKeys } from './rule-keys.ts';
import type { RecordingWriter, RuleQuery } from './rule-query.ts';
import { createRuleState, type RuleContext, type RuleState } from './rule-state.ts';
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
  /** The same rules and the recording ones, group by group. */
  groups(): RuleGroupStatus[];
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
  | { readonly kind: 'recording'; readonly rule: RecordingRule; status: RecordingRuleStatus };

interface Group {
  readonly group: RuleGroup;
  readonly intervalMs: number;
  readonly members: readonly GroupMember[];
  /** Evaluations of one group follow each other, whoever asks for them. */
  running: Promise<void>;
  lastEvaluationMs: number | null;
  evaluationMs: number | null;
}

/** The alerting room: rules in, alert states and transitions out. */
export function createAlerting(options: AlertingOptions): Alerting {
  const { clock, logger, store } = options;
  const stopping = new AbortController();
  const evaluationClock = createEvaluationClock(clock);
  const keeper = createStateKeeper(store);
  const outboxes = new Set<Outbox>();
  const loops: Promise<void>[] = [];
  let restored: Promise<void> | null = null;
  let jumpsLogged = 0;

  const incidentOf = options.incidentOf ?? (() => null);
  const groups = buildGroups(options, { runbookUrl: options.runbookUrl, incidentOf });
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
  const evaluation = createRuleEvaluation({
    ...{ query: options.query, seriesExist: options.seriesExist, write: options.write },
    ...{ clock, logger, metrics, stopping: stopping.signal },
  });

  function announce(transitions: readonly AlertTransition[]): void {
    for (const transition of transitions) {
      metrics.transitions.inc({ kind: transition.kind });
      if (transition.kind !== 'updated') {
        const { name, fingerprint, labels, value } = transition.alert;
        const { kind, reason } = transition;
        logger.info({ alert: name, fingerprint, labels, value, reason }, `alert ${kind}`);
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

  async function restore(nowMs?: number): Promise<void> {
    const kept = await store.load();
    const { transitions, removals } = restoreAlerts(kept, states, evaluationClock.read(nowMs), incidentOf);
    keeper.add({ upserts: [], removals });
    announce(transitions);
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

  function readTime(nowMs?: number): EvaluationTime {
    const time = evaluationClock.read(nowMs);
    if (evaluationClock.jumps() > jumpsLogged) {
      jumpsLogged = evaluationClock.jumps();
      const wallMs = nowMs ?? clock.now();
      logger.warn({ atMs: time.atMs, wallMs }, 'the wall clock jumped; going on without the jump');
    }
    return time;
  }

  /** A group's rules one after the other, as later ones may read what earlier ones recorded. */
  async function evaluateGroup(one: Group, time: EvaluationTime): Promise<void> {
    const { group, intervalMs, members } = one;
    const startedMs = clock.monotonic();
    const timeoutMs = Math.min(QUERY_TIMEOUT_MS.max, Math.max(QUERY_TIMEOUT_MS.min, intervalMs));
    for (const member of members) {
      if (stopping.signal.aborted) return;
      const abort = AbortSignal.any([stopping.signal, AbortSignal.timeout(timeoutMs)]);
      if (member.kind === 'recording') {
        const outcome = await evaluation.recording(member.rule, { group, time, abort });
        if (outcome !== null) {
          const { error, costMs } = outcome;
          member.status = {
            ...member.status,
            lastError: error,
            lastEvaluationMs: time.atMs,
            evaluationMs: costMs,
          };
        }
        continue;
      }
      const changes = await evaluation.alerting(member.state, { group, time, abort });
      if (changes === null) return;
      keeper.add(changes);
      announce(changes.transitions);
    }
    one.lastEvaluationMs = time.atMs;
    one.evaluationMs = clock.monotonic() - startedMs;
    metrics.groupSeconds.observe(one.evaluationMs / 1_000);
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

  function startLoop(group: Group, index: number): Promise<void> {
    const spread = Math.min(SPREAD_MS, group.intervalMs) * (index / groups.length);
    return runOnSchedule({
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
    });
  }

  return {
    active,
    rules: () => states.map((state) => state.describe()),
    groups: () => groups.map(describeGroup),
    onTransition: (listener) => {
      const outbox = createOutbox(listener, (error) => {
        logger.error(
          { err: error },
          'a transition was not taken; it is offered again with the next evaluation',
        );
      });
      outboxes.add(outbox);
      return () => outboxes.delete(outbox);
    },
    start: async () => {
      await restoreOnce();
      void deliver();
      loops.push(...groups.map(startLoop));
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

/** The groups with a state for each of their alerting rules. */
function buildGroups({ rules, defaultIntervalMs }: AlertingOptions, context: RuleContext): readonly Group[] {
  const keys = ruleKeys(rules);
  return rules.map((group) => ({
    group,
    intervalMs: group.intervalMs ?? defaultIntervalMs ?? DEFAULT_INTERVAL_MS,
    members: group.rules.map(
      (rule): GroupMember =>
        rule.kind === 'recording'
          ? { kind: 'recording', rule, status: notYetRecorded(rule) }
          : { kind: 'alerting', state: createRuleState(rule, group, keys.get(rule) ?? rule.name, context) },
    ),
    running: Promise.resolve(),
    lastEvaluationMs: null,
    evaluationMs: null,
  }));
}

const notYetRecorded = ({ name, expr, labels }: RecordingRule): RecordingRuleStatus => ({
  kind: 'recording',
  ...{ name, query: expr, labels },
  ...{ lastError: null, lastEvaluationMs: null, evaluationMs: null },
});

const describeGroup = ({
  group,
  intervalMs,
  members,
  lastEvaluationMs,
  evaluationMs,
}: Group): RuleGroupStatus => ({
  ...{ name: group.name, file: group.file, limit: group.limit },
  ...{ intervalMs, lastEvaluationMs, evaluationMs },
  rules: members.map((member) =>
    member.kind === 'recording' ? member.status : { kind: 'alerting', rule: member.state.describe() },
  ),
});
