import { open, rm } from 'node:fs/promises';

/** The slice of a file that the WAL uses, so that tests can hand in disks that fail. */
export interface SegmentFile {
  /** Writes all of `bytes` at `position` or throws. */
  write(bytes: Buffer, position: number): Promise<void>;
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
      async write(bytes, position) {
        // A disk that runs full may take a part and say so only by the count.
        for (let done = 0; done < bytes.length; ) {
          const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, position + done);
          done += bytesWritten;
        }
      },
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
