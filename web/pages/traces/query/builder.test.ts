import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseQuery } from '../../../../traceql/parser.ts';
import { validateQuery } from '../../../../traceql/validate.ts';
import { type BuilderQuery, EMPTY_QUERY, formatBuilder, readBuilder } from './builder.ts';
import { attributeField, literalFor, OPERATORS } from './condition.ts';

const words = fc
  .string({ minLength: 1, maxLength: 12 })
  .filter((word) => word.trim() === word && word !== '');
const durations = fc.constantFrom('', '250ms', '1.5s', '2m');
const tags = fc.array(
  fc
    .record({
      scope: fc.constantFrom('span', 'resource', 'event', ''),
      name: words,
      operator: fc.constantFrom(...OPERATORS),
      typed: words,
    })
    .map(({ scope, name, operator, typed }) => {
      const field = attributeField(scope, name);
      return { field, operator, value: literalFor(field, typed) };
    }),
  { maxLength: 3 },
);
const maybe = fc.oneof(fc.constant(''), words);
const forms: fc.Arbitrary<BuilderQuery> = fc.record({
  order: maybe,
  service: maybe,
  name: maybe,
  status: fc.constantFrom('', 'error', 'ok', 'unset'),
  minDuration: durations,
  maxDuration: durations,
  rootService: maybe,
  rootName: maybe,
  minTrace: durations,
  maxTrace: durations,
  tags,
});

describe('the form of a search', () => {
  it('writes TraceQL', () => {
    expect(
      formatBuilder({
        ...EMPTY_QUERY,
        service: 'order',
        name: 'POST /orders/:id/cancel',
        status: 'error',
        minDuration: '250ms',
        rootService: 'gate',
        tags: [
          { field: '.city.code', operator: '=', value: literalFor('.city.code', '44', true) },
          {
            field: 'span.http.response.status_code',
            operator: '>=',
            value: literalFor('span.http.response.status_code', '500'),
          },
        ],
      }),
    ).toBe(
      '{ resource.service.name = "order" && name = "POST /orders/:id/cancel" && status = error && duration >= 250ms && rootServiceName = "gate" && .city.code = "44" && span.http.response.status_code >= 500 }',
    );
    expect(formatBuilder(EMPTY_QUERY)).toBe('{ }');
  });

  it('comes back from what it wrote, whatever was filled in', () => {
    fc.assert(
      fc.property(forms, (form) => {
        expect(readBuilder(formatBuilder(form))).toEqual(form);
      }),
    );
  });

  it('writes what the product can read', () => {
    // A pattern or a comparison of types may still make no sense; that is for the product to say.
    fc.assert(
      fc.property(forms, (form) => {
        expect(parseQuery(formatBuilder(form)).kind).toBe('search');
      }),
    );
    validateQuery(parseQuery(formatBuilder({ ...EMPTY_QUERY, order: 'o"1', status: 'ok', minTrace: '2s' })));
  });

  it('reads other spellings of the same', () => {
    expect(readBuilder('{span:status=error&&trace:rootService=`gate`&&span:name="a"}')).toEqual({
      ...EMPTY_QUERY,
      status: 'error',
      rootService: 'gate',
      name: 'a',
    });
    expect(readBuilder('')).toEqual(EMPTY_QUERY);
  });

  it('keeps as tags what has no field of its own', () => {
    const form = readBuilder('{ name =~ "POST.*" && name = "a" && name = "b" && status != ok }');
    expect(form?.name).toBe('a');
    expect(form?.tags.map(({ operator }) => operator)).toEqual(['=~', '=', '!=']);
  });

  it('says that it cannot show what is more than one filter of conditions', () => {
    for (const query of [
      '{ status = error || name = "a" }',
      '{ status = error } >> { }',
      '{ } | count() > 2',
      '{ } | rate()',
      '{ (status = error) }',
      '{ span.a = span.b }',
      '{ span.a',
      '{ true }',
    ])
      expect(readBuilder(query), query).toBeNull();
  });
});
