import { type FileHandle, open, rm } from 'node:fs/promises';

/** The slice of a file that the WAL uses, so that tests can hand in disks that fail. */
export interface SegmentFile {
  /** Writes all of `pieces`, one behind the other, from `position` on, or throws. */
  write(pieces: readonly Buffer[], position: number): Promise<void>;
  /** Returns once everything written is on the disk (fdatasync). */
  sync(): Promise<void>;
  truncate(length: number): Promise<void>;
  close(): Promise<void>;
}

export interface SegmentFiles {
  /** Creates a file that must not exist yet. */
  create(path: string): Promise<SegmentFile>;
  /** Deletes a file; none there is fine. */
  remove(path: string): Promise<void>;
  /** Makes creations, renames and deletions in a directory durable. */
  syncDirectory(path: string): Promise<void>;
}

export const nodeFiles: SegmentFiles = {
  async create(path) {
    const handle = await open(path, 'wx', 0o600);
    return {
      write: (pieces, position) => writeAll(handle, pieces, position),
      sync: () => handle.datasync(),
      truncate: (length) => handle.truncate(length),
      close: () => handle.close(),
    };
  },
  remove: (path) => rm(path, { force: true }),
  async syncDirectory(path) {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  },
};

/** A system takes about a thousand pieces in one call. */
const PIECES = 512;

async function writeAll(handle: FileHandle, pieces: readonly Buffer[], position: number): Promise<void> {
  let at = position;
  for (let first = 0; first < pieces.length; first += PIECES) {
    let rest = pieces.slice(first, first + PIECES);
    while (rest.length > 0) {
      const { bytesWritten } = await handle.writev(rest, at);
      at += bytesWritten;
      rest = behind(rest, bytesWritten);
    }
  }
}

/** What is left of `pieces` behind `count` bytes. A disk that runs full may take a part and say so only by the count. */
function behind(pieces: readonly Buffer[], count: number): Buffer[] {
  let skip = count;
  const rest: Buffer[] = [];
  for (const piece of pieces) {
    if (skip < piece.length) rest.push(piece.subarray(skip));
    skip = Math.max(0, skip - piece.length);
  }
  return rest;
}
