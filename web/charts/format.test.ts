import { describe, expect, it } from 'vitest';
import { formatFigure, formatValue, valueAxis } from './format.ts';

describe('formatValue', () => {
  it.each([
    [0, 'short', 'en', '0'],
    [999, 'short', 'en', '999'],
    [12_431.4, 'suffix:orders/min', 'en', '12,431 orders/min'],
    [12_431.4, 'suffix:单/分钟', 'zh-CN', '12,431 单/分钟'],
    [1_234_567, 'suffix:orders', 'en', '1.23 M orders'],
    [1_234_567, 'suffix:单', 'zh-CN', '123.5万单'],
    [12_431.4, 'short', 'en', '12.43 k'],
    [12_431.4, 'short', 'zh-CN', '1.24万'],
    [206_865, 'none', 'en', '206,865'],
    [0.01, 'currencyCNY', 'en', '¥0.01'],
    [-1_234_567, 'currencyCNY', 'en', '−¥1.23 M'],
    [123_456_789, 'currencyCNY', 'zh-CN', '¥1.23亿'],
    [0.0523, 'percentunit', 'en', '5.23%'],
    [0.0004, 's', 'en', '400 µs'],
    [0.25, 's', 'en', '250 ms'],
    [5_400, 's', 'en', '90 min'],
    [7_200, 's', 'en', '2 h'],
    [1_500, 'ms', 'en', '1.5 s'],
    [1_073_741_824, 'bytes', 'en', '1 GiB'],
    [12.3, 'reqps', 'en', '12.3 req/s'],
    [2.345, 'persons', 'en', '2.35 persons'],
    [1e300, 'none', 'en', '1E300'],
    [1e-9, 'none', 'en', '1E−9'],
    [Number.POSITIVE_INFINITY, 's', 'en', '+∞'],
    [Number.NEGATIVE_INFINITY, 's', 'en', '−∞'],
    [Number.NaN, 's', 'en', 'NaN'],
  ])('writes %d of %s in %s as %s', (value, unit, locale, wanted) => {
    expect(formatValue(value, { unit, locale })).toBe(wanted);
  });

  it('keeps the decimals it is told', () => {
    expect(formatValue(1_234_567, { unit: 'short', decimals: 0, locale: 'en' })).toBe('1.23 M');
    expect(formatValue(4.6, { unit: 'none', decimals: 2, locale: 'en' })).toBe('4.60');
  });
});

describe('formatFigure', () => {
  it.each([
    [12_431.4, 'suffix:orders/min', '12,431'],
    [2_500_000, 'suffix:orders/min', '2.5 M'],
    [12, 'suffix:orders/min', '12'],
    [0.25, 's', '250 ms'],
    [0.5, 'percentunit', '50%'],
    [199, 'currencyCNY', '¥199'],
    [Number.NaN, 'suffix:orders/min', 'NaN'],
  ])('leaves the unit of %d %s out: %s', (value, unit, wanted) => {
    expect(formatFigure(value, { unit, locale: 'en' })).toBe(wanted);
  });
});

describe('valueAxis', () => {
  const labels = (domain: [number, number], unit: string, locale = 'en'): [string[], string] => {
    const axis = valueAxis(domain, 5, { unit, locale });
    return [axis.ticks.map((tick) => tick.label), axis.unitLabel];
  };

  it('names the unit once and gives all ticks one magnitude', () => {
    expect(labels([0, 5_000_000], 'suffix:orders/min')).toEqual([
      ['0', '1', '2', '3', '4', '5'],
      'M orders/min',
    ]);
    expect(labels([0, 5_000_000], 'suffix:单', 'zh-CN')).toEqual([
      ['0', '100', '200', '300', '400', '500'],
      '万单',
    ]);
  });

  it('puts ticks at round values of the unit that is shown', () => {
    expect(labels([0, 7_000], 's')).toEqual([['0', '20', '40', '60', '80', '100'], 'min']);
    expect(labels([0, 1], 'percentunit')).toEqual([['0', '20', '40', '60', '80', '100'], '%']);
    expect(labels([-0.5, 0.5], 'none')[0]).toEqual(['−0.4', '−0.2', '0.0', '0.2', '0.4']);
  });

  it('survives domains of any size', () => {
    for (const high of [1e-300, 1e-12, 1e12, 1e100, 1e300])
      expect(labels([0, high], 'none')[0].length).toBeGreaterThan(1);
  });
});
