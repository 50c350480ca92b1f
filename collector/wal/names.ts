import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signal } from '../../model/telemetry.ts';
import type { EpochMs } from '../../model/units.ts';
import type { SegmentFiles } from './files.ts';

/** Gives ids that no segment ever had, over restarts and clock jumps. FORMAT.md says what they are made of. */
export type IdSource = (signal: Signal) => string;

/** Counts one more opening of the WAL, durably, and returns the source of ids for it. */
export async function openIdSource(
  directory: string,
  nowMs: EpochMs,
  files: SegmentFiles,
): Promise<IdSource> {
  const path = join(directory, 'boot');
  const previous = await readFile(path, 'utf8').catch(() => '0');
  const boot = (Number.parseInt(previous, 10) || 0) + 1;
  await writeFile(`${path}.new`, `${boot}\n`, { flush: true });
  await rename(`${path}.new`, path);
  await files.syncDirectory(directory);
  const prefix = `${String(boot).padStart(8, '0')}-${Math.max(0, Math.floor(nowMs)).toString(36).padStart(9, '0')}`;
  let sequence = 0;
  return (signal) => `${signal}-${prefix}-${String(++sequence).padStart(8, '0')}`;
}

export interface SegmentName {
  readonly id: string;
  /** 0, or how often recovery rewrote the segment. */
  readonly revision: number;
}

/** The id and revision in the name of a data or sums file; null for other files. */
export function parseName(fileName: string, extension: 'pb' | 'sums'): SegmentName | null {
  const match = /^([0-9a-z-]+)(?:~(\d+))?\.(pb|sums)$/.exec(fileName);
  if (match === null || match[3] !== extension) return null;
  return { id: match[1]!, revision: Number(match[2] ?? 0) };
}

/** `<id>` or `<id>~<revision>`: the file name without extension. */
export const stem = (name: SegmentName): string =>
  name.revision === 0 ? name.id : `${name.id}~${name.revision}`;

/** The sidecar of a data file. */
export const sumsPath = (dataPath: string): string => `${dataPath.slice(0, -'.pb'.length)}.sums`;
