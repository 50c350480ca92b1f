import type { Signal } from '../../model/telemetry.ts';
import type { EpochMs } from '../../model/units.ts';

export { SegmentCorruptError } from './errors.ts';

/**
 * A segment that is complete, durable and no longer written to: a file of length-delimited protobuf messages,
 * each an OTLP `Export<Signal>ServiceRequest` that passed the wire check, as ClickHouse's `FORMAT Protobuf` reads it.
 */
export interface SealedSegment {
  readonly signal: Signal;
  /** Never given to another segment, also over restarts and clock jumps; `[0-9a-z-]+`. Serves as deduplication token. */
  readonly id: string;
  /** Absolute path of the data file. */
  readonly path: string;
  /** Size of the data file. */
  readonly bytes: number;
  /** Number of requests (protobuf messages) in it; at least 1. */
  readonly records: number;
  /** Spans, data points or log records. */
  readonly items: number;
  /** Rows that the loader will write: what a load is compared with. */
  readonly rows: number;
  readonly sealedAtMs: EpochMs;
  /** When its first record was accepted. */
  readonly acceptedAtMs: EpochMs;
  /** Oldest and newest time that an item carries (span start, point time, log time); equal to `acceptedAtMs` where none does. */
  readonly oldestMs: EpochMs;
  readonly newestMs: EpochMs;
}

/** Where one record of a segment lies and what it holds. */
export interface RecordEntry {
  /** Offset of the record's varint length prefix in the data file. */
  readonly offset: number;
  /** Bytes from `offset` to the next record: the length prefix and the message. */
  readonly length: number;
  /** Bytes of the length prefix alone; the message starts at `offset + prefix`. */
  readonly prefix: number;
  readonly items: number;
  readonly rows: number;
}

/** What the loader takes segments from. One consumer per signal. */
export interface SegmentSource {
  /**
   * The oldest sealed segment of the signal that was not handed out yet; waits for one. Null once `abort` fires or
   * the collector has stopped and nothing is left.
   */
  next(signal: Signal, abort: AbortSignal): Promise<SealedSegment | null>;
  /** Deletes the segment: its rows are durable in the store. Releasing one twice is harmless. */
  release(segment: SealedSegment): Promise<void>;
  /** Puts the segment back at the front: the load failed, but may succeed later. */
  retry(segment: SealedSegment): void;
  /** Every record of the segment, in order, from its checksum sidecar. Throws {@link SegmentCorruptError}. */
  recordTable(segment: SealedSegment): Promise<readonly RecordEntry[]>;
  /**
   * Record `index` (from 0) alone, the length prefix included, so that it is a segment of one record by itself.
   * Its checksum is verified; throws {@link SegmentCorruptError}.
   */
  readRecord(segment: SealedSegment, index: number): Promise<Buffer>;
  /** Sealed and open bytes on disk, of all signals. */
  bytes(): number;
}
