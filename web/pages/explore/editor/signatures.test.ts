import { describe, expect, it } from 'vitest';
import { AGGREGATIONS } from '../../../../promql/aggregations.ts';
import {
  FUNCTION_SIGNATURES,
  type FunctionName,
  signatureOf as typeOf,
} from '../../../../promql/function-signatures.ts';
import { FUNCTION_DOCS } from './function-docs.ts';
import { signatureOf } from './signatures.ts';

const NAMES = Object.keys(FUNCTION_SIGNATURES) as FunctionName[];
const WORDS = { vector: 'vector', matrix: 'range vector', scalar: 'scalar', string: 'string' } as const;

describe('help for functions', () => {
  it('knows every function and aggregation that the product evaluates, and no other', () => {
    const known = [...NAMES, ...Object.keys(AGGREGATIONS)].sort();
    expect(Object.keys(FUNCTION_DOCS).sort()).toEqual(known);
    expect(known.filter((name) => signatureOf(name) === undefined)).toEqual([]);
    expect(signatureOf('haversine')).toBeUndefined();
  });

  it.each(NAMES)('shows the types of %s', (name) => {
    const { args, returns, variadic } = typeOf(name);
    const shown = signatureOf(name) ?? '';
    const [, inside = '', result] = /\((.*)\) → (.+)$/.exec(shown) ?? [];
    expect(result).toBe(WORDS[returns]);
    const listed = inside
      .replaceAll(/[[\]]| …/g, '')
      .split(', ')
      .filter(Boolean);
    expect(new Set(listed)).toEqual(new Set(args.map((type) => WORDS[type])));
    expect(inside.includes('…') || inside.includes('[')).toBe(variadic !== 0);
  });

  it('says it in both languages', () => {
    for (const [en, zh] of Object.values(FUNCTION_DOCS)) {
      expect(en).toMatch(/^[\p{L}\d−].*\.$/u);
      expect(zh).toMatch(/[\u3400-\u9fff].*。$/);
    }
  });
});
