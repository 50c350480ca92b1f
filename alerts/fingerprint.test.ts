import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

/** The definition, in arithmetic that cannot overflow. */
function byDefinition(labels: Record<string, string>): string {
  const names = Object.keys(labels).sort((left, right) =>
    Buffer.compare(Buffer.from(left), Buffer.from(right)),
  );
  const bytes = names.flatMap((name) => [
    ...Buffer.from(name),
    0xff,
    ...Buffer.from(labels[name] ?? ''),
    0xff,
  ]);
  const hash = bytes.reduce(
    (sum, byte) => ((sum ^ BigInt(byte)) * 1_099_511_628_211n) & 0xffff_ffff_ffff_ffffn,
    14_695_981_039_346_656_037n,
  );
  return hash.toString(16).padStart(16, '0');
}

describe('fingerprint', () => {
  // prometheus/common, model/signature_test.go and labelset tests.
  test.each([
    [{}, 14_695_981_039_346_656_037n],
    [{ name: 'garland, briggs', fear: 'love is not enough' }, 5_799_056_148_416_392_346n],
  ])('%j is what Prometheus computes', (labels, expected) => {
    expect(BigInt(`0x${fingerprint(labels as Record<string, string>)}`)).toBe(expected);
  });

  test('is FNV-1a of any label set', () => {
    const labels = fc.dictionary(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), {
      maxKeys: 6,
    });
    fc.assert(
      fc.property(labels, (set) => {
        expect(fingerprint(set)).toBe(byDefinition(set));
      }),
      { numRuns: 300 },
    );
  });

  test('does not depend on the order of the labels, does on where a name ends', () => {
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
    expect(fingerprint({ a: 'bc' })).not.toBe(fingerprint({ ab: 'c' }));
  });
});
