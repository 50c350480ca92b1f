import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { snappyBlock } from '../testing/remote-write.ts';
import { SnappyError, uncompress, uncompressedLength } from './snappy.ts';

function unpack(block: Uint8Array): Buffer {
  const target = Buffer.alloc(uncompressedLength(block));
  uncompress(block, target);
  return target;
}

describe('a block of Snappy', () => {
  test.each<[what: string, block: number[], holds: string]>([
    ['nothing', [0], ''],
    ['a literal', [3, 2 << 2, 0x61, 0x62, 0x63], 'abc'],
    ['a literal with its length in a byte', [5, 60 << 2, 4, ...Buffer.from('abcde')], 'abcde'],
    ['a literal with its length in two bytes', [2, 61 << 2, 1, 0, 0x61, 0x62], 'ab'],
    ['a literal with its length in four bytes', [2, 63 << 2, 1, 0, 0, 0, 0x61, 0x62], 'ab'],
    ['a copy that runs into itself', [9, 1 << 2, 0x61, 0x62, 1 | (3 << 2), 2], 'ababababa'],
    ['a copy with its offset in two bytes', [5, 1 << 2, 0x61, 0x62, 2 | (2 << 2), 2, 0], 'ababa'],
    ['a copy with its offset in four bytes', [4, 1 << 2, 0x61, 0x62, 3 | (1 << 2), 2, 0, 0, 0], 'abab'],
  ])('holds %s', (_, block, holds) => {
    expect(unpack(Buffer.from(block)).toString()).toBe(holds);
  });

  test.each<[what: string, block: number[], says: string]>([
    ['no length', [], 'does not begin with a length'],
    ['a length without end', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 'does not begin with a length'],
    ['a gigabyte in six bytes', [0x80, 0x80, 0x80, 0x80, 4, 0], 'announces more than it can hold'],
    ['a literal that is cut short', [3, 2 << 2, 0x61], 'a literal overruns'],
    ['a literal without its length', [3, 61 << 2, 1], 'cut short'],
    ['more than announced', [1, 1 << 2, 0x61, 0x62], 'a literal overruns'],
    ['less than announced', [4, 1 << 2, 0x61, 0x62], 'less than it announces'],
    ['a copy of what is not there', [8, 0, 0x61, 1 | (3 << 2), 2], 'before the beginning'],
    ['a copy from nowhere', [8, 0, 0x61, 1 | (3 << 2), 0], 'before the beginning'],
    ['a copy beyond the end', [3, 0, 0x61, 1 | (3 << 2), 1], 'a copy overruns'],
  ])('with %s is refused', (_, block, says) => {
    expect(() => unpack(Buffer.from(block))).toThrow(says);
    expect(() => unpack(Buffer.from(block))).toThrow(SnappyError);
  });

  test('gives back what was packed', () => {
    const words = fc.array(fc.constantFrom('job', 'instance', '__name__', 'a', '\u4e2d', '\0\0\0\0'), {
      maxLength: 200,
    });
    fc.assert(
      fc.property(
        fc.oneof(
          words.map((each) => Buffer.from(each.join(''))),
          fc.uint8Array({ maxLength: 500 }).map(Buffer.from),
        ),
        (bytes) => {
          expect(unpack(snappyBlock(Buffer.from(bytes))).equals(Buffer.from(bytes))).toBe(true);
        },
      ),
    );
    const long = Buffer.alloc(300_000, 'checkout_duration_seconds_bucket');
    expect(unpack(snappyBlock(long)).equals(long)).toBe(true);
  });

  test('of any bytes unpacks or is refused, and nothing else', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
        try {
          unpack(bytes);
        } catch (error) {
          expect(error).toBeInstanceOf(SnappyError);
        }
      }),
      { numRuns: 2_000 },
    );
  });
});
