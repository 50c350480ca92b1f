import { mkdir, open, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Signal } from '../../model/telemetry.ts';
import { type EpochMs, epochMs } from '../../model/units.ts';
import type { SegmentFiles } from './files.ts';
import { parseName, type SegmentName, stem, sumsPath } from './names.ts';
import type { SealedSegment } from './segment.ts';
import type { WalRecord } from './signal-log.ts';
import { readSums, SUMS_ENTRY_BYTES, SUMS_HEADER_BYTES, sumsHeader, writeSumsEntry } from './sums.ts';
import { judge, type KeptRecord, type Verdict } from './verdict.ts';

export interface RecoveryOptions {
  readonly signal: Signal;
  /** Of this signal; exists. */
  readonly directory: string;
  /** Where records go whose checksum does not hold. */
  readonly damagedDirectory: string;
  readonly nowMs: EpochMs;
  readonly files: SegmentFiles;
  /** Counts a message anew by the wire check; null if it does not pass whole. */
  readonly recount: (body: Buffer) => Omit<WalRecord, 'body'> | null;
}

export interface Recovered {
  /** In the order of their making. */
  readonly segments: readonly SealedSegment[];
  /** Bytes of batches that were never acknowledged. */
  readonly tornBytes: number;
  /** Records that were acknowledged, perhaps, and are damaged; one text each, for the log. */
  readonly damaged: readonly string[];
}

/** Brings one signal's directory into order after any kind of end. FORMAT.md has the decision table. */
export async function recoverSignal(options: RecoveryOptions): Promise<Recovered> {
  const names = await newestRevisions(options.directory);
  const segments: SealedSegment[] = [];
  const damaged: string[] = [];
  let tornBytes = 0;
  for (const name of names) {
    const result = await recoverSegment(options, name);
    if (result.segment !== null) segments.push(result.segment);
    damaged.push(...result.damaged);
    tornBytes += result.tornBytes;
  }
  await options.files.syncDirectory(options.directory);
  return { segments, tornBytes, damaged };
}

/** Deletes what is left of interrupted rewrites and deletions; returns the rest, oldest first. */
async function newestRevisions(directory: string): Promise<SegmentName[]> {
  const fileNames = await readdir(directory);
  const newest = new Map<string, SegmentName>();
  for (const fileName of fileNames) {
    const name = parseName(fileName, 'pb');
    if (name !== null && name.revision >= (newest.get(name.id)?.revision ?? 0)) newest.set(name.id, name);
  }
  for (const fileName of fileNames) {
    const name = parseName(fileName, 'pb') ?? parseName(fileName, 'sums');
    const kept = name === null ? undefined : newest.get(name.id);
    if (kept === undefined || kept.revision !== name?.revision)
      await rm(join(directory, fileName), { force: true });
  }
  return [...newest.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
}

interface RecoveredSegment {
  readonly segment: SealedSegment | null;
  readonly tornBytes: number;
  readonly damaged: readonly string[];
}

async function recoverSegment(options: RecoveryOptions, name: SegmentName): Promise<RecoveredSegment> {
  const path = join(options.directory, `${stem(name)}.pb`);
  const data = await readFile(path);
  const sums = await readFile(sumsPath(path)).catch(() => null);
  if (sums === null && data.length > 0) return loseWhole(options, name, path, data);
  const entries = sums === null ? [] : readSums(sums);
  const verdict = judge(data, entries, options.recount);
  const damaged: string[] = [];
  for (const { offset, length, reason } of verdict.damaged) {
    const to = join(options.damagedDirectory, `${name.id}-${offset}.pb`);
    await keepDamaged(to, data.subarray(offset, offset + length));
    damaged.push(`${basename(path)} at ${offset}: ${reason}; ${length} bytes moved to ${to}`);
  }
  if (verdict.kept.length === 0) {
    await remove(path);
    return { segment: null, tornBytes: verdict.tornBytes, damaged };
  }
  const finalPath = verdict.rewrite
    ? await rewriteSegment(options, name, data, verdict)
    : await cutTail(path, data, sums, verdict);
  const bytes = verdict.kept.reduce((total, record) => total + record.entry.length, 0);
  const segment = summarise(options, name.id, finalPath, bytes, verdict.kept);
  return { segment, tornBytes: verdict.tornBytes, damaged };
}

function summarise(
  options: RecoveryOptions,
  id: string,
  path: string,
  bytes: number,
  kept: readonly KeptRecord[],
): SealedSegment {
  let items = 0;
  let rows = 0;
  let oldest = Number.POSITIVE_INFINITY;
  let newest = Number.NEGATIVE_INFINITY;
  for (const { entry } of kept) {
    items += entry.items;
    rows += entry.rows;
    oldest = Math.min(oldest, entry.oldestMs);
    newest = Math.max(newest, entry.newestMs);
  }
  return {
    signal: options.signal,
    id,
    path,
    bytes,
    records: kept.length,
    items,
    rows,
    sealedAtMs: options.nowMs,
    acceptedAtMs: kept[0]?.entry.acceptedAtMs ?? options.nowMs,
    oldestMs: epochMs(oldest),
    newestMs: epochMs(newest),
  };
}

/** Everything that is kept lies at the front: cut both files behind it. */
async function cutTail(path: string, data: Buffer, sums: Buffer | null, verdict: Verdict): Promise<string> {
  const dataEnd = verdict.kept.reduce((total, record) => total + record.entry.length, 0);
  const sumsEnd = SUMS_HEADER_BYTES + verdict.kept.length * SUMS_ENTRY_BYTES;
  // The sums first: entries without data would look like damage to a recovery that is interrupted here.
  if (sums !== null && sums.length > sumsEnd) await cutFile(sumsPath(path), sumsEnd);
  if (data.length > dataEnd) await cutFile(path, dataEnd);
  return path;
}

async function cutFile(path: string, length: number): Promise<void> {
  await truncate(path, length);
  const handle = await open(path, 'r+');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/**
 * Writes the kept records as the next revision. Its data file gets its name last, so that a revision that is there
 * is whole, and the older one goes only after that.
 */
async function rewriteSegment(
  options: RecoveryOptions,
  name: SegmentName,
  data: Buffer,
  verdict: Verdict,
): Promise<string> {
  const next = { id: name.id, revision: name.revision + 1 };
  const path = join(options.directory, `${stem(next)}.pb`);
  const sums = Buffer.alloc(SUMS_HEADER_BYTES + verdict.kept.length * SUMS_ENTRY_BYTES);
  sumsHeader().copy(sums);
  let offset = 0;
  const chunks = verdict.kept.map(({ entry }, index) => {
    writeSumsEntry(sums, { ...entry, offset }, SUMS_HEADER_BYTES + index * SUMS_ENTRY_BYTES);
    offset += entry.length;
    return data.subarray(entry.offset, entry.offset + entry.length);
  });
  await writeFile(sumsPath(path), sums, { flush: true });
  await writeFile(`${path}.new`, Buffer.concat(chunks), { flush: true });
  await rename(`${path}.new`, path);
  await options.files.syncDirectory(options.directory);
  await remove(join(options.directory, `${stem(name)}.pb`));
  return path;
}

async function loseWhole(
  options: RecoveryOptions,
  name: SegmentName,
  path: string,
  data: Buffer,
): Promise<RecoveredSegment> {
  const to = join(options.damagedDirectory, `${stem(name)}.pb`);
  await mkdir(dirname(to), { recursive: true });
  await rename(path, to);
  return {
    segment: null,
    tornBytes: 0,
    damaged: [`${basename(path)}: its checksum sidecar is missing; ${data.length} bytes moved to ${to}`],
  };
}

async function keepDamaged(path: string, bytes: Buffer): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, bytes, { flush: true });
}

async function remove(path: string): Promise<void> {
  await rm(path, { force: true });
  await rm(sumsPath(path), { force: true });
}
