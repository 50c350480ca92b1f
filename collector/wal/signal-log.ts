import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import type { Signal } from '../../model/telemetry.ts';
import { type Clock, type EpochMs, epochMs } from '../../model/units.ts';
import { varint, varintSize } from '../wire/varint.ts';
import type { SegmentFile, SegmentFiles } from './files.ts';
import { type IdSource, sumsPath } from './names.ts';
import type { SealedSegment } from './segment.ts';
import { SUMS_ENTRY_BYTES, SUMS_HEADER_BYTES, type SumsEntry, sumsHeader, writeSumsEntry } from './sums.ts';

/** A request that passed the wire check, to be made durable. */
export interface WalRecord {
  readonly body: Buffer;
  readonly items: number;
  readonly rows: number;
  /** Null where no item carries a time. */
  readonly oldestMs: EpochMs | null;
  readonly newestMs: EpochMs | null;
}

/** `durable`: on disk, safe to answer. `failed`: nothing of it is on disk; try again later. */
export type AppendOutcome =
  | { readonly outcome: 'durable' }
  | { readonly outcome: 'failed'; readonly message: string };

export interface SignalLogOptions {
  readonly signal: Signal;
  /** Of this signal; exists. */
  readonly directory: string;
  readonly segmentBytes: number;
  readonly segmentMs: number;
  readonly clock: Clock;
  readonly nextId: IdSource;
  readonly files: SegmentFiles;
  readonly onSealed: (segment: SealedSegment) => void;
  readonly onCommit: (commit: {
    readonly records: number;
    readonly bytes: number;
    readonly syncMs: number;
  }) => void;
  readonly onFailure: (error: unknown) => void;
}

interface Waiting {
  readonly record: WalRecord;
  readonly acceptedAtMs: EpochMs;
  readonly size: number;
  readonly settle: (outcome: AppendOutcome) => void;
}

interface OpenSegment {
  readonly id: string;
  readonly path: string;
  readonly data: SegmentFile;
  readonly sums: SegmentFile;
  /** Committed sizes of both files; a failed write is cut back to them. */
  bytes: number;
  sumsBytes: number;
  records: number;
  items: number;
  rows: number;
  acceptedAtMs: EpochMs;
  oldestMs: EpochMs;
  newestMs: EpochMs;
  /** A write failed and what it left behind is not cut away yet. */
  dirty: boolean;
  /** Its directory entry is not known to be durable. */
  fresh: boolean;
  sealDue: boolean;
  timer: NodeJS.Timeout | null;
}

/**
 * The WAL of one signal: one open segment, one writer, group commit. While one batch is being synced the next one
 * gathers, so that the disk's latency sets how large batches are and nothing waits for a timer.
 */
export class SignalLog {
  readonly #options: SignalLogOptions;
  #queue: Waiting[] = [];
  #open: OpenSegment | null = null;
  #running: Promise<void> | null = null;
  #queuedBytes = 0;
  #closing = false;

  constructor(options: SignalLogOptions) {
    this.#options = options;
  }

  /** Bytes of the open segment and of what waits to be written, sidecar included. */
  get bytes(): number {
    const open = this.#open;
    return this.#queuedBytes + (open === null ? 0 : open.bytes + open.sumsBytes);
  }

  /** Resolves once the record is durable or has failed; never rejects. */
  append(record: WalRecord): Promise<AppendOutcome> {
    return new Promise((settle) => {
      const size = varintSize(record.body.length) + record.body.length;
      this.#queue.push({
        record,
        acceptedAtMs: epochMs(Math.floor(this.#options.clock.now())),
        size,
        settle,
      });
      this.#queuedBytes += size + SUMS_ENTRY_BYTES;
      this.#wake();
    });
  }

  /** Writes what waits and seals the open segment. The caller appends nothing afterwards. */
  async close(): Promise<void> {
    this.#closing = true;
    if (this.#open !== null) this.#open.sealDue = true;
    this.#wake();
    while (this.#running !== null) await this.#running;
    if (this.#open !== null) {
      this.#open.sealDue = true;
      await this.#sealIfDue();
    }
  }

  #wake(): void {
    this.#running ??= this.#run().finally(() => {
      this.#running = null;
      // Something may have come in between the loop's last look and here.
      if (this.#queue.length > 0 || this.#open?.sealDue === true) this.#wake();
    });
  }

  async #run(): Promise<void> {
    for (;;) {
      await this.#sealIfDue();
      const batch = this.#takeBatch();
      if (batch.length === 0) return;
      const outcome = await this.#commit(batch);
      for (const waiting of batch) {
        this.#queuedBytes -= waiting.size + SUMS_ENTRY_BYTES;
        waiting.settle(outcome);
      }
    }
  }

  /** As much of the queue as fits into the open segment, at least one record if the segment is empty. */
  #takeBatch(): Waiting[] {
    const room = this.#options.segmentBytes - (this.#open?.bytes ?? 0);
    let total = 0;
    let count = 0;
    for (; count < this.#queue.length; count++) {
      const size = this.#queue[count]!.size;
      if (total + size > room && (total > 0 || (this.#open?.records ?? 0) > 0)) break;
      total += size;
    }
    if (count === 0) return [];
    return this.#queue.splice(0, count);
  }

  async #commit(batch: readonly Waiting[]): Promise<AppendOutcome> {
    let segment: OpenSegment | null = null;
    try {
      segment = this.#open ?? (await this.#create());
      if (segment.dirty) await cutBack(segment);
      const { data, bytes, sums, entries } = encodeBatch(batch, segment.bytes);
      segment.dirty = true;
      await settleBoth([
        segment.data.write(data, segment.bytes),
        segment.sums.write([sums], segment.sumsBytes),
      ]);
      const startedMs = this.#options.clock.monotonic();
      await settleBoth([
        segment.data.sync(),
        segment.sums.sync(),
        ...(segment.fresh ? [this.#options.files.syncDirectory(this.#options.directory)] : []),
      ]);
      this.#options.onCommit({
        records: batch.length,
        bytes,
        syncMs: this.#options.clock.monotonic() - startedMs,
      });
      segment.dirty = false;
      segment.fresh = false;
      segment.bytes += bytes;
      segment.sumsBytes += sums.length;
      for (const entry of entries) count(segment, entry);
      this.#arm(segment);
      if (segment.bytes >= this.#options.segmentBytes) segment.sealDue = true;
      return { outcome: 'durable' };
    } catch (error) {
      this.#options.onFailure(error);
      // After a failed sync nobody knows what the kernel still holds, so nothing more goes into this file.
      if (segment !== null) {
        segment.sealDue = true;
        await cutBack(segment).catch(() => undefined);
      }
      return { outcome: 'failed', message: `cannot write the WAL: ${messageOf(error)}` };
    }
  }

  async #create(): Promise<OpenSegment> {
    const { directory, nextId, signal, files } = this.#options;
    const id = await nextId(signal);
    const path = join(directory, `${id}.pb`);
    const data = await files.create(path);
    let sums: SegmentFile | null = null;
    try {
      sums = await files.create(join(directory, `${id}.sums`));
      await sums.write([sumsHeader()], 0);
    } catch (error) {
      await this.#discard(path, data, sums);
      throw error;
    }
    this.#open = {
      id,
      path,
      data,
      sums,
      bytes: 0,
      sumsBytes: SUMS_HEADER_BYTES,
      records: 0,
      items: 0,
      rows: 0,
      acceptedAtMs: epochMs(0),
      oldestMs: epochMs(Number.POSITIVE_INFINITY),
      newestMs: epochMs(Number.NEGATIVE_INFINITY),
      dirty: false,
      fresh: true,
      sealDue: false,
      timer: null,
    };
    return this.#open;
  }

  #arm(segment: OpenSegment): void {
    if (segment.timer !== null) return;
    segment.timer = setTimeout(() => {
      segment.sealDue = true;
      this.#wake();
    }, this.#options.segmentMs);
  }

  /**
   * Hands the open segment over if it is due, or if the next record does not fit. A segment that a failed write left
   * dirty is cut back first, and stays open as long as that fails.
   */
  async #sealIfDue(): Promise<void> {
    const segment = this.#open;
    if (segment === null) return;
    const next = this.#queue[0];
    const full =
      next !== undefined && segment.records > 0 && segment.bytes + next.size > this.#options.segmentBytes;
    if (!segment.sealDue && !full) return;
    if (segment.dirty) {
      try {
        await cutBack(segment);
      } catch (error) {
        this.#options.onFailure(error);
        segment.sealDue = false;
        segment.timer = null;
        if (!this.#closing) this.#arm(segment);
        return;
      }
    }
    if (segment.timer !== null) clearTimeout(segment.timer);
    this.#open = null;
    if (segment.records === 0) {
      await this.#discard(segment.path, segment.data, segment.sums);
      return;
    }
    // Handed over in the same step, so that its bytes are counted at every moment.
    this.#options.onSealed(this.#sealed(segment));
    await Promise.allSettled([segment.data.close(), segment.sums.close()]);
  }

  /** Removes a segment that never held a record. What cannot be removed now, the next recovery removes. */
  async #discard(path: string, data: SegmentFile, sums: SegmentFile | null): Promise<void> {
    const { files } = this.#options;
    await Promise.allSettled([data.close(), sums?.close()]);
    await Promise.allSettled([files.remove(path), files.remove(sumsPath(path))]);
  }

  #sealed(segment: OpenSegment): SealedSegment {
    return {
      signal: this.#options.signal,
      id: segment.id,
      path: segment.path,
      bytes: segment.bytes,
      records: segment.records,
      items: segment.items,
      rows: segment.rows,
      sealedAtMs: this.#options.clock.now(),
      acceptedAtMs: segment.acceptedAtMs,
      oldestMs: segment.oldestMs,
      newestMs: segment.newestMs,
    };
  }
}

function count(segment: OpenSegment, entry: SumsEntry): void {
  if (segment.records === 0) segment.acceptedAtMs = entry.acceptedAtMs;
  segment.records += 1;
  segment.items += entry.items;
  segment.rows += entry.rows;
  segment.oldestMs = epochMs(Math.min(segment.oldestMs, entry.oldestMs));
  segment.newestMs = epochMs(Math.max(segment.newestMs, entry.newestMs));
}

async function cutBack(segment: OpenSegment): Promise<void> {
  await segment.data.truncate(segment.bytes);
  await segment.sums.truncate(segment.sumsBytes);
  segment.dirty = false;
}

/** Waits for all, so that no write is still under way when the first failure is handled. */
async function settleBoth(work: readonly Promise<unknown>[]): Promise<void> {
  const results = await Promise.allSettled(work);
  for (const result of results) if (result.status === 'rejected') throw result.reason;
}

/** The pieces of the data file and the entries of the sidecar for a batch. Bodies are not copied. */
function encodeBatch(batch: readonly Waiting[], offset: number) {
  const data: Buffer[] = [];
  const sums = Buffer.allocUnsafe(batch.length * SUMS_ENTRY_BYTES);
  let bytes = 0;
  const entries = batch.map(({ record, acceptedAtMs, size }, index) => {
    const prefix = varint(record.body.length);
    data.push(prefix, record.body);
    const entry: SumsEntry = {
      crc: crc32(record.body, crc32(prefix)),
      offset: offset + bytes,
      length: size,
      prefix: prefix.length,
      items: record.items,
      rows: record.rows,
      acceptedAtMs,
      oldestMs: record.oldestMs ?? acceptedAtMs,
      newestMs: record.newestMs ?? acceptedAtMs,
    };
    writeSumsEntry(sums, entry, index * SUMS_ENTRY_BYTES);
    bytes += size;
    return entry;
  });
  return { data, bytes, sums, entries };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
