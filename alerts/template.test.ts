import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compileTemplate, TemplateError } from './template.ts';

const CONTEXT: { labels: Record<string, string>; value: number } = {
  labels: { venue_id: 'harbour-park', empty: '' },
  value: 1204.5,
};
const render = (template: string, context = CONTEXT) => compileTemplate(template).render(context);

describe('templates', () => {
  test.each([
    ['plain text with { and }', 'plain text with { and }'],
    ['{{ $labels.venue_id }}: {{ $value }}', 'harbour-park: 1204.5'],
    ['{{ .Labels.venue_id }}: {{ .Value }}', 'harbour-park: 1204.5'],
    ['{{ $labels.missing }}|', '|'],
    ['{{$value|humanize}}', '1.204k'],
    ['{{ humanize 0.0012 }}', '1.2m'],
    ['{{ humanize1024 2097152 }}', '2Mi'],
    ['{{ humanizeDuration 93784 }}', '1d 2h 3m 4s'],
    ['{{ 90 | humanizeDuration }}', '1m 30s'],
    ['{{ 0.25 | humanizeDuration }}', '250ms'],
    ['{{ 0.0487 | humanizePercentage }}', '4.87%'],
    ['{{ humanizeTimestamp 1790000000.5 }}', '2026-09-21 14:13:20.5 +0000 UTC'],
    ['{{ printf "%.2f" $value }}', '1204.50'],
    ['{{ $value | printf "%.0f of %s" 3.0 }}', '3 of %!s(float64=1204.5)'],
    ['{{ printf "%5.1f|%-4s|%04.0f|%%|%q" 2.25 "ab" 7 "x" }}', '  2.2|ab  |0007|%|"x"'],
    ['{{ printf "%s" }}', '%!s(MISSING)'],
    ['{{ printf "%d" $value }}', '%!d(float64=1204.5)'],
    ['{{ $labels.venue_id | toUpper }}', 'HARBOUR-PARK'],
    ['{{ "a \\"quoted\\" text with }} in it" }}', 'a "quoted" text with }} in it'],
    ['{{ `raw {{ text` }}', 'raw {{ text'],
    ['a {{- /* a comment */ -}} b', 'ab'],
    ['a {{- $value -}} b', 'a1204.5b'],
    ['{{ if gt $value 1000.0 }}many{{ else }}few{{ end }}', 'many'],
    ['{{ if $labels.empty }}x{{ else if eq $labels.venue_id "harbour-park" }}y{{ else }}z{{ end }}', 'y'],
    ['{{ if and (gt $value 1.0) (lt $value 2.0) }}in{{ else }}out{{ end }}', 'out'],
    ['{{ if not $labels.missing }}none{{ end }}', 'none'],
    ['{{ index $labels "venue_id" }}', 'harbour-park'],
    [
      '{{ if gt $labels.venue_id 3.0 }}x{{ end }}',
      '<error expanding template: incompatible types for comparison>',
    ],
    ['{{ humanize $labels.venue_id }}', '<error expanding template: "harbour-park" is not a number>'],
  ])('%s', (template, expected) => {
    expect(render(template)).toBe(expected);
  });

  test.each([
    [0, '0'],
    [-0, '-0'],
    [1e21, '1e+21'],
    [123456, '123456'],
    [123456789, '1.23456789e+08'],
    [0.00001, '1e-05'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, '+Inf'],
  ])('prints %d as Go does', (value, expected) => {
    expect(render('{{ $value }}', { ...CONTEXT, value })).toBe(expected);
  });

  test.each([
    ['a {{ $labels.x', 'unclosed {{', 2],
    ['{{ $foo }}', '$foo is not known here', 3],
    ['{{ query "up" }}', 'query is not known here', 3],
    ['{{ if $value }}x', 'this if has no end', 3],
    ['{{ end }}', 'unexpected end', 3],
    ['{{ else }}', 'unexpected else', 3],
    ['{{ }}', 'missing value', 3],
    ['{{ humanize }}', 'needs an argument', 3],
    ['{{ ($value }}', 'unclosed (', 11],
    ['{{ $value $value }}', 'takes no arguments', 10],
    ['{{ $value | 3 }}', 'not a function to pipe into', 12],
    ['{{ "open }}', 'unterminated quoted string', 3],
  ])('refuses %s', (template, message, offset) => {
    const compile = () => compileTemplate(template);
    expect(compile).toThrow(TemplateError);
    expect(compile).toThrow(message);
    try {
      compile();
    } catch (error) {
      expect(error).toMatchObject({ offset });
    }
  });

  test('values are printed and never read as template', () => {
    const hostile = '{{ $value }}{{ printf "%s" $labels }}<script>alert(1)</script>';
    expect(render('x {{ $labels.venue_id }}', { labels: { venue_id: hostile }, value: 1 })).toBe(
      `x ${hostile}`,
    );
    const labels = Object.fromEntries([
      ['__proto__', 'p'],
      ['constructor', 'c'],
    ]);
    expect(
      render('{{ $labels.__proto__ }}{{ $labels.constructor }}{{ $labels.toString }}', { labels, value: 1 }),
    ).toBe('pc');
  });

  test('a huge width or value does not make a huge text', () => {
    expect(render('{{ printf "%999999999s" "x" }}')).toHaveLength(100);
    expect(render('{{ $labels.a }}', { labels: { a: 'x'.repeat(100_000) }, value: 1 }).length).toBeLessThan(
      20_000,
    );
  });

  test('any text either compiles and renders, or is refused with a place in it', () => {
    const part = fc.constantFrom(
      ...[
        '{{',
        '}}',
        '-',
        '$labels.a',
        '$value',
        '|',
        '(',
        ')',
        'if',
        'else',
        'end',
        'humanize',
        'printf',
        '"%s"',
        ' ',
        'x',
      ],
    );
    fc.assert(
      fc.property(fc.array(part, { maxLength: 14 }), (parts) => {
        const text = parts.join(' ');
        try {
          expect(typeof render(text)).toBe('string');
        } catch (error) {
          expect(error).toBeInstanceOf(TemplateError);
          const { offset } = error as TemplateError;
          expect(offset).toBeGreaterThanOrEqual(0);
          expect(offset).toBeLessThanOrEqual(text.length);
        }
      }),
      { numRuns: 500 },
    );
  });
});
