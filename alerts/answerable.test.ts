import { describe, expect, test } from 'vitest';
import { parseExpr } from '../promql/parser.ts';
import { blindingMetrics, createBlindnessCheck, metricWindows } from './answerable.ts';

describe('the metrics that an expression cannot answer without', () => {
  test.each([
    ['a > 1', ['a']],
    ['rate(a[5m]) / rate(c[5m]) > 0.1', ['a', 'c']],
    ['a > 1 or b > 1', []],
    ['gone > 1 or a > 1', ['gone', 'a']],
    ['b > 1 and a > 1', ['a']],
    ['b > 1 unless a > 1', []],
    ['a > 1 unless b > 1', ['a']],
    ['absent(a)', []],
    ['absent_over_time(a[5m]) and b', []],
    ['sum by (x) (max_over_time(a[1m])) + on() group_left() vector(1)', ['a']],
    ['histogram_quantile(0.9, rate(a[1m])) > 1', ['a']],
    ['{__name__="a", x="y"} > 1', ['a']],
    ['{__name__=~"a.*"} > 1', []],
    ['max_over_time((a > 1)[5m:1m])', ['a']],
    ['a / a', ['a']],
    ['vector(time()) > 1', []],
  ])('%s', (expr, expected) => {
    expect(blindingMetrics(parseExpr(expr), (name) => name !== 'b')).toEqual(expected);
  });

  test('must have a sample within half of the range they are used with', () => {
    const windows = metricWindows(
      parseExpr('rate(a[1m]) + b + rate(c[10m]) + c + max_over_time((a > 1)[1h:1m])'),
    );
    expect(Object.fromEntries(windows)).toEqual({ a: 30_000, b: 150_000, c: 150_000 });
  });
});

describe('asking the store', () => {
  test('remembers that a metric is there, and asks anew when an alert depends on it', async () => {
    const asked: string[] = [];
    let there = true;
    const check = createBlindnessCheck(async (name, { fromMs, toMs }) => {
      asked.push(`${name} ${toMs - fromMs}`);
      return there;
    });
    const abort = new AbortController().signal;
    const at = (monotonicMs: number, fresh = false) =>
      check('rate(a[1m]) > 1', { atMs: 1_000_000 + monotonicMs, monotonicMs }, { fresh, abort });
    expect(await at(0)).toEqual([]);
    expect(await at(10_000)).toEqual([]);
    expect(asked).toEqual(['a 30000']);
    there = false;
    expect(await at(11_000, true)).toEqual(['a']);
    expect(await at(21_000)).toEqual(['a']);
    expect(await at(22_000)).toEqual(['a']);
    expect(asked).toHaveLength(4);
  });
});
