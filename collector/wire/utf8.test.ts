import { isUtf8 } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUtf8Range } from './utf8.ts';

/** Bytes that make the interesting sequences likely: continuations, overlong leads, surrogates, beyond U+10FFFF. */
const tricky = fc.constantFrom(
  0x41,
  0x7f,
  0x80,
  0x8f,
  0x90,
  0x9f,
  0xa0,
  0xbf,
  0xc0,
  0xc1,
  0xc2,
  0xdf,
  0xe0,
  0xe1,
  0xed,
  0xef,
  0xf0,
  0xf1,
  0xf4,
  0xf5,
  0xff,
);

test('agrees with the runtime on every sequence of up to two bytes', () => {
  const bytes = Buffer.alloc(2);
  for (let value = 0; value < 0x10000; value++) {
    bytes.writeUInt16BE(value);
    if (isUtf8Range(bytes, 0, 2) !== isUtf8(bytes)) throw new Error(`differs on ${bytes.toString('hex')}`);
  }
  expect(isUtf8Range(bytes, 0, 0)).toBe(true);
});

test('agrees with the runtime on tricky sequences, short and long, anywhere in a buffer', () => {
  fc.assert(
    fc.property(
      fc.array(tricky, { maxLength: 8 }),
      fc.string({ unit: 'grapheme', maxLength: 60 }),
      fc.nat(5),
      (odd, text, lead) => {
        const bytes = Buffer.concat([
          Buffer.alloc(lead, 0xff),
          Buffer.from(text),
          Buffer.from(odd),
          Buffer.from([0xff]),
        ]);
        const [start, end] = [lead, bytes.length - 1];
        expect(isUtf8Range(bytes, start, end)).toBe(isUtf8(bytes.subarray(start, end)));
      },
    ),
    { numRuns: 5_000 },
  );
});
