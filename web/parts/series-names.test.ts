import { describe, expect, it } from 'vitest';
import { shortNames } from './series-names.ts';

describe('short names of series', () => {
  it('are the value of the one label that differs', () => {
    expect(
      shortNames([
        { venue: 'park', gate: 'north' },
        { venue: 'park', gate: 'south' },
      ]),
    ).toEqual(['north', 'south']);
  });

  it('are all labels that differ', () => {
    expect(
      shortNames([
        { a: '1', b: 'x', c: 'z' },
        { a: '2', b: 'y', c: 'z' },
      ]),
    ).toEqual(['a=1, b=x', 'a=2, b=y']);
  });

  it('keep all labels of one series alone, and braces for none', () => {
    expect(shortNames([{ __name__: 'up', job: 'order' }])).toEqual(['up, job=order']);
    expect(shortNames([{}])).toEqual(['{}']);
    expect(shortNames([])).toEqual([]);
  });

  it('tell apart a series that lacks the label', () => {
    expect(shortNames([{ gate: 'north' }, {}])).toEqual(['north', '{}']);
  });
});
