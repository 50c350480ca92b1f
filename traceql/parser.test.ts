import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TraceqlError, TraceqlParseError } from './errors.ts';
import { parseQuery } from './parser.ts';
import { formatQuery } from './printer.ts';
import { validateQuery } from './validate.ts';

const standard = (query: string): string => formatQuery(parseQuery(query));

function refusal(query: string): TraceqlError {
  try {
    validateQuery(parseQuery(query));
  } catch (error) {
    if (error instanceof TraceqlError) return error;
    throw error;
  }
  throw new Error(`${query} was not refused`);
}

describe('a query', () => {
  it.each([
    ['{}', '{ true }'],
    ['{ .a = 1 || .b = 2 && .c }', '{ ((.a = 1) || (.b = 2)) && .c }'],
    ['{ 1 + 2 * 3 ^ 2 ^ 1 = .a }', '{ (1 + (2 * (3 ^ (2 ^ 1)))) = .a }'],
    ['{ -.a * 2 = 4 }', '{ (-(.a * 2)) = 4 }'],
    ['{ -.a + 2 = 4 }', '{ ((-.a) + 2) = 4 }'],
    ['{ !.a = .b }', '{ (!.a) = .b }'],
    ['{ nil != .foo }', '{ .foo != nil }'],
    ['{ !nil = .foo }', '{ !(.foo = nil) }'],
    ['{ nil = nil }', '{ false }'],
    ['{ .a = 1 = nil }', '{ (.a = 1) = nil }'],
    ['{ ."" = 1 }', '{ ."" = 1 }'],
    ['{ .a = 9223372036854775807 && .b > minInt }', '{ (.a = maxInt) && (.b > minInt) }'],
    ['{ span."foo bar"="v" }', '{ span."foo bar" = `v` }'],
    ['{ .a-b = 1 }', '{ .a-b = 1 }'],
    ['{ ."0x" = 1 }', '{ ."0x" = 1 }'],
    ['{ duration > 1.5h && .x < 90s }', '{ (duration > 90m) && (.x < 90s) }'],
    ['{ trace:rootService = "a" } // why not', '{ trace:rootService = `a` }'],
    ['{ .a } >> { .b } && { .c }', '({ .a } >> { .b }) && { .c }'],
    [
      '{ .a } | by(name) | count() > 2 | coalesce() | select(.x, span:kind)',
      '{ .a } | by(name) | count() > 2 | coalesce() | select(.x, span:kind)',
    ],
    ['({ .a } | count() > 1) ~ ({ .b })', '({ .a } | count() > 1) ~ ({ .b })'],
    [
      '{} | rate() by(resource.service.name) > 3 | topk(5) with(exemplars=true)',
      '{ true } | rate() by (resource.service.name) > 3 | topk(5) with(exemplars=true)',
    ],
    ['({} | rate()) * 60 / 2', '(({ true } | rate()) * 60) / 2'],
    ['(2 + 3) * ({} | rate())', '5 * ({ true } | rate())'],
    ['({} | rate()) + 7 / 2 - -(1 - 3.5)', '(({ true } | rate()) + 3) - 2.5'],
    ['{} | quantile_over_time(duration, .5, 0.99)', '{ true } | quantile_over_time(duration, 0.5, 0.99)'],
    ['{} | compare({ status = error }, 3, 10, 20)', '{ true } | compare({ status = error }, 3, 10, 20)'],
  ])('%s is %s', (query, printed) => {
    expect(standard(query)).toBe(printed);
    expect(standard(printed)).toBe(printed);
  });
});

describe('a refusal', () => {
  it.each([
    ['{ .a = }', 'parse error at line 1, col 8: syntax error: unexpected }'],
    ['{ .a =\n  && 2 }', 'parse error at line 2, col 3: syntax error: unexpected &&'],
    ['{ . }', 'parse error at line 1, col 4: syntax error: unexpected END_ATTRIBUTE, expecting IDENTIFIER'],
    ['{ 中文 = 1 }', 'parse error at line 1, col 3: syntax error: unexpected 中文'],
    ['{ .a', 'parse error at line 1, col 5: syntax error: unexpected $end, expecting }'],
    ['{ .a = "x }', 'parse error at line 1, col 8: literal not terminated'],
    ['{} | rate() | count()', 'parse error at line 1, col 13: syntax error: unexpected |'],
    ['{ .a } + { .b }', 'parse error at line 1, col 8: syntax error: unexpected +'],
    [
      '{ nil }',
      'parse error at line 1, col 7: syntax error: unexpected }, nil can only be compared with = and !=',
    ],
    ['{ status > ok }', 'invalid TraceQL query: illegal operation for the given types: status > ok'],
    ['{ name = 3 }', 'invalid TraceQL query: binary operations must operate on the same type: name = 3'],
    ['{ kind = nil }', 'invalid TraceQL query: kind = nil is not valid because intrinsics cannot be nil'],
    ['{ childCount = 2 }', 'parse error at line 1, col 3: syntax error: unexpected childCount'],
    ['{ .a =~ .b }', 'invalid TraceQL query: invalid type for =~ or !~: .b'],
    [
      '{} | rate() by (.a, .b, .c, .d, .e, .f)',
      'invalid TraceQL query: metrics group by 6 values (at most 5) not yet supported',
    ],
    [
      '{} | quantile_over_time(duration, 1.1)',
      'invalid TraceQL query: quantile must be between 0 and 1: 1.1',
    ],
    ['{ parent.x = 1 }', 'invalid TraceQL query: parent not yet supported'],
  ])('of %s says %s', (query, message) => {
    expect(refusal(query).message).toBe(message);
  });

  it('stands where the fault is', () => {
    const query = '{ .ok = 1 && name = 3 }';
    const { position } = refusal(query);
    expect(query.slice(position.start, position.end)).toBe('name = 3');
  });

  it('comes for brackets without end and queries without end, not a full stack', () => {
    expect(refusal(`{ ${'('.repeat(10_000)}.a${')'.repeat(10_000)} }`)).toBeInstanceOf(TraceqlParseError);
    expect(refusal(`${'('.repeat(10_000)}{}${')'.repeat(10_000)}`)).toBeInstanceOf(TraceqlParseError);
    expect(refusal(`{ ${'!'.repeat(10_000)}.a }`)).toBeInstanceOf(TraceqlParseError);
    expect(refusal(`{ ${'.a = 1 && '.repeat(10_000)} .a }`)).toBeInstanceOf(TraceqlParseError);
    expect(() => validateQuery(parseQuery(`{ ${'.a = 1 && '.repeat(1_500)} .a }`))).not.toThrow();
  });

  it('is the only way in which any text can fail', () => {
    const word = fc.constantFrom(
      ...'{ } ( ) | , . .a span. span.x parent. name status = != =~ !~ > >> & &> ! - + * / ^ && || nil ok 1 2.5 3s "x" ` by( select( count() rate() topk(1) with(a=1) coalesce() \u{1F600} \u0000'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), (words) => {
        try {
          validateQuery(parseQuery(words.join(' ')));
        } catch (error) {
          expect(error).toBeInstanceOf(TraceqlError);
        }
      }),
      { numRuns: 3_000, seed: 7 },
    );
  });
});
