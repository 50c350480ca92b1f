/** Sealed segments in a directory, as the collector hands them out, for tests and benches of what comes after it. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RecordEntry, SealedSegment, SegmentSource } from '../../collector/wal/segment.ts';
import type { Signal } from '../../model/telemetry.ts';
import { epochMs } from '../../model/units.ts';
import { delimited } from '../loader/testing/otlp-encode.ts';

/** One request and what the wire check would have counted in it. */
export interface TestRecord {
  readonly bytes: Uint8Array;
  readonly items: number;
  readonly rows: number;
}

export class TestSegments implements SegmentSource {
  readonly #directory: string;
  readonly #queues = new Map<Signal, SealedSegment[]>();
  readonly #held = new Map<string, SealedSegment>();
  readonly #tables = new Map<string, readonly RecordEntry[]>();
  #wake: () => void = () => {};
  #sequence = 0;

  constructor(directory: string) {
    this.#directory = directory;
    mkdirSync(directory, { recursive: true });
  }

  /** Seals a segment of these records; `times` are its oldest and newest item in epoch milliseconds. */
  add(signal: Signal, records: readonly TestRecord[], times: readonly [number, number]): SealedSegment {
    const id = `${signal}-0-test-${String(++this.#sequence).padStart(6, '0')}`;
    const path = join(this.#directory, `${id}.pb`);
    const files = records.map((record) => delimited([record.bytes]));
    const file = Buffer.concat(files);
    writeFileSync(path, file);
    let offset = 0;
    const table = records.map((record, index) => {
      const length = files[index]?.length ?? 0;
      const entry = {
        offset,
        length,
        prefix: length - record.bytes.length,
        items: record.items,
        rows: record.rows,
      };
      offset += length;
      return entry;
    });
    this.#tables.set(id, table);
    const sum = (of: (record: TestRecord) => number): number =>
      records.reduce((all, record) => all + of(record), 0);
    const segment: SealedSegment = {
      signal,
      id,
      path,
      bytes: file.length,
      records: records.length,
      items: sum((record) => record.items),
      rows: sum((record) => record.rows),
      sealedAtMs: epochMs(Date.now()),
      acceptedAtMs: epochMs(Date.now()),
      oldestMs: epochMs(times[0]),
      newestMs: epochMs(times[1]),
    };
    this.#held.set(id, segment);
    this.#queue(signal).push(segment);
    this.#wake();
    return segment;
  }

  #queue(signal: Signal): SealedSegment[] {
    const queue = this.#queues.get(signal) ?? [];
    this.#queues.set(signal, queue);
    return queue;
  }

  /** Hands out a released segment again, as if its release had not reached the disk. */
  addAgain(segment: SealedSegment, bytes: Uint8Array): void {
    writeFileSync(segment.path, bytes);
    this.#held.set(segment.id, segment);
    this.#queue(segment.signal).push(segment);
    this.#wake();
  }

  /** Hands out again everything that was not released, as a collector does after a restart. */
  restart(): void {
    this.#queues.clear();
    for (const segment of this.#held.values()) this.#queue(segment.signal).push(segment);
  }

  /** Forgets what was not released. Ids are not used again. */
  clear(): void {
    this.#queues.clear();
    for (const segment of this.#held.values()) rmSync(segment.path, { force: true });
    this.#held.clear();
  }

  /** Segments that were not released. */
  held(): number {
    return this.#held.size;
  }

  async next(signal: Signal, abort: AbortSignal): Promise<SealedSegment | null> {
    while (!abort.aborted) {
      const segment = this.#queue(signal).shift();
      if (segment !== undefined) return segment;
      await new Promise<void>((resolve) => {
        const before = this.#wake;
        this.#wake = () => {
          before();
          resolve();
        };
        abort.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return null;
  }

  async release(segment: SealedSegment): Promise<void> {
    if (this.#held.delete(segment.id)) rmSync(segment.path);
  }

  retry(segment: SealedSegment): void {
    this.#queue(segment.signal).unshift(segment);
  }

  async recordTable(segment: SealedSegment): Promise<readonly RecordEntry[]> {
    return this.#tables.get(segment.id) ?? [];
  }

  async readRecord(segment: SealedSegment, index: number): Promise<Buffer> {
    const entry = this.#tables.get(segment.id)?.[index];
    if (entry === undefined) throw new RangeError(`Segment ${segment.id} has no record ${index}`);
    return readFileSync(segment.path).subarray(entry.offset, entry.offset + entry.length);
  }

  bytes(): number {
    return [...this.#held.values()].reduce((sum, segment) => sum + segment.bytes, 0);
  }
}
