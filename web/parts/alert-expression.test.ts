import { describe, expect, it } from 'vitest';
import { splitComparison } from './alert-expression.ts';
import { readableTemplate, ruleAnnotation } from './annotation-text.ts';

describe('splitting the limit off an alert’s query', () => {
  it.each([
    ['sum(up) > 0', 'sum(up)', '>', 0],
    [
      'max by (gate) (venue_forecast_density{band="high"}) >= 3',
      'max by (gate) (venue_forecast_density{band="high"})',
      '>=',
      3,
    ],
    ['a{b=~"x>3|y<4"} < 0.05', 'a{b=~"x>3|y<4"}', '<', 0.05],
    ['(\n  a - b\n) > 1e3\n', '(\n  a - b\n)', '>', 1000],
    ['a != -1', 'a', '!=', -1],
  ])('%s', (query, left, operator, value) => {
    expect(splitComparison(query)).toEqual({ query: left, comparison: { operator, value } });
  });

  it.each([
    ['a > b'],
    ['up'],
    ['a / b < 0.05 and on (c) d > 6'],
    ['a > 1 or b > 2'],
    ['a > 1 > 2'],
    ['(a > 0)'],
    ['a{b="> 0"}'],
    ['a > 0 # why'],
  ])('leaves %s whole', (query) => {
    expect(splitComparison(query)).toEqual({ query, comparison: null });
  });
});

describe('annotations of a rule', () => {
  it('names the holes of a template', () => {
    expect(
      readableTemplate('{{ $labels.venue_id }}: {{ $value | printf "%.1f" }} of {{ .ExternalURL }}'),
    ).toBe('‹venue_id›: ‹value› of ‹…›');
  });

  it('takes the words of the only active alert', () => {
    const alert = { annotations: { summary: 'south gate' }, resolvedAtMs: null };
    const rule = { annotations: { summary: '{{ $labels.gate_id }} gate' }, instances: [alert] };
    expect(ruleAnnotation(rule, 'summary')).toBe('south gate');
    expect(ruleAnnotation({ ...rule, instances: [alert, alert] }, 'summary')).toBe('‹gate_id› gate');
    expect(ruleAnnotation({ ...rule, instances: [{ ...alert, resolvedAtMs: 1 }] }, 'summary')).toBe(
      '‹gate_id› gate',
    );
    expect(ruleAnnotation(rule, 'description')).toBeUndefined();
  });
});
