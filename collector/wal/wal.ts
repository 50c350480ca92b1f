import { mkdir, open, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Logger } from 'pino';
import { SIGNALS, type Signal } from '../../model/telemetry.ts';
import { type Clock, epochMs } from '../../model/units.ts';
import { nodeFiles, type SegmentFiles } from './files.ts';
import { createIdSource, sumsPath } from './names.ts';
import { recoverSignal } from './recovery.ts';
import { SealedQueue } from './sealed-queue.ts';
import { type RecordEntry, type SealedSegment, SegmentCorruptError, type SegmentSource } from './segment.ts';
import { type AppendOutcome, SignalLog, type WalRecord } from './signal-log.ts';
import { readSums, SUMS_ENTRY_BYTES, SUMS_HEADER_BYTES } from './sums.ts';

export interface WalOptions {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Counts a message anew by the wire check; null if it does not pass whole. */
  readonly recount: (signal: Signal, body: Buffer) => Omit<WalRecord, 'body'> | null;
  readonly files?: SegmentFiles;
  readonly onCommit?: (
    signal: Signal,
    commit: { readonly records: number; readonly bytes: number; readonly syncMs: number },
  ) => void;
  readonly onFailure?: (signal: Signal, error: unknown) => void;
  readonly onRecovered?: (signal: Signal, tornBytes: number, damagedRecords: number) => void;
}

/** The write-ahead log: of each signal an open segment and a queue of sealed ones. */
export class Wal implements SegmentSource {
  readonly #logs: Record<Signal, SignalLog>;
  readonly #sealed: Record<Signal, SealedQueue>;

  private constructor(logs: Record<Signal, SignalLog>, sealed: Record<Signal, SealedQueue>) {
    this.#logs = logs;
    this.#sealed = sealed;
  }

  /** Recovers what an earlier process left and opens for writing. Throws if the directory cannot be used. */
  static async open(options: WalOptions): Promise<Wal> {
    const directory = resolve(options.directory);
    const files = options.files ?? nodeFiles;
    await mkdir(directory, { recursive: true, mode: 0o700 });
    const nowMs = epochMs(Math.floor(options.clock.now()));
    const nextId = createIdSource(directory, nowMs, files);
    const openSignal = async (signal: Signal) => {
      const signalDirectory = join(directory, signal);
      await mkdir(signalDirectory, { recursive: true });
      const recovered = await recoverSignal({
        signal,
        directory: signalDirectory,
        damagedDirectory: join(directory, 'damaged'),
        nowMs,
        files,
        recount: (body) => options.recount(signal, body),
      });
      for (const problem of recovered.damaged)
        options.logger.error({ signal }, `WAL record lost: ${problem}`);
      options.onRecovered?.(signal, recovered.tornBytes, recovered.damaged.length);
      const sealed = new SealedQueue(recovered.segments);
      const log = new SignalLog({
        signal,
        directory: signalDirectory,
        segmentBytes: options.segmentBytes,
        segmentMs: options.segmentMs,
        clock: options.clock,
        nextId,
        files,
        onSealed: (segment) => sealed.push(segment),
        onCommit: (commit) => options.onCommit?.(signal, commit),
        onFailure: (error) => options.onFailure?.(signal, error),
      });
      return { log, sealed };
    };
    const opened = await Promise.all(SIGNALS.map(openSignal));
    await files.syncDirectory(directory);
    return new Wal(
      perSignal((index) => opened[index]!.log),
      perSignal((index) => opened[index]!.sealed),
    );
  }

  /** Resolves once the record is durable or has failed; never rejects. */
  append(signal: Signal, record: WalRecord): Promise<AppendOutcome> {
    return this.#logs[signal].append(record);
  }

  /** Commits what waits, seals, and lets `next` answer null once nothing is left. Append nothing afterwards. */
  async close(): Promise<void> {
    await Promise.all(SIGNALS.map((signal) => this.#logs[signal].close()));
    for (const signal of SIGNALS) this.#sealed[signal].end();
  }

  next(signal: Signal, abort: AbortSignal): Promise<SealedSegment | null> {
    return this.#sealed[signal].next(abort);
  }

  async release(segment: SealedSegment): Promise<void> {
    await this.#sealed[segment.signal].release(segment);
  }

  retry(segment: SealedSegment): void {
    this.#sealed[segment.signal].retry(segment);
  }

  async recordTable(segment: SealedSegment): Promise<readonly RecordEntry[]> {
    const path = sumsPath(segment.path);
    const entries = readSums(await readFile(path));
    if (entries.length !== segment.records) {
      throw new SegmentCorruptError(
        `${path} describes ${entries.length} records, not ${segment.records}: leave the segment aside and restart to recover it`,
      );
    }
    return entries.map((entry, index) => {
      if (entry === null) {
        throw new SegmentCorruptError(`${path}: the checksum of entry ${index} does not hold`);
      }
      const { offset, length, prefix, items, rows } = entry;
      return { offset, length, prefix, items, rows };
    });
  }

  async readRecord(segment: SealedSegment, index: number): Promise<Buffer> {
    const entry = Buffer.alloc(SUMS_ENTRY_BYTES);
    await readAt(sumsPath(segment.path), entry, SUMS_HEADER_BYTES + index * SUMS_ENTRY_BYTES);
    const [sums] = readSums(Buffer.concat([Buffer.alloc(SUMS_HEADER_BYTES), entry]));
    if (sums == null) throw new SegmentCorruptError(`${segment.path}: no whole entry for record ${index}`);
    const record = Buffer.allocUnsafe(sums.length);
    await readAt(segment.path, record, sums.offset);
    if (crc32(record) !== sums.crc) {
      throw new SegmentCorruptError(`${segment.path}: the checksum of record ${index} does not match`);
    }
    return record;
  }

  bytes(): number {
    return SIGNALS.reduce((total, signal) => total + this.signalBytes(signal), 0);
  }

  /** Sealed and open bytes of one signal, sidecars and what waits to be written included. */
  signalBytes(signal: Signal): number {
    return this.#logs[signal].bytes + this.#sealed[signal].bytes;
  }

  /** Sealed segments of one signal that are not released yet. */
  sealedSegments(signal: Signal): number {
    return this.#sealed[signal].size;
  }
}

const perSignal = <T>(make: (index: number) => T): Record<Signal, T> => ({
  traces: make(SIGNALS.indexOf('traces')),
  metrics: make(SIGNALS.indexOf('metrics')),
  logs: make(SIGNALS.indexOf('logs')),
  remote_write: make(SIGNALS.indexOf('remote_write')),
});

/** Fills `target` from `position`. */
async function readAt(path: string, target: Buffer, position: number): Promise<void> {
  const handle = await open(path, 'r');
  try {
    for (let done = 0; done < target.length; ) {
      const { bytesRead } = await handle.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) throw new SegmentCorruptError(`${path} ends before ${position + target.length}`);
      done += bytesRead;
    }
  } finally {
    await handle.close();
  }
}
