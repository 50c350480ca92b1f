import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../traceql/parser.ts';
import { validateQuery } from '../../../../traceql/validate.ts';
import {
  compareQuery,
  comparisonOf,
  comparisonWithin,
  durationText,
  metricsFunctionOf,
  narrow,
  withCondition,
} from './compose.ts';
import { text } from './condition.ts';

const readable = (query: string): string => {
  validateQuery(parseQuery(query));
  return query;
};

describe('queries made of queries', () => {
  it('tells metrics from searches, whatever texts say', () => {
    expect(metricsFunctionOf('{ } | rate() by (status)')).toBe('rate');
    expect(metricsFunctionOf('{ name = "| rate()" } // | rate()')).toBeNull();
    expect(metricsFunctionOf('{ } | count() > 2')).toBeNull();
  });

  it('narrows to the campaign of the page, and knows by how much the text moved', () => {
    const { query, shift } = narrow('{ status = error } | rate()', 'one-cent');
    expect(readable(query)).toBe('{ .campaign.id = "one-cent" } | { status = error } | rate()');
    expect(query.slice(shift)).toBe('{ status = error } | rate()');
    expect(narrow('({ } | rate()) / ({ } | rate())', 'x')).toMatchObject({ shift: 0, narrowed: false });
    expect(narrow('', undefined).query).toBe('{ }');
  });

  it('adds a condition inside the braces, or as a stage where there is more than them', () => {
    const cancel = { field: 'name', operator: '=', value: text('cancel') } as const;
    expect(withCondition('', cancel)).toBe('{ name = "cancel" }');
    expect(withCondition('{ status = error }', cancel)).toBe('{ status = error && name = "cancel" }');
    expect(withCondition('{ name = "cancel" }', cancel)).toBe('{ name = "cancel" }');
    expect(readable(withCondition('{ } >> { }', cancel))).toBe('{ } >> { } | { name = "cancel" }');
  });

  it('compares an outcome with the other outcomes of the same spans', () => {
    expect(readable(compareQuery(comparisonOf('{ .city.code = "44" && status = error }')))).toBe(
      '{ .city.code = "44" } | compare({ status = error }, 20)',
    );
    expect(compareQuery(comparisonOf('{ .city.code = "44" }'))).toBe(
      '{ } | compare({ .city.code = "44" }, 20)',
    );
    expect(compareQuery(comparisonOf('{ } >> { name = "a" }'))).toBe(
      '{ } >> { name = "a" } | compare({ status = error }, 20)',
    );
  });

  it('compares what is in a box with what is outside', () => {
    const box = { fromMs: 1_000.4, toMs: 2_000, minMs: 120.25, maxMs: 4_000, of: 'trace' } as const;
    expect(readable(compareQuery(comparisonWithin('', box)))).toBe(
      '{ } | compare({ traceDuration >= 120.25ms && traceDuration <= 4s }, 20, 1000000000, 6000000000)',
    );
    expect(compareQuery(comparisonWithin('', { ...box, of: 'span' }))).toContain(
      'duration <= 4s }, 20, 1000000000, 2000000000)',
    );
  });

  it('writes durations to the microsecond', () => {
    expect([0, 0.25, 12.5, 1_234.5].map(durationText)).toEqual(['0us', '250us', '12.5ms', '1.2345s']);
  });
});
