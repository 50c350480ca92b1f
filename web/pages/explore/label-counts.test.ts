import { describe, expect, it } from 'vitest';
import { parseExpr } from '../../../promql/parser.ts';
import { countLabels, selectorText, toggleValue, usualQuery } from './label-counts.ts';

describe('the labels of a metric', () => {
  it('are counted by value, the name of the metric left out', () => {
    const counts = countLabels([
      { __name__: 'm', gate: 'north', city: 'sh' },
      { __name__: 'm', gate: 'south', city: 'sh' },
      { __name__: 'm', gate: 'south' },
    ]);
    expect(counts).toEqual([
      {
        name: 'gate',
        values: [
          { value: 'south', series: 2 },
          { value: 'north', series: 1 },
        ],
      },
      { name: 'city', values: [{ value: 'sh', series: 2 }] },
    ]);
  });

  it('make a selector of what is chosen, which parses whatever the values hold', () => {
    const one = toggleValue(new Map(), 'path', 'a"b\\');
    expect(selectorText('m', one)).toBe('m{path="a\\"b\\\\"}');
    const two = toggleValue(toggleValue(one, 'city', 's.h'), 'city', 'b(j');
    const text = selectorText('m', two);
    expect(text).toBe('m{path="a\\"b\\\\", city=~"s\\\\.h|b\\\\(j"}');
    expect(() => parseExpr(text)).not.toThrow();
    expect(selectorText('m', toggleValue(one, 'path', 'a"b\\'))).toBe('m');
  });

  it('come with the usual question to the metric', () => {
    expect(usualQuery('orders_total{a="b"}', 'orders_total', 'counter')).toBe(
      'sum(rate(orders_total{a="b"}[5m]))',
    );
    expect(usualQuery('d_bucket', 'd_bucket', 'histogram')).toContain('histogram_quantile(0.95, sum by (le)');
    expect(usualQuery('queue', 'queue', 'gauge')).toBe('queue');
  });
});
