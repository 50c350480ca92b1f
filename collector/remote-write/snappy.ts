import { TidewardenError } from '../../model/errors.ts';
import { readVarint } from '../wire/varint.ts';

/** The bytes are not in Snappy's block format. */
export class SnappyError extends TidewardenError {
  override readonly name = 'SnappyError';
  constructor(problem: string) {
    super('snappy', `not Snappy's block format: ${problem}`);
  }
}

/** A copy of three bytes makes at most 64, so that no block announces more than this many times its size. */
const MAX_EXPANSION = 22;
const MAX_LENGTH_BYTES = 5;

/**
 * How many bytes the block says that it holds, which is known before any of them is unpacked.
 * @throws SnappyError where the block cannot hold that many
 */
export function uncompressedLength(block: Uint8Array): number {
  const end = block.subarray(0, MAX_LENGTH_BYTES).findIndex((byte) => byte < 0x80);
  if (end < 0) throw new SnappyError('it does not begin with a length');
  const { value } = readVarint(block, 0);
  if (value > block.length * MAX_EXPANSION) throw new SnappyError('it announces more than it can hold');
  return value;
}

/**
 * Unpacks a block (https://github.com/google/snappy/blob/main/format_description.txt) into `target`, which has the length that
 * it announces. @throws SnappyError
 */
export function uncompress(block: Uint8Array, target: Uint8Array): void {
  let from = readVarint(block, 0).next;
  let to = 0;
  while (from < block.length) {
    const tag = block[from++]!;
    const kind = tag & 3;
    if (kind === 0) {
      let length = (tag >> 2) + 1;
      if (length > 60) {
        const bytes = length - 60;
        length = littleEndian(block, from, bytes) + 1;
        from += bytes;
      }
      if (from + length > block.length || to + length > target.length)
        throw new SnappyError('a literal overruns');
      copyLiteral(block, from, target, to, length);
      from += length;
      to += length;
    } else {
      const bytes = kind === 3 ? 4 : kind;
      const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
      const offset = littleEndian(block, from, bytes) + (kind === 1 ? (tag >> 5) * 256 : 0);
      from += bytes;
      if (offset === 0 || offset > to) throw new SnappyError('a copy reaches before the beginning');
      if (to + length > target.length) throw new SnappyError('a copy overruns');
      // Byte by byte: the copy may read what it has just written.
      for (const end = to + length; to < end; to++) target[to] = target[to - offset]!;
    }
  }
  if (to !== target.length) throw new SnappyError('it holds less than it announces');
}

/** Below this a call into the runtime costs more than a loop. */
const SHORT = 48;

function copyLiteral(block: Uint8Array, from: number, target: Uint8Array, to: number, length: number): void {
  if (length > SHORT) target.set(block.subarray(from, from + length), to);
  else for (let index = 0; index < length; index++) target[to + index] = block[from + index]!;
}

function littleEndian(block: Uint8Array, at: number, bytes: number): number {
  if (at + bytes > block.length) throw new SnappyError('it is cut short');
  let value = 0;
  for (let index = bytes - 1; index >= 0; index--) value = value * 256 + block[at + index]!;
  return value;
}
