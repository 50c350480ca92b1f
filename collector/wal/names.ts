import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Signal } from '../../model/telemetry.ts';
import type { EpochMs } from '../../model/units.ts';
import type { SegmentFiles } from './files.ts';

/** Gives ids that no segment ever had, over restarts and clock jumps. FORMAT.md says what they are made of. */
export type IdSource = (signal: Signal) => Promise<string>;

/**
 * The source of ids for one opening of the WAL. The first id asked for counts one more opening, durably; where that
 * fails, as on a full disk, asking again tries again.
 */
export function createIdSource(directory: string, nowMs: EpochMs, files: SegmentFiles): IdSource {
  const clock = Math.max(0, Math.floor(nowMs)).toString(36).padStart(9, '0');
  let boot: Promise<number> | null = null;
  let sequence = 0;
  return async (signal) => {
    boot ??= countBoot(directory, files);
    try {
      const prefix = `${String(await boot).padStart(8, '0')}-${clock}`;
      return `${signal}-${prefix}-${String(++sequence).padStart(8, '0')}`;
    } catch (error) {
      boot = null;
      throw error;
    }
  };
}

async function countBoot(directory: string, files: SegmentFiles): Promise<number> {
  const path = join(directory, 'boot');
  const previous = await readFile(path, 'utf8').catch(() => '0');
  const boot = (Number.parseInt(previous, 10) || 0) + 1;
  await writeFile(`${path}.new`, `${boot}\n`, { flush: true });
  await rename(`${path}.new`, path);
  await files.syncDirectory(directory);
  return boot;
}

export interface SegmentName {
  readonly id: string;
  /** 0, or how often recovery rewrote the segment. */
  readonly revision: number;
}

/** The id and revision in the name of a data or sums file; null for other files. */
export function parseName(fileName: string, extension: 'pb' | 'sums'): SegmentName | null {
  const match = /^([0-9a-z_-]+)(?:~(\d+))?\.(pb|sums)$/.exec(fileName);
  if (match === null || match[3] !== extension) return null;
  return { id: match[1]!, revision: Number(match[2] ?? 0) };
}

/** `<id>` or `<id>~<revision>`: the file name without extension. */
export const stem = (name: SegmentName): string =>
  name.revision === 0 ? name.id : `${name.id}~${name.revision}`;

/** The sidecar of a data file. */
export const sumsPath = (dataPath: string): string => `${dataPath.slice(0, -'.pb'.length)}.sums`;
