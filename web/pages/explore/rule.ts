import type { AlertSeverity } from '../../../model/severity.ts';

export const RULE_OPERATORS = ['>', '>=', '<', '<=', '==', '!='] as const;
export type RuleOperator = (typeof RULE_OPERATORS)[number];

/** What a team says of an alert that it makes out of a query. */
export interface RuleDraft {
  /** In words joined to one, as `GateQueueLong`. */
  readonly name: string;
  readonly group: string;
  /** The query without its comparison; with one inside of it where `threshold` is null. */
  readonly expr: string;
  readonly threshold: { readonly operator: RuleOperator; readonly value: number } | null;
  /** Prometheus's duration, such as `5m`; empty: fires at once. */
  readonly holdFor: string;
  readonly severity: AlertSeverity;
  /** People may come to harm. */
  readonly safety: boolean;
  /** From which value on life is at risk, such as `< 1200`; only for safety alerts, may be empty. */
  readonly sev1: string;
  readonly runbook: string;
  readonly summary: string;
  readonly description: string;
}

export type RuleFault =
  | 'name'
  | 'group'
  | 'expr'
  | 'threshold'
  | 'holdFor'
  | 'sev1'
  | 'runbook'
  | 'summary'
  | 'description';

const DURATION = /^([0-9]+(ms|[smhdwy]))+$/;

/** What a rule still lacks; see `alerts/README.md` for what one must have. */
export function ruleFaults(draft: RuleDraft): ReadonlySet<RuleFault> {
  const faults = new Set<RuleFault>();
  if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(draft.name)) faults.add('name');
  if (draft.group.trim() === '') faults.add('group');
  if (draft.expr.trim() === '') faults.add('expr');
  if (draft.threshold !== null && !Number.isFinite(draft.threshold.value)) faults.add('threshold');
  if (draft.holdFor !== '' && !DURATION.test(draft.holdFor)) faults.add('holdFor');
  if (draft.safety && draft.sev1 !== '' && !/^\s*(>=|>|<=|<)\s*-?\d+(\.\d+)?\s*$/.test(draft.sev1))
    faults.add('sev1');
  if (!/^[a-z0-9][a-z0-9-]*$/.test(draft.runbook)) faults.add('runbook');
  if (draft.summary.trim() === '') faults.add('summary');
  if (draft.description.trim() === '') faults.add('description');
  return faults;
}

/** The rule's whole expression: `query > 5`, the query in brackets where the comparison would bind tighter. */
export function ruleExpr({ expr, threshold }: Pick<RuleDraft, 'expr' | 'threshold'>): string {
  const query = expr.trim();
  if (threshold === null) return query;
  const loose = /\b(and|or|unless)\b|[<>=!]=|[<>]|#/i.test(query.replaceAll(/\{[^}]*\}|"[^"]*"/g, ''));
  const side = loose ? `(\n  ${query.replaceAll('\n', '\n  ')}\n)` : query;
  return `${side} ${threshold.operator} ${threshold.value}`;
}

/** A rule file with this one alert, as `content/alerts` takes it. All but the query is written as JSON texts, which are YAML too. */
export function ruleFile(draft: RuleDraft): string {
  const text = (value: string): string => JSON.stringify(value);
  const expr = ruleExpr(draft)
    .split('\n')
    .map((line) => (line === '' ? '' : `          ${line}`));
  return [
    'groups:',
    `  - name: ${text(draft.group.trim())}`,
    '    rules:',
    `      - alert: ${draft.name}`,
    '        expr: |2-',
    ...expr,
    ...(draft.holdFor === '' ? [] : [`        for: ${draft.holdFor}`]),
    '        labels:',
    `          severity: ${draft.severity}`,
    ...(draft.safety ? ['          safety: "true"'] : []),
    '        annotations:',
    `          summary: ${text(draft.summary.trim())}`,
    `          description: ${text(draft.description.trim())}`,
    `          runbook: ${draft.runbook}`,
    ...(draft.safety && draft.sev1.trim() !== '' ? [`          sev1: ${text(draft.sev1.trim())}`] : []),
    '',
  ].join('\n');
}

/** `GateQueueLong` → `gate-queue-long.yaml`. */
export const ruleFileName = (name: string): string =>
  `${
    name
      .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-|-$/g, '') || 'alert'
  }.yaml`;

/** A first name for an alert on a query: its first metric in capitals, `order_placed_total` → `OrderPlaced`. */
export function suggestName(metric: string | undefined): string {
  const words = (metric ?? '').replace(/_(total|bucket|sum|count)$/, '').split(/[^A-Za-z0-9]+/);
  return words.map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('') || 'NewAlert';
}
