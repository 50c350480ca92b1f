import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';

/**
 * What a signal's loader is about to insert under one token. It is on the disk before the insert, so that after a crash the same
 * segments go in under the same token again: the store takes what it already has for duplicates and adds what it has not.
 */
const manifest = z.object({
  /** The insert's deduplication token. */
  token: z.string(),
  /** The segments' ids, oldest first. */
  segments: z.array(z.string()).min(1),
  /** All of it is in the store; only releasing the segments was left. */
  loaded: z.boolean(),
});
export type Manifest = z.infer<typeof manifest>;

/** The manifest at `path`; null when there is none or it was cut off, which is before anything was inserted under it. */
export async function readManifest(path: string): Promise<Manifest | null> {
  try {
    return manifest.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch {
    return null;
  }
}

/** Replaces the manifest; it is durable when this resolves. */
export async function writeManifest(path: string, value: Manifest): Promise<void> {
  await writeDurably(path, JSON.stringify(value));
}

export async function removeManifest(path: string): Promise<void> {
  await rm(path, { force: true });
}

/** Writes a file whole or not at all, and to the disk. */
export async function writeDurably(path: string, content: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const file = await open(`${path}.new`, 'w');
  try {
    await file.writeFile(content);
    await file.datasync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
