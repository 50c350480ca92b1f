import { crc32 } from 'node:zlib';
import { type EpochMs, epochMs } from '../../model/units.ts';

/** The checksum sidecar's bytes. FORMAT.md describes them. */
const SUMS_MAGIC = Buffer.from('TWSUMS01');
export const SUMS_HEADER_BYTES = 16;
export const SUMS_ENTRY_BYTES = 64;

/** What the sidecar says about one record. */
export interface SumsEntry {
  /** CRC-32 of `length` bytes at `offset` of the data file: length prefix and message. */
  readonly crc: number;
  readonly offset: number;
  readonly length: number;
  /** Bytes of the length prefix. */
  readonly prefix: number;
  readonly items: number;
  readonly rows: number;
  readonly acceptedAtMs: EpochMs;
  readonly oldestMs: EpochMs;
  readonly newestMs: EpochMs;
}

export function sumsHeader(): Buffer {
  const header = Buffer.alloc(SUMS_HEADER_BYTES);
  SUMS_MAGIC.copy(header);
  return header;
}

/** Writes one entry of 64 bytes at `at`. */
export function writeSumsEntry(target: Buffer, entry: SumsEntry, at: number): void {
  target.writeUInt32LE(entry.crc, at);
  target.writeUInt32LE(entry.length, at + 4);
  target.writeBigUInt64LE(BigInt(entry.offset), at + 8);
  target.writeUInt32LE(entry.items, at + 16);
  target.writeUInt32LE(entry.rows, at + 20);
  target.writeBigInt64LE(BigInt(entry.acceptedAtMs), at + 24);
  target.writeBigInt64LE(BigInt(entry.oldestMs), at + 32);
  target.writeBigInt64LE(BigInt(entry.newestMs), at + 40);
  target.writeUInt32LE(entry.prefix, at + 48);
  target.fill(0, at + 52, at + 60);
  target.writeUInt32LE(crc32(target.subarray(at, at + 60)), at + 60);
}

/** The entry at `at`, or null if its own checksum does not hold. */
function readSumsEntry(source: Buffer, at: number): SumsEntry | null {
  if (crc32(source.subarray(at, at + 60)) !== source.readUInt32LE(at + 60)) return null;
  return {
    crc: source.readUInt32LE(at),
    length: source.readUInt32LE(at + 4),
    offset: Number(source.readBigUInt64LE(at + 8)),
    items: source.readUInt32LE(at + 16),
    rows: source.readUInt32LE(at + 20),
    acceptedAtMs: epochMs(Number(source.readBigInt64LE(at + 24))),
    oldestMs: epochMs(Number(source.readBigInt64LE(at + 32))),
    newestMs: epochMs(Number(source.readBigInt64LE(at + 40))),
    prefix: source.readUInt32LE(at + 48),
  };
}

/** Every whole entry of a sidecar, in order; null where one is damaged. What is left of a torn last one is ignored. */
export function readSums(source: Buffer): (SumsEntry | null)[] {
  const entries: (SumsEntry | null)[] = [];
  for (let at = SUMS_HEADER_BYTES; at + SUMS_ENTRY_BYTES <= source.length; at += SUMS_ENTRY_BYTES) {
    entries.push(readSumsEntry(source, at));
  }
  return entries;
}
