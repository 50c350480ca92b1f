import { describe, expect, it } from 'vitest';
import { EvaluationError } from './errors.ts';
import { compileMatcher, compileRegex } from './matcher.ts';
import { mayRunLong, WatchedRegExp } from './watched-regexp.ts';

const LONG = `${'a'.repeat(60)}!`;

describe('expressions that may backtrack for ever', () => {
  it.each(['(?i)(a+)+$', '(a+|é)+$', '((a+)+){1,20}$', '(?i)(a|A)+$', '(a|\\pL)+$'])(
    'gives up on %s',
    (pattern) => {
      expect(() => compileMatcher({ name: 'x', operator: '=~', value: pattern })(LONG)).toThrow(
        EvaluationError,
      );
    },
  );

  it('gives up on repetitions side by side over a long text', () => {
    const match = compileMatcher({ name: 'x', operator: '=~', value: '(?i).*.*.*.*b' });
    expect(() => match('a'.repeat(20_000))).toThrow(EvaluationError);
    expect(match('aaB')).toBe(true);
  });

  it('matches and catches as ever', () => {
    const compiled = compileRegex('(?i)(a+)-(?:b+c)+');
    expect(compiled.ok && compiled.regex).toBeInstanceOf(WatchedRegExp);
    if (!compiled.ok) return;
    expect(compiled.regex.exec('AA-bcBC')?.slice()).toEqual(['AA-bcBC', 'AA']);
    expect(compiled.regex.test('AA-')).toBe(false);
  });

  it.each([
    ['^(?:(a+)+$)$', 's', false],
    ['^(?:(?i:abc.*))$', 's', false],
    ['^(?:(?i:.*abc.*))$', 's', true],
    ['^(?:é.*)$', 'su', false],
    ['^(?:é.*b.*)$', 'su', true],
    ['^(?:a{1,16}b{2}(c)+)$', 's', false],
    ['^(?:(a){1,20})$', 's', true],
  ])('watches %s with %s: %s', (source, flags, watched) => {
    expect(mayRunLong(source, flags)).toBe(watched);
  });
});
