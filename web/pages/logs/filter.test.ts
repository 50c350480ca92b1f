import { describe, expect, it } from 'vitest';
import { parseSearch, stringifySearch } from '../../frame/search.ts';
import {
  conditionsOf,
  conditionText,
  filterOfSearch,
  isCondition,
  withCondition,
  withoutCondition,
} from './filter.ts';
import { logsSearch } from './search.ts';
import { lowestNumber, severityRange } from './severity.ts';

const there = (search: object) => logsSearch.parse(parseSearch(stringifySearch({ ...search })));

describe('the URL of the logs page', () => {
  it('comes back as it was written, one condition or several', () => {
    for (const where of ['a="b&c=d"', ['a="b"', 'n>=7', 'note="«x» 100%"']]) {
      const search = { trace: 'ab'.repeat(16), severity: 'warn', text: 'no rider', where, live: '1' };
      expect(there(search)).toEqual(search);
    }
  });

  it('drops what is mistyped and keeps the rest', () => {
    expect(there({ trace: 'xyz', severity: 'loud', service: 'order', live: 'yes' })).toEqual({
      service: 'order',
    });
  });

  it('asks the product with the number of the severity and the campaign of the frame', () => {
    expect(filterOfSearch({ severity: 'error', where: 'a="b"' }, 'one-cent-tickets')).toMatchObject({
      minSeverity: 17,
      campaign: 'one-cent-tickets',
      where: ['a="b"'],
    });
  });
});

describe('conditions on attributes', () => {
  it.each([
    ['gate_id', 'north-1', 'gate_id="north-1"'],
    ['note', 'say "hi"\n', 'note="say \\"hi\\"\\n"'],
    ['http.status', 503, 'http.status=503'],
    ['text', '503', 'text="503"'],
    ['limited', false, 'limited=false'],
  ])('%s = %j', (key, value, text) => {
    expect(conditionText(key, '=', value)).toBe(text);
    expect(isCondition(text)).toBe(true);
  });

  it.each([
    ['a=b', 'x'],
    ['', 'x'],
    ['list', ['x']],
    ['nothing', null],
    ['endless', Number.NaN],
    ['long', 'x'.repeat(2_000)],
  ])('cannot say %s = %j', (key, value) => {
    expect(conditionText(key, '=', value)).toBeNull();
  });

  it.each(['gate', '=x', 'n>many', 'a="b'])('%s is none', (text) => {
    expect(isCondition(text)).toBe(false);
  });

  it('filters out what was filtered by, and the other way round', () => {
    const by = { where: withCondition({ where: 'b=1' }, 'a="x"') };
    expect(by.where).toEqual(['b=1', 'a="x"']);
    expect(withCondition(by, 'a!="x"')).toEqual(['b=1', 'a!="x"']);
    expect(withCondition({ where: 'a!="x!=y"' }, 'a="x!=y"')).toBe('a="x!=y"');
    expect(withoutCondition(by, 'b=1')).toBe('a="x"');
    expect(withoutCondition({ where: 'a="x"' }, 'a="x"')).toBeUndefined();
    expect(conditionsOf({ where: ['a', 'a'] })).toEqual(['a']);
  });
});

describe('severities', () => {
  it('has four numbers in each range', () => {
    expect([0, 1, 4, 5, 9, 12, 13, 17, 21, 24, 25, Number.NaN].map(severityRange)).toEqual([
      ...['unset', 'trace', 'trace', 'debug', 'info', 'info', 'warn', 'error', 'fatal', 'fatal'],
      ...['unset', 'unset'],
    ]);
    expect(lowestNumber('warn')).toBe(13);
  });
});
