import { describe, expect, it } from 'vitest';
import { placeAt, tokensOf } from './context.ts';

/** The query up to `|` in the middle of it, where the cursor is. */
const at = (before: string) => placeAt(before);

describe('what may be written at a place', () => {
  it('offers a spanset first', () => {
    expect(at('')).toEqual({ kind: 'start', from: 0 });
    expect(at('  ')).toEqual({ kind: 'start', from: 2 });
  });

  it('offers fields in braces and in the arguments of functions', () => {
    expect(at('{ ')).toEqual({ kind: 'field', from: 2 });
    expect(at('{ span.ht')).toEqual({ kind: 'field', from: 2 });
    expect(at('{ status = error && res')).toEqual({ kind: 'field', from: 20 });
    expect(at('{ (.')).toEqual({ kind: 'field', from: 3 });
    expect(at('{ } | by(')).toEqual({ kind: 'field', from: 9 });
    expect(at('{ } | rate() by (resource.service.name, na')).toEqual({ kind: 'field', from: 40 });
    expect(at('{ } | quantile_over_time(dur')).toEqual({ kind: 'field', from: 25 });
  });

  it('offers values of the field that is compared, inside quotes too', () => {
    expect(at('{ status = er')).toEqual({
      kind: 'value',
      from: 11,
      field: 'status',
      operator: '=',
      quote: '',
    });
    expect(at('{ resource.service.name = "or')).toEqual({
      kind: 'value',
      from: 27,
      field: 'resource.service.name',
      operator: '=',
      quote: '"',
    });
    expect(at('{ name != ')).toMatchObject({ kind: 'value', field: 'name', operator: '!=' });
  });

  it('offers stages after a pipe, operators after a field, and joins after a condition', () => {
    expect(at('{ } | ra')).toEqual({ kind: 'stage', from: 6 });
    expect(at('{ status ')).toEqual({ kind: 'operator', from: 9 });
    expect(at('{ status = error ')).toEqual({ kind: 'join', from: 17 });
  });

  it('says nothing where it knows nothing', () => {
    expect(at('{ } ')).toBeNull();
    expect(at('{ } | topk(')).toBeNull();
    expect(at('{ "a')).toBeNull();
  });

  it('does not take what texts and comments say for syntax', () => {
    expect(at('{ name = "{ | by(" && ')).toEqual({ kind: 'field', from: 22 });
    expect(tokensOf('{ /* { */ } // |').map(({ type }) => type)).toEqual([
      'symbol',
      'comment',
      'symbol',
      'comment',
    ]);
  });
});
