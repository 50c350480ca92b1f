import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { RecordEntry, SealedSegment, SegmentSource } from '../../collector/wal/segment.ts';
import type { Clock } from '../../model/units.ts';
import { StoreError } from '../clickhouse/errors.ts';
import type { Inserter } from './insert.ts';
import { writeDurably } from './manifest.ts';

/** A record that cannot be loaded, and why. */
export interface Poisoned {
  readonly segment: SealedSegment;
  readonly index: number;
  readonly entry: RecordEntry;
  readonly reason: string;
}

export interface Salvage {
  readonly poisoned: readonly Poisoned[];
  /** Files of what is good. */
  readonly paths: readonly string[];
  readonly rows: number;
}

/**
 * Finds the records of a batch that cannot be loaded, by halving it and rehearsing the halves with SELECTs: nothing is written to
 * the store. Good records are written to files in `directory`. Throws `StoreError` when the store is away meanwhile.
 */
export async function salvage(
  source: SegmentSource,
  inserter: Inserter,
  segments: readonly SealedSegment[],
  directory: string,
): Promise<Salvage> {
  const poisoned: Poisoned[] = [];
  const paths: string[] = [];
  let rows = 0;
  for (const segment of segments) {
    if ((await rehearse(inserter, segment.signal, segment.path)) === null) {
      paths.push(segment.path);
      rows += segment.rows;
      continue;
    }
    const table = await source.recordTable(segment);
    const bad = await badRecords(source, inserter, segment, table, directory);
    poisoned.push(...bad);
    const good = table.map((_, index) => index).filter((index) => bad.every((each) => each.index !== index));
    if (good.length === 0) continue;
    paths.push(await writeRecords(source, segment, good, join(directory, `good-${segment.id}.pb`)));
    rows += good.reduce((sum, index) => sum + (table[index]?.rows ?? 0), 0);
  }
  return { poisoned, paths, rows };
}

async function badRecords(
  source: SegmentSource,
  inserter: Inserter,
  segment: SealedSegment,
  table: readonly RecordEntry[],
  directory: string,
): Promise<readonly Poisoned[]> {
  const bad: Poisoned[] = [];
  const probe = join(directory, `probe-${segment.signal}.pb`);
  const search = async (from: number, to: number): Promise<void> => {
    const indices = Array.from({ length: to - from }, (_, offset) => from + offset);
    await writeRecords(source, segment, indices, probe);
    const reason = await rehearse(inserter, segment.signal, probe);
    if (reason === null) return;
    const entry = table[from];
    if (to - from === 1 && entry !== undefined) {
      bad.push({ segment, index: from, entry, reason });
      return;
    }
    const middle = from + Math.floor((to - from) / 2);
    await search(from, middle);
    await search(middle, to);
  };
  await search(0, table.length);
  return bad;
}

/** Why a file cannot be loaded, or null. Throws what says nothing about the file. */
async function rehearse(
  inserter: Inserter,
  signal: SealedSegment['signal'],
  path: string,
): Promise<string | null> {
  try {
    await inserter.rehearse(signal, [path]);
    return null;
  } catch (error) {
    if (error instanceof StoreError && !error.retryable) return error.message;
    throw error;
  }
}

async function writeRecords(
  source: SegmentSource,
  segment: SealedSegment,
  indices: readonly number[],
  path: string,
): Promise<string> {
  const file = await open(path, 'w');
  try {
    for (const index of indices) await file.write(await source.readRecord(segment, index));
    await file.datasync();
  } finally {
    await file.close();
  }
  return path;
}

/**
 * Puts a record aside with its reason: `<id>-<index>.pb`, a file that can be loaded again as a segment, and `.json` beside it.
 * Both are durable when this resolves; doing it twice changes nothing.
 */
export async function putAside(
  source: SegmentSource,
  poisoned: Poisoned,
  directory: string,
  clock: Clock,
): Promise<void> {
  const { segment, index, entry, reason } = poisoned;
  const name = join(directory, `${segment.id}-${index}`);
  const bytes = await source.readRecord(segment, index);
  await writeDurably(`${name}.pb`, bytes);
  const report = {
    signal: segment.signal,
    segment: segment.id,
    record: index,
    items: entry.items,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
    acceptedAtMs: segment.acceptedAtMs,
    putAsideAtMs: clock.now(),
    reason,
  };
  await writeDurably(`${name}.json`, `${JSON.stringify(report, null, 2)}\n`);
}
