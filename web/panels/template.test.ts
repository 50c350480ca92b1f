// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables so
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  builtInVariables,
  interpolateQuery,
  interpolateText,
  interpolateUrl,
  parseInterval,
  promDuration,
  stepFor,
} from './template.ts';
import { labelValuesQuery } from './variable-bar.tsx';

const fill = (expr: string, values: Record<string, string>) =>
  interpolateQuery(expr, values, { __interval: '10s' }, []);

describe('interpolateQuery', () => {
  it('fills every way of writing a variable', () => {
    expect(fill('a{x="$v"} + b{x="${v}"} + c{x="[[v]]"} + rate(d[$__interval])', { v: '1' }).text).toBe(
      'a{x="1"} + b{x="1"} + c{x="1"} + rate(d[10s])',
    );
  });

  it('names variables without a value', () => {
    expect(fill('a{x="$city",y="$v"}', { v: '1', city: '' }).missing).toEqual(['city']);
    expect(fill('label_replace(a, "b", "$1", "c", "(.*)")', {}).missing).toEqual([]);
  });

  it('never lets a value out of its quotes', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.string({ unit: fc.constantFrom('"', '\\', '\n', '}', '$') })),
        (value) => {
          fc.pre(value !== '' && value !== '$__all');
          const { text } = fill('up{x="$v"}', { v: value });
          const inside = text.slice('up{x="'.length, -'"}'.length);
          expect(JSON.parse(`"${inside}"`)).toBe(value);
        },
      ),
    );
  });

  it('escapes for regular expressions where asked', () => {
    expect(fill('up{x=~"${v:regex}"}', { v: 'a.b' }).text).toBe('up{x=~"a\\\\.b"}');
  });

  it('writes "all" as the variable wants it', () => {
    const all = {
      name: 'v',
      label: 'v',
      kind: 'custom',
      query: '',
      options: [],
      current: '',
      allValue: '.+',
      hidden: false,
    };
    expect(interpolateQuery('up{x=~"$v"}', { v: '$__all' }, {}, [all]).text).toBe('up{x=~".+"}');
  });
});

describe('intervals', () => {
  it('are read and written as PromQL does', () => {
    expect(['10s', '1m30s', '>5s', '2h', '', 'abc', undefined].map(parseInterval)).toEqual([
      10_000,
      90_000,
      5_000,
      7_200_000,
      undefined,
      undefined,
      undefined,
    ]);
    expect([500, 10_000, 90_000, 60_000, 7_200_000].map(promDuration)).toEqual([
      '500ms',
      '10s',
      '90s',
      '1m',
      '2h',
    ]);
  });

  it('cover at least four exports for rates', () => {
    const at = (stepMs: number) => builtInVariables({ fromMs: 0, toMs: 3_600_000, stepMs, scrapeMs: 10_000 });
    expect(at(10_000).__rate_interval).toBe('40s');
    expect(at(60_000).__rate_interval).toBe('70s');
    expect(at(60_000).__range).toBe('1h');
  });

  it('give round steps with no more points than asked for', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000, max: 4e10 }),
        fc.integer({ min: 1, max: 2_000 }),
        (rangeMs, points) => {
          expect(rangeMs / stepFor(rangeMs, points, 1_000)).toBeLessThanOrEqual(points);
        },
      ),
    );
    expect(stepFor(3_600_000, 300, 10_000)).toBe(15_000);
    expect(stepFor(60_000, 300, 10_000)).toBe(10_000);
  });
});

describe('links', () => {
  it('carry values escaped', () => {
    expect(interpolateUrl('/campaigns/${campaign}?x=$y', { campaign: 'a b', y: '&' })).toBe(
      '/campaigns/a%20b?x=%26',
    );
  });
  it.each(['javascript:alert(1)', '//evil.example', 'data:text/html,x', 'relative/path'])(
    'are refused: %s',
    (url) => {
      expect(interpolateUrl(url, {})).toBeUndefined();
    },
  );
});

it('fills titles and leaves what it does not know', () => {
  expect(interpolateText('Orders of $campaign for $5', { campaign: 'a' })).toBe('Orders of a for $5');
});

it('asks for label values with PromQL', () => {
  expect(labelValuesQuery('label_values(up{job="a,b"}, instance)')).toEqual({
    expr: 'count by (instance) (up{job="a,b"})',
    label: 'instance',
  });
  expect(labelValuesQuery('query_result(up)')).toBeUndefined();
});
