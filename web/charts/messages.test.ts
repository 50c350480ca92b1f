import { expect, it } from 'vitest';
import { chartTextFor, chineseChartText, englishChartText, fillText } from './messages.ts';

const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]!).sort();

it('says everything in both languages with the same placeholders', () => {
  for (const key of Object.keys(englishChartText) as (keyof typeof englishChartText)[]) {
    const [english, chinese] = [englishChartText[key], chineseChartText[key]];
    if (typeof english !== 'string' || typeof chinese !== 'string') continue;
    expect(chinese, key).toMatch(/\p{Script=Han}/u);
    expect(placeholders(chinese), key).toEqual(placeholders(english));
  }
});

it('falls back to English', () => {
  expect(chartTextFor('zh-TW')).toBe(chineseChartText);
  expect(chartTextFor('de')).toBe(englishChartText);
});

it('fills what it knows and leaves the rest', () => {
  expect(fillText('{a} of {b}', { a: 1 })).toBe('1 of {b}');
});
