import { describe, expect, it } from 'vitest';
import { parseRuleFile } from '../../../alerts/rule-file.ts';
import { type RuleDraft, ruleExpr, ruleFaults, ruleFile, ruleFileName, suggestName } from './rule.ts';

const DRAFT: RuleDraft = {
  name: 'GateQueueLong',
  group: 'venue',
  expr: 'max by (gate_id) (gate_queue_length)',
  threshold: { operator: '>', value: 120 },
  holdFor: '5m',
  severity: 'page',
  safety: false,
  sev1: '',
  runbook: 'crowd-surge',
  summary: '{{ $labels.gate_id }}: "long" queue: 50 %',
  description: 'Line one.\nLine two # no comment',
};
/** As the product reads it at its start. */
const read = (draft: RuleDraft) => {
  const rule = parseRuleFile('made.yaml', ruleFile(draft))[0]?.rules[0];
  if (rule?.kind !== 'alerting') throw new Error('no alert in the file');
  return rule;
};

describe('an alert made out of a query', () => {
  it('is a rule file that the product takes, with every text as it was written', () => {
    expect(read(DRAFT)).toMatchObject({
      name: 'GateQueueLong',
      expr: 'max by (gate_id) (gate_queue_length) > 120',
      forMs: 300_000,
      severity: 'page',
      safety: false,
      runbookId: 'crowd-surge',
      annotations: { summary: DRAFT.summary, description: DRAFT.description },
    });
  });

  it('carries safety and from which value on life is at risk', () => {
    const rule = read({ ...DRAFT, safety: true, sev1: '>= 4', holdFor: '' });
    expect(rule).toMatchObject({ safety: true, forMs: 0, annotations: { sev1: '>= 4' } });
  });

  it('keeps a query of several lines, and its own condition where it has one', () => {
    const expr = 'sum(a)\n  / sum(b) > 0.05\nand\n  sum(b) > 20';
    expect(read({ ...DRAFT, expr, threshold: null }).expr).toBe(expr);
  });

  it('puts a query in brackets where the comparison would take only its end', () => {
    const threshold = { operator: '<', value: 0.5 } as const;
    expect(ruleExpr({ expr: 'a or b', threshold })).toBe('(\n  a or b\n) < 0.5');
    expect(ruleExpr({ expr: 'a / b', threshold })).toBe('a / b < 0.5');
    expect(ruleExpr({ expr: 'a{x=~"b or c"}', threshold })).toBe('a{x=~"b or c"} < 0.5');
    expect(read({ ...DRAFT, expr: 'a # why', threshold }).expr).toBe('(\n  a # why\n) < 0.5');
  });

  it('says what it lacks', () => {
    expect([...ruleFaults(DRAFT)]).toEqual([]);
    const lacking: RuleDraft = {
      ...DRAFT,
      name: 'no good',
      runbook: '',
      holdFor: 'soon',
      safety: true,
      sev1: 'high',
      summary: ' ',
      threshold: { operator: '>', value: Number.NaN },
    };
    expect([...ruleFaults(lacking)].sort()).toEqual([
      'holdFor',
      'name',
      'runbook',
      'sev1',
      'summary',
      'threshold',
    ]);
  });

  it('names alert and file', () => {
    expect(ruleFileName('GateQueueLong')).toBe('gate-queue-long.yaml');
    expect(suggestName('order_placed_total')).toBe('OrderPlaced');
    expect(suggestName(undefined)).toBe('NewAlert');
  });
});
