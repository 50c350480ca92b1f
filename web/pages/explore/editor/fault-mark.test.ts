import { Text } from '@codemirror/state';
import { describe, expect, it } from 'vitest';
import { readFault } from '../error-position.ts';
import { markOf } from './fault-mark.ts';

/** The text that is marked for what the product said about a query. */
function marked(query: string, said: string): string {
  const fault = readFault(said);
  if (fault === null) throw new Error(`no place in ${said}`);
  const { from, to } = markOf(fault, Text.of(query.split('\n')));
  return query.slice(from, to);
}

describe('the mark of a fault', () => {
  it('covers the word or sign at the place that the product names', () => {
    expect(marked('up / / 2', 'invalid parameter "query": 1:6: parse error: unexpected "/"')).toBe('/');
    expect(marked('rate(up)', '1:1: parse error: …')).toBe('rate');
  });

  it('counts lines', () => {
    expect(marked('sum(\n  rat(up[5m])\n)', '2:3: parse error: unknown function "rat"')).toBe('rat');
  });

  it('shows the last character where the text ends too early, and never leaves the text', () => {
    expect(marked('sum(up', '1:7: parse error: unclosed left parenthesis')).toBe('p');
    expect(marked('up', '9:99: parse error: beyond')).toBe('p');
  });
});
