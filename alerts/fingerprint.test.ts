import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.ts';

describe('fingerprint', () => {
  // prometheus/common, model/signature_test.go and labelset tests.
  test.each([
    [{}, 14_695_981_039_346_656_037n],
    [{ name: 'garland, briggs', fear: 'love is not enough' }, 5_799_056_148_416_392_346n],
  ])('%j is what Prometheus computes', (labels, expected) => {
    expect(BigInt(`0x${fingerprint(labels as Record<string, string>)}`)).toBe(expected);
  });

  test('does not depend on the order of the labels, does on where a name ends', () => {
    expect(fingerprint({ a: '1', b: '2' })).toBe(fingerprint({ b: '2', a: '1' }));
    expect(fingerprint({ a: 'bc' })).not.toBe(fingerprint({ ab: 'c' }));
    expect(fingerprint({ 城市: '上海' })).toMatch(/^[0-9a-f]{16}$/);
  });
});
