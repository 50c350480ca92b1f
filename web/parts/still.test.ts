import { describe, expect, it } from 'vitest';
import { stillValue } from './still.tsx';

describe('what someone reads', () => {
  it('moves while nobody reads it', () => {
    expect(stillValue(null, '{ }', ['new'])).toEqual(['new']);
  });

  it('stands still while it is the answer to the same question, and makes room for another one', () => {
    const held = { key: '{ }', value: ['old'] };
    expect(stillValue(held, '{ }', ['new'])).toBe(held.value);
    expect(stillValue(held, '{ status = error }', ['new'])).toEqual(['new']);
  });
});
