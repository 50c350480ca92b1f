import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileMatcher, compileRegex } from './matcher.ts';

const matches = (pattern: string, value: string): boolean =>
  compileMatcher({ name: 'l', operator: '=~', value: pattern })(value);

describe('regular expressions are RE2, anchored', () => {
  it.each([
    ['a|b', 'b', true],
    ['a|b', 'ab', false],
    ['', '', true],
    ['.*', 'two\nlines', true],
    ['(?i)abc', 'ABC', true],
    ['x(?i)abc', 'xABC', true],
    ['x(?i)abc', 'Xabc', false],
    ['(?i:a)b', 'AB', false],
    ['(a(?i)b|c)d', 'aBd', true],
    ['(a(?i)b|c)d', 'aBD', false],
    ['(?P<n>\\d+)', '42', true],
    ['[[:alpha:]_]+', 'a_b', true],
    ['\\Qa.b\\E', 'a.b', true],
    ['\\Qa.b\\E', 'axb', false],
    ['a{2}', 'aa', true],
    ['a{x', 'a{x', true],
    ['\\x{e9}', 'é', true],
    ['\\pL+', 'Añ', true],
    ['a-b/c', 'a-b/c', true],
    ['\\/api', '/api', true],
    ['[a\\-z]', '-', true],
    ['[a\\-z]', 'b', false],
    ['10\\.0\\.0\\.\\d+:9100', '10.0.0.7:9100', true],
  ])('%s on %j', (pattern, value, expected) => {
    expect(matches(pattern, value)).toBe(expected);
  });

  it.each(['(', 'a**b(', '(?=a)', '(?<!a)', '\\1', '[z-a]', '\\y', ')', '[a'])('%s is refused', (pattern) => {
    expect(compileRegex(pattern).ok).toBe(false);
  });

  it('has limits of length and depth, with what to do about it', () => {
    const errorOf = (pattern: string) => {
      const compiled = compileRegex(pattern);
      return compiled.ok ? undefined : compiled.error;
    };
    expect(errorOf('[a-z]*'.repeat(3_000))).toBe(
      'error parsing regexp: expression too large (18000 characters, limit 16384): match fewer alternatives, or a prefix that they share',
    );
    expect(errorOf(`${'('.repeat(1_001)}a${')'.repeat(1_001)}`)).toMatch(/expression nests too deeply/);
    expect(errorOf(`${'('.repeat(900)}a${')'.repeat(900)}`)).toBeUndefined();
  });

  it('takes a long list of plain texts, as a dashboard’s variable makes it', () => {
    const hosts = Array.from({ length: 5_000 }, (_, i) => `host-${i}`).join('|');
    expect(compileRegex(hosts).ok).toBe(true);
    expect(matches(hosts, 'host-4999')).toBe(true);
    expect(matches(hosts, 'host-5000')).toBe(false);
  });

  it('does not hang on patterns that backtrack', () => {
    for (const pattern of ['(a+)+b', '(a|a)*b', '(.*a){8}b', '(x+x+)+y']) {
      expect(matches(pattern, 'a'.repeat(5_000))).toBe(false);
    }
  });

  it('any text is a pattern or an error', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 20 }), (pattern) => {
        const compiled = compileRegex(pattern);
        if (!compiled.ok) expect(compiled.error).toMatch(/^error parsing regexp: /);
      }),
      { numRuns: 2_000 },
    );
  });
});
