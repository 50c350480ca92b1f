import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runExamples } from './testing/examples.ts';

/** Beside the project's root. */
const EXAMPLES = resolve(import.meta.dirname, '../../shared/traceql/examples.yaml');

const OWN_EXAMPLES = resolve(import.meta.dirname, 'testing/queries.yaml');

const missing = !existsSync(EXAMPLES);
if (missing && process.env.CI === 'true') throw new Error(`${EXAMPLES} is missing`);

describe.skipIf(missing)(`Tempo's own examples${missing ? ` (skipped: ${EXAMPLES} is missing)` : ''}`, () => {
  it('do what their section says', () => {
    const results = runExamples(readFileSync(EXAMPLES, 'utf8'));
    expect(results.length).toBeGreaterThan(200);
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

describe('our own examples', () => {
  it('do what their section says', () => {
    const results = runExamples(readFileSync(OWN_EXAMPLES, 'utf8'));
    expect(results.length).toBeGreaterThan(800);
    expect(results.filter(({ problem }) => problem !== undefined)).toEqual([]);
  });
});

describe('a file of examples', () => {
  it('is failed by queries that stand in the wrong section', () => {
    const results = runExamples('valid: ["{", "{ 1 }", "{ parent.a }"]\nparse_fails: ["{ true }"]\n');
    expect(results.map(({ problem }) => problem?.split(':')[0])).toEqual([
      'wanted valid, got parse_fails',
      'wanted valid, got validate_fails',
      'wanted valid, got unsupported',
      'wanted parse_fails, got valid',
    ]);
  });

  it('must have sections that are known', () => {
    expect(() => runExamples('vaild: ["{ true }"]')).toThrow(/vaild/);
  });
});
