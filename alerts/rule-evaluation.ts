import type { Logger } from 'pino';
import { METRIC_NAME } from '../model/labels.ts';
import type { Clock } from '../model/units.ts';
import type { AlertingMetrics } from './alerting-metrics.ts';
import { createBlindnessCheck, type SeriesExist } from './answerable.ts';
import type { EvaluationTime } from './evaluation-clock.ts';
import type { RecordingRule, RuleGroup } from './rule-file.ts';
import { type RecordingWriter, type RuleQuery, type RuleSample, untilAborted } from './rule-query.ts';
import type { RuleChanges, RuleOutcome, RuleState } from './rule-state.ts';

export interface RuleEvaluationOptions {
  readonly query: RuleQuery;
  readonly seriesExist: SeriesExist | undefined;
  readonly write: RecordingWriter | undefined;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: AlertingMetrics;
  /** Given when the product stops: what was ended because of it says nothing about a rule. */
  readonly stopping: AbortSignal;
}

/** One evaluation: of which group, when, and until when. */
export interface Evaluation {
  readonly group: RuleGroup;
  readonly time: EvaluationTime;
  readonly abort: AbortSignal;
}

/** What became of a recording rule. */
export interface RecordingOutcome {
  /** Why nothing was recorded; null: it was. */
  readonly error: string | null;
  readonly costMs: number;
}

/** Evaluates single rules. */
export interface RuleEvaluation {
  /** null: the product stops, and nothing is known. */
  alerting(state: RuleState, evaluation: Evaluation): Promise<RuleChanges | null>;
  /** null: it was not evaluated, since nothing takes its samples or the product stops. */
  recording(rule: RecordingRule, evaluation: Evaluation): Promise<RecordingOutcome | null>;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A recording rule's series: its own name, the series' labels, over them the rule's. */
function recorded(rule: RecordingRule, sample: RuleSample): RuleSample {
  const labels = { ...sample.labels, ...rule.labels, [METRIC_NAME]: rule.name };
  return {
    labels: Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== '')),
    value: sample.value,
  };
}

/** Builds what asks the queries of rules and hands the answers to their states. */
export function createRuleEvaluation(options: RuleEvaluationOptions): RuleEvaluation {
  const { clock, logger, metrics, stopping } = options;
  const blinding = options.seriesExist === undefined ? null : createBlindnessCheck(options.seriesExist);

  async function ask(expr: string, { group, time, abort }: Evaluation): Promise<RuleOutcome> {
    try {
      const asked = options.query(expr, time.atMs - group.queryOffsetMs, abort);
      const result = await untilAborted(asked, abort, 'the query took too long');
      return result.kind === 'samples' ? { kind: 'answered', samples: result.samples } : result;
    } catch (error) {
      return { kind: 'error', message: messageOf(error) };
    }
  }

  /** An empty answer may mean that there was nothing to ask. */
  async function outcomeOf(state: RuleState, evaluation: Evaluation): Promise<RuleOutcome> {
    const answer = await ask(state.rule.expr, evaluation);
    if (blinding === null || answer.kind !== 'answered' || answer.samples.length > 0) return answer;
    const { group, time, abort } = evaluation;
    const at = { atMs: time.atMs - group.queryOffsetMs, monotonicMs: time.monotonicMs };
    try {
      const check = blinding(state.rule.expr, at, { fresh: state.hasFiring(), abort });
      const missing = await untilAborted(check, abort, 'asking which metrics there are took too long');
      return missing.length === 0 ? answer : { kind: 'no_data', missing };
    } catch (error) {
      return { kind: 'error', message: `cannot tell whether there is data: ${messageOf(error)}` };
    }
  }

  return {
    alerting: async (state, evaluation) => {
      const startedMs = clock.monotonic();
      const outcome = await outcomeOf(state, evaluation);
      if (stopping.aborted) return null;
      const costMs = clock.monotonic() - startedMs;
      metrics.evaluations.inc({ outcome: outcome.kind });
      metrics.evaluationSeconds.observe(costMs / 1_000);
      const was = state.describe().state;
      const changes = state.apply(outcome, evaluation.time, costMs);
      const is = state.describe();
      if (is.state !== was && (is.state === 'error' || is.state === 'no_data')) {
        // A metric that nobody has sent yet is no fault of anybody's; a query that fails is.
        logger[is.state === 'error' ? 'warn' : 'info'](
          { rule: is.name, state: is.state, reason: is.reason },
          'a rule is blind',
        );
      }
      return changes;
    },

    recording: async (rule, evaluation) => {
      if (options.write === undefined) return null;
      const startedMs = clock.monotonic();
      const outcome = await ask(rule.expr, evaluation);
      if (stopping.aborted) return null;
      const timestampMs = evaluation.time.atMs - evaluation.group.queryOffsetMs;
      try {
        if (outcome.kind !== 'answered')
          throw new Error(outcome.kind === 'error' ? outcome.message : 'no data');
        await options.write(outcome.samples.map((sample) => ({ ...recorded(rule, sample), timestampMs })));
        metrics.evaluations.inc({ outcome: 'recorded' });
        return { error: null, costMs: clock.monotonic() - startedMs };
      } catch (error) {
        metrics.evaluations.inc({ outcome: 'error' });
        logger.warn({ rule: rule.name, err: error }, 'a recording rule failed');
        return { error: messageOf(error), costMs: clock.monotonic() - startedMs };
      }
    },
  };
}
