import type { StoredAlertState } from '../storage/postgres/stores.ts';
import type { EvaluationTime } from './evaluation-clock.ts';
import type { RuleChanges, RuleState } from './rule-state.ts';
import type { AlertTransition } from './transition.ts';

/** An alert whose rule is no longer there is over: nobody will ever evaluate it. */
function orphaned(state: StoredAlertState, atMs: number, incidentId: string | null): AlertTransition {
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
      incidentId,
    },
  };
}

/** Gives the rules what was stored of their alerts, and says what is to be told and removed because of it. */
export function restoreAlerts(
  kept: readonly StoredAlertState[],
  states: readonly RuleState[],
  time: EvaluationTime,
  incidentOf: (fingerprint: string) => string | null,
): Pick<RuleChanges, 'transitions' | 'removals'> {
  const byKey = new Map(states.map((state) => [state.ruleKey, state]));
  const transitions: AlertTransition[] = [];
  const removals: StoredAlertState[] = [];
  for (const before of kept) {
    const state = byKey.get(before.ruleKey);
    if (state !== undefined) {
      const told = state.restore(before, time);
      if (told !== null) transitions.push(told);
      continue;
    }
    removals.push(before);
    if (before.state === 'firing') {
      transitions.push(orphaned(before, time.atMs, incidentOf(before.fingerprint)));
    }
  }
  return { transitions, removals };
}
