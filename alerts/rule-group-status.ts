import type { AlertRule } from '../model/api/alert.ts';

/** A recording rule and what came of it last. */
export interface RecordingRuleStatus {
  readonly kind: 'recording';
  readonly name: string;
  readonly query: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Why the last evaluation recorded nothing; null: it did, or there was none. */
  readonly lastError: string | null;
  readonly lastEvaluationMs: number | null;
  readonly evaluationMs: number | null;
}

/** A rule group as it was last evaluated; its rules in the order of the file. */
export interface RuleGroupStatus {
  readonly name: string;
  readonly file: string;
  readonly intervalMs: number;
  /** More alerts or series than this from one rule are an error; 0: no limit. */
  readonly limit: number;
  readonly lastEvaluationMs: number | null;
  readonly evaluationMs: number | null;
  readonly rules: readonly ({ readonly kind: 'alerting'; readonly rule: AlertRule } | RecordingRuleStatus)[];
}
