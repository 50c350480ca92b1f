import type { AlertInstance, AlertRule, AlertState } from '../model/api/alert.ts';
import type { Labels } from '../model/labels.ts';
import { METRIC_NAME } from '../model/labels.ts';
import type { StoredAlertState } from '../storage/postgres/stores.ts';
import { decide, type Observation } from './decision.ts';
import type { EvaluationTime } from './evaluation-clock.ts';
import { fingerprint } from './fingerprint.ts';
import type { AlertingRule, RuleGroup } from './rule-file.ts';
import type { RuleSample } from './rule-query.ts';
import type { AlertTransition } from './transition.ts';

/** What one evaluation of a rule came to. */
export type RuleOutcome =
  | { readonly kind: 'answered'; readonly samples: readonly RuleSample[] }
  | { readonly kind: 'no_data'; readonly missing: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

/** What an evaluation changed: for those who listen, and for the store. */
export interface RuleChanges {
  readonly transitions: readonly AlertTransition[];
  readonly upserts: readonly StoredAlertState[];
  readonly removals: readonly Pick<StoredAlertState, 'ruleKey' | 'fingerprint'>[];
}

/** An alert that is pending or firing. The two monotonic times are what elapsed times are measured from. */
interface ActiveAlert {
  readonly fingerprint: string;
  readonly labels: Labels;
  phase: 'pending' | 'firing';
  annotations: Readonly<Record<string, string>>;
  value: number;
  readonly activeAtMs: number;
  firedAtMs: number | null;
  readonly heldSinceMs: number;
  absentSinceMs: number | null;
  /** Why it keeps its state without an answer. */
  unconfirmed: string | null;
}

/** What rules are evaluated with, beside the query. */
export interface RuleContext {
  readonly runbookUrl: (runbookId: string, campaignId: string | null) => string | null;
  readonly incidentOf: (fingerprint: string) => string | null;
}

/** One alerting rule with its alerts. */
export interface RuleState {
  readonly rule: AlertingRule;
  readonly ruleKey: string;
  apply(outcome: RuleOutcome, time: EvaluationTime, costMs: number): RuleChanges;
  /** Takes up an alert as it was before a restart; null where it was too long ago to count. */
  restore(stored: StoredAlertState, time: EvaluationTime): AlertTransition | null;
  hasFiring(): boolean;
  active(): readonly AlertInstance[];
  describe(): AlertRule;
}

/** Resolved alerts are shown this long. */
const RESOLVED_SHOWN_MS = 15 * 60_000;
const RESOLVED_SHOWN_MAX = 200;
/** A wait that was interrupted for longer begins anew (Prometheus: `rules.alert.for-outage-tolerance`). */
const OUTAGE_MAX_MS = 60 * 60_000;
/** The wall clock may have been set back between two runs; beyond this, times of before mean nothing. */
const BACKWARDS_MAX_MS = 5 * 60_000;

const finite = (value: number): number | null => (Number.isFinite(value) ? value : null);

/** The labels of an alert: the series' without its name, over them the rule's, and the rule's name. */
function alertLabels(rule: AlertingRule, sample: RuleSample): Labels {
  const entries = new Map(Object.entries(sample.labels).filter(([name]) => name !== METRIC_NAME));
  for (const [name, template] of rule.labelTemplates) entries.set(name, template.render(sample));
  entries.set('alertname', rule.name);
  return Object.fromEntries([...entries].filter(([, value]) => value !== ''));
}

function alertAnnotations(
  rule: AlertingRule,
  sample: RuleSample,
  campaignId: string | null,
  context: RuleContext,
): Readonly<Record<string, string>> {
  const entries = [...rule.annotationTemplates].map(
    ([name, template]) => [name, template.render(sample)] as const,
  );
  const url = context.runbookUrl(rule.runbookId, campaignId);
  return Object.fromEntries(url === null ? entries : [...entries, ['runbook_url', url]]);
}

/** `ruleKey` must be the same for the same rule over restarts. */
export function createRuleState(
  rule: AlertingRule,
  group: RuleGroup,
  ruleKey: string,
  context: RuleContext,
): RuleState {
  const alerts = new Map<string, ActiveAlert>();
  let resolved: { readonly instance: AlertInstance; readonly untilMs: number }[] = [];
  let last: { outcome: RuleOutcome; atMs: number; costMs: number; settled: boolean } | null = null;

  function instance(alert: ActiveAlert, change: Partial<AlertInstance> = {}): AlertInstance {
    return {
      fingerprint: alert.fingerprint,
      name: rule.name,
      state: alert.phase,
      severity: rule.severity,
      safety: rule.safety,
      labels: alert.labels,
      annotations: alert.annotations,
      value: finite(alert.value),
      activeAtMs: alert.activeAtMs,
      firedAtMs: alert.firedAtMs,
      resolvedAtMs: null,
      runbookId: rule.runbookId,
      campaignId: alert.labels.campaign_id ?? null,
      incidentId: context.incidentOf(alert.fingerprint),
      ...(alert.unconfirmed === null ? {} : { unconfirmed: alert.unconfirmed }),
      ...change,
    };
  }

  function stored(alert: ActiveAlert, time: EvaluationTime): StoredAlertState {
    return {
      ...{ ruleKey, fingerprint: alert.fingerprint, state: alert.phase },
      ...{ labels: alert.labels, annotations: alert.annotations, value: finite(alert.value) },
      ...{
        activeAtMs: Math.round(alert.activeAtMs),
        firedAtMs: alert.firedAtMs && Math.round(alert.firedAtMs),
      },
      heldMs: time.monotonicMs - alert.heldSinceMs,
      absentMs: alert.absentSinceMs === null ? null : time.monotonicMs - alert.absentSinceMs,
      savedAtMs: Math.round(time.atMs),
    };
  }

  /** The series of an answer by the fingerprint of the alert each is, or what is wrong with them. */
  function present(
    samples: readonly RuleSample[],
  ): Map<string, { labels: Labels; sample: RuleSample }> | string {
    const found = new Map<string, { labels: Labels; sample: RuleSample }>();
    for (const sample of samples) {
      const labels = alertLabels(rule, sample);
      const key = fingerprint(labels);
      if (found.has(key)) return 'vector contains metrics with the same labelset after applying alert labels';
      found.set(key, { labels, sample });
    }
    if (group.limit > 0 && found.size > group.limit) {
      return `exceeded limit of ${group.limit} with ${found.size} alerts`;
    }
    return found;
  }

  function observe(outcome: RuleOutcome, time: EvaluationTime): Observation {
    if (outcome.kind === 'error') return 'error';
    if (!time.settled) return 'unsure';
    return outcome.kind === 'no_data' ? 'no_data' : 'absent';
  }

  function apply(given: RuleOutcome, time: EvaluationTime, costMs: number): RuleChanges {
    const series = given.kind === 'answered' ? present(given.samples) : new Map<never, never>();
    const outcome: RuleOutcome = typeof series === 'string' ? { kind: 'error', message: series } : given;
    last = { outcome, atMs: time.atMs, costMs, settled: time.settled };
    const transitions: AlertTransition[] = [];
    const upserts: StoredAlertState[] = [];
    const removals: RuleChanges['removals'][number][] = [];

    /** Lets the table decide on one alert and does what it says. */
    function settle(
      alert: ActiveAlert,
      before: 'inactive' | 'pending' | 'firing',
      observation: Observation,
    ): void {
      const hadAbsence = alert.absentSinceMs;
      if (observation === 'present') alert.absentSinceMs = null;
      else if (observation === 'absent' && before === 'firing') alert.absentSinceMs ??= time.monotonicMs;
      const decision = decide(before, observation, {
        for: time.monotonicMs - alert.heldSinceMs >= rule.forMs,
        keepFiringFor: time.monotonicMs - (alert.absentSinceMs ?? time.monotonicMs) >= rule.keepFiringForMs,
      });
      const answered = observation === 'present' || observation === 'absent';
      alert.unconfirmed = answered || decision.next === 'inactive' ? null : decision.reason;
      if (decision.next === 'inactive') {
        alerts.delete(alert.fingerprint);
        if (before !== 'inactive') removals.push({ ruleKey, fingerprint: alert.fingerprint });
      } else {
        alert.phase = decision.next;
        if (decision.transition === 'firing') alert.firedAtMs = time.atMs;
        alerts.set(alert.fingerprint, alert);
        // While a time is counted, how far it has got is kept with every evaluation.
        const counts = alert.phase === 'pending' || alert.absentSinceMs !== null || hadAbsence !== null;
        if (counts || decision.transition !== null) upserts.push(stored(alert, time));
      }
      if (decision.transition === null) return;
      const over = decision.next === 'inactive';
      const told = instance(alert, over ? { state: 'inactive', resolvedAtMs: time.atMs } : {});
      if (decision.transition === 'resolved') {
        resolved.push({ instance: told, untilMs: time.monotonicMs + RESOLVED_SHOWN_MS });
      }
      transitions.push({ kind: decision.transition, alert: told, reason: decision.reason, atMs: time.atMs });
    }

    const gone = new Set(alerts.values());
    for (const [key, { labels, sample }] of typeof series === 'string' ? [] : series) {
      const known = alerts.get(key);
      const annotations = alertAnnotations(rule, sample, labels.campaign_id ?? null, context);
      const alert: ActiveAlert = known ?? {
        ...{
          fingerprint: key,
          labels,
          annotations,
          value: sample.value,
          phase: 'pending',
          unconfirmed: null,
        },
        ...{ activeAtMs: time.atMs, firedAtMs: null, heldSinceMs: time.monotonicMs, absentSinceMs: null },
      };
      const valueBefore = alert.value;
      Object.assign(alert, { annotations, value: sample.value });
      if (known !== undefined) gone.delete(known);
      const before = known?.phase ?? 'inactive';
      settle(alert, before, 'present');
      if (before === 'firing' && !Object.is(valueBefore, sample.value)) {
        transitions.push({
          kind: 'updated',
          alert: instance(alert),
          reason: 'its value changed',
          atMs: time.atMs,
        });
      }
    }
    for (const alert of gone) settle(alert, alert.phase, observe(outcome, time));
    resolved = resolved.filter(({ untilMs }) => untilMs > time.monotonicMs).slice(-RESOLVED_SHOWN_MAX);
    return { transitions, upserts, removals };
  }

  function restore(before: StoredAlertState, time: EvaluationTime): AlertTransition | null {
    const outageMs = time.atMs - before.savedAtMs;
    const usable = outageMs <= OUTAGE_MAX_MS && outageMs >= -BACKWARDS_MAX_MS;
    if (before.state === 'pending' && !usable) return null;
    const alert: ActiveAlert = {
      ...{ fingerprint: before.fingerprint, labels: before.labels, annotations: before.annotations },
      ...{ phase: before.state, value: before.value ?? Number.NaN },
      ...{ activeAtMs: before.activeAtMs, firedAtMs: before.firedAtMs },
      // The time in which nobody looked counts for nothing, as in Prometheus.
      heldSinceMs: time.monotonicMs - before.heldMs,
      absentSinceMs: before.absentMs === null ? null : time.monotonicMs - before.absentMs,
      unconfirmed: 'restored after a restart; not evaluated since',
    };
    alerts.set(alert.fingerprint, alert);
    if (before.state === 'pending') return null;
    return {
      kind: 'restored',
      alert: instance(alert),
      reason: 'it fired before the restart',
      atMs: time.atMs,
    };
  }

  function verdict(): { state: AlertState; reason: string } {
    if (last === null) return { state: worst(alerts.values()), reason: 'not evaluated yet' };
    const firing = [...alerts.values()].filter(({ phase }) => phase === 'firing').length;
    const kept = firing === 0 ? '' : `; ${firing} firing ${firing === 1 ? 'alert is' : 'alerts are'} kept`;
    if (last.outcome.kind === 'error') return { state: 'error', reason: `${last.outcome.message}${kept}` };
    if (last.outcome.kind === 'no_data') {
      return { state: 'no_data', reason: `no series named ${last.outcome.missing.join(', ')}${kept}` };
    }
    const state = worst(alerts.values());
    const unsure = last.settled ? '' : '; the clock jumped, nothing is resolved until it settles';
    if (state === 'inactive') return { state, reason: `the condition holds for no series${unsure}` };
    return { state, reason: `${firing} firing, ${alerts.size - firing} pending${unsure}` };
  }

  return {
    ...{ rule, ruleKey, apply, restore },
    hasFiring: () => [...alerts.values()].some(({ phase }) => phase === 'firing'),
    active: () => [...alerts.values()].map((alert) => instance(alert)),
    describe: () => ({
      ...{ name: rule.name, group: group.name, file: group.file, query: rule.expr },
      ...{ forMs: rule.forMs, keepFiringForMs: rule.keepFiringForMs },
      ...{ labels: rule.labels, annotations: rule.annotations, runbookId: rule.runbookId },
      ...verdict(),
      lastEvaluationMs: last?.atMs ?? null,
      evaluationMs: last?.costMs ?? null,
      instances: [...alerts.values()]
        .map((alert) => instance(alert))
        .concat(
          resolved.map(({ instance: past }) => past).filter(({ fingerprint: key }) => !alerts.has(key)),
        ),
    }),
  };
}

function worst(alerts: Iterable<ActiveAlert>): AlertState {
  let state: AlertState = 'inactive';
  for (const { phase } of alerts) {
    if (phase === 'firing') return 'firing';
    state = 'pending';
  }
  return state;
}
