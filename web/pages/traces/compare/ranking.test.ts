import { describe, expect, it } from 'vitest';
import type { TraceMetricsSeries } from '../../../api/tempo-query-range.ts';
import { text } from '../query/condition.ts';
import { comparedNames, rankDifferences } from './ranking.ts';

type Value = string | number | boolean;

/** A series as `compare()` gives it, its count over two steps. */
const counted = (
  type: string,
  name: string,
  value: Value,
  count: number,
  more = false,
): TraceMetricsSeries => ({
  labels: [
    { key: '__meta_type', value: type },
    ...(more ? [{ key: '__meta_error', value: '__too_many_values__' }] : []),
    { key: name, value },
  ],
  samples: [
    { timestampMs: 0, value: Math.floor(count / 2) },
    { timestampMs: 1, value: Math.ceil(count / 2) },
  ],
  exemplars: [],
});

const SERIES = [
  counted('selection', 'span.city.code', '44', 9),
  counted('selection', 'span.city.code', '11', 1),
  counted('selection_total', 'span.city.code', 'nil', 10),
  counted('baseline', 'span.city.code', '44', 20),
  counted('baseline', 'span.city.code', '11', 60),
  counted('baseline_total', 'span.city.code', 'nil', 80),
  counted('selection', 'name', 'cancel', 10),
  counted('selection_total', 'name', 'nil', 10),
  counted('baseline', 'name', 'cancel', 100),
  counted('baseline_total', 'name', 'nil', 100),
  counted('selection', 'span.http.status_code', 502, 10),
  counted('selection_total', 'span.http.status_code', 'nil', 10),
];

describe('what sets two sets of spans apart', () => {
  it('ranks by the greatest difference of shares, and counts missing attributes as without the value', () => {
    const { selected, rest, attributes } = rankDifferences(SERIES);
    expect({ selected, rest }).toEqual({ selected: 10, rest: 100 });
    expect(attributes.map(({ name, difference }) => [name, Number(difference.toFixed(2))])).toEqual([
      ['span.http.status_code', 1],
      ['span.city.code', 0.7],
    ]);
    expect(attributes[1]?.values.map(({ value, selected, rest }) => [value, selected, rest])).toEqual([
      ['44', 0.9, 0.2],
      ['11', 0.1, 0.6],
    ]);
  });

  it('asks for a value as it was sent: text in quotes, numbers and words of the language without', () => {
    const conditions = rankDifferences([
      ...SERIES,
      counted('selection', 'status', 'error', 10),
      counted('selection_total', 'status', 'nil', 10),
    ]).attributes.map(({ values }) => values[0]?.condition.value);
    expect(conditions).toEqual([
      { type: 'bare', value: '502' },
      { type: 'bare', value: 'error' },
      { type: 'text', value: '44' },
    ]);
  });

  it('leaves out what the selection asks for', () => {
    const without = comparedNames([
      { field: '.city.code', operator: '=', value: text('44') },
      { field: 'span.http.status_code', operator: '=', value: text('502') },
    ]);
    expect(rankDifferences(SERIES, without).attributes).toEqual([]);
  });

  it('supposes no more than it knows of a value beyond the counted ones', () => {
    const [attribute] = rankDifferences([
      counted('selection', 'span.user', 'a', 10),
      counted('selection_total', 'span.user', 'nil', 10),
      counted('baseline', 'span.user', 'b', 6),
      counted('baseline', 'span.user', 'c', 4),
      counted('baseline', 'span.user', 'nil', 0, true),
      counted('baseline_total', 'span.user', 'nil', 20),
    ]).attributes;
    expect(attribute?.values[0]).toMatchObject({ value: 'a', rest: 0.2, restAtMost: true });
  });

  it('finds nothing where there is nothing', () => {
    expect(rankDifferences([])).toEqual({ selected: 0, rest: 0, attributes: [] });
  });
});
