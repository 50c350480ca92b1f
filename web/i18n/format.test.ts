import { describe, expect, it } from 'vitest';
import { clockText, createFormat, launchText } from './format.ts';

const en = createFormat('en');
const zh = createFormat('zh-CN');
const NOON = Date.UTC(2026, 10, 22, 4, 0, 0);

describe('formats', () => {
  it('counts clocks down in figures of one width', () => {
    expect([clockText(252_000), clockText(-61_000), clockText(3_723_000)]).toEqual([
      '04:12',
      '01:01',
      '1:02:03',
    ]);
  });

  it('tells T± from a launch', () => {
    const launch = NOON;
    expect(launchText(launch - 80 * 60_000, launch)).toBe('T−01:20');
    expect(launchText(launch + 5 * 60_000, launch)).toBe('T+00:05');
    expect(launchText(launch + 26 * 3_600_000, launch)).toBe('T+1d 02:00');
  });

  it('tells times in a zone of the reader’s choice', () => {
    expect(en.time(NOON, 'Asia/Shanghai')).toBe('12:00');
    expect(en.absolute(NOON, 'Asia/Shanghai')).toContain('GMT+8');
    expect(zh.dateTime(NOON, 'Asia/Shanghai')).toBe('11月22日 12:00');
  });

  it.each([
    [0.4, '400 μs'],
    [8.44, '8.4 ms'],
    [184.2, '184 ms'],
    [3_240, '3.2 sec'],
    [90_000, '1 min 30 sec'],
    [22_000_000, '6 hr 6 min'],
    [7 * 86_400_000, '7 days'],
  ])('says %d ms as %s', (ms, expected) => {
    expect(en.duration(ms).replace('µ', 'μ')).toBe(expected);
  });

  it('writes money, shares and distances as each language does', () => {
    expect([en.yuan(0.01), en.yuan(199), en.yuan(10_574_130)]).toEqual(['¥0.01', '¥199', '¥10.6M']);
    expect(zh.yuan(10_574_130)).toBe('¥1060万');
    expect(en.percent(0.0042)).toBe('0.4%');
    expect(en.relative(NOON - 180_000, NOON)).toBe('3 min. ago');
    expect(zh.relative(NOON + 7_200_000, NOON)).toBe('2小时后');
  });
});
