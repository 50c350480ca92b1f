import { describe, expect, it } from 'vitest';
import { frameSearch, parseSearch, stringifySearch } from './search.ts';
import { refreshToMs, resolveTime, stepFor } from './time-range.ts';

const NOW = 1_800_000_000_000;

describe('time expressions', () => {
  it.each([
    ['now', NOW],
    ['now-1h', NOW - 3_600_000],
    ['now+15m', NOW + 900_000],
    ['now-7d', NOW - 7 * 86_400_000],
    ['1795324155817', 1_795_324_155_817],
  ])('%s', (expression, expected) => {
    expect(resolveTime(expression, NOW)).toBe(expected);
  });

  it.each([['yesterday'], ['now-'], ['now-1x'], [''], ['12'], ['now-1h/h']])('%s is none', (expression) => {
    expect(resolveTime(expression, NOW)).toBeNull();
  });

  it('reads refresh intervals, at least a second', () => {
    expect([refreshToMs('10s'), refreshToMs('5m'), refreshToMs('off'), refreshToMs('0s')]).toEqual([
      10_000,
      300_000,
      null,
      1_000,
    ]);
  });

  it('gives round steps that keep a graph near its number of points', () => {
    expect(stepFor(0, 3_600_000)).toBe(15_000);
    expect(stepFor(0, 60_000)).toBe(5_000);
    expect(stepFor(0, 30 * 86_400_000)).toBe(21_600_000);
  });
});

describe('the URL', () => {
  it('keeps texts as they are, there and back', () => {
    const search = { from: '1795324155817', expr: ['a{b="c"}', 'x + y'], campaign: 'a&b=c' };
    expect(parseSearch(stringifySearch(search))).toEqual(search);
    expect(stringifySearch({ a: undefined })).toBe('');
  });

  it('drops what is mistyped and keeps the rest', () => {
    expect(
      frameSearch.parse({ from: 'javascript:alert(1)', to: 'now', refresh: 'often', campaign: 'x' }),
    ).toEqual({
      from: undefined,
      to: 'now',
      refresh: undefined,
      campaign: 'x',
    });
  });
});
