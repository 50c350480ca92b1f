import type { Logger } from 'pino';
import type { Signal } from '../model/telemetry.ts';
import type { CollectorConfig } from './config.ts';
import type { CollectorMetrics, Transport } from './observe.ts';
import { type IngestResult, refuseForGood, refuseForNow } from './outcome.ts';
import type { Wal } from './wal/wal.ts';
import { checkBody, type Rejections } from './wire/check.ts';

const RETRY_WAL_FULL_SECONDS = 10;
const RETRY_WAL_FAILED_SECONDS = 5;

const NOTHING: Rejections = { rejected: 0, rejectedByReason: new Map(), message: '' };

export interface IngestOptions {
  readonly config: Pick<CollectorConfig, 'maxDecompressedBytes' | 'maxWalBytes'>;
  readonly wal: Wal;
  readonly metrics: CollectorMetrics;
  readonly logger: Logger;
}

/** From the bytes of a request to its result: WAL budget, wire check, durable append. Both receivers end here. */
export class Ingest {
  readonly #options: IngestOptions;
  /** Signals whose last commit failed. */
  readonly #failing = new Set<Signal>();

  constructor(options: IngestOptions) {
    this.#options = options;
  }

  /** Whether a request would be refused now for want of room, or the last one was because the disk failed. */
  get refusing(): boolean {
    return this.#failing.size > 0 || this.#options.wal.bytes() >= this.#options.config.maxWalBytes;
  }

  /**
   * The result says what became of the request; by then it is durable or refused. `before` is what was left out of the body before
   * it came here. Never rejects.
   */
  async ingest(
    signal: Signal,
    body: Buffer,
    transport: Transport,
    before: Rejections = NOTHING,
  ): Promise<IngestResult> {
    const result = await this.#ingest(signal, body, transport, before).catch(
      (error: unknown): IngestResult => {
        this.#options.logger.error({ err: error, signal, transport }, 'a request could not be handled');
        return refuseForGood('internal', 'the collector failed on this request; its log says why');
      },
    );
    this.#options.metrics.finished(signal, transport, result, body.length);
    return result;
  }

  async #ingest(
    signal: Signal,
    body: Buffer,
    transport: Transport,
    before: Rejections,
  ): Promise<IngestResult> {
    const { config, wal, metrics } = this.#options;
    if (body.length > config.maxDecompressedBytes) {
      return refuseForGood(
        'body_too_large',
        `the request is larger than ${config.maxDecompressedBytes} bytes`,
      );
    }
    if (wal.bytes() + body.length > config.maxWalBytes) {
      return refuseForNow(
        'wal_full',
        `the WAL holds ${wal.bytes()} bytes that are not stored yet, its limit is ${config.maxWalBytes}: try again later`,
        RETRY_WAL_FULL_SECONDS,
      );
    }
    const checked = checkBody(signal, body);
    if (!checked.ok) return refuseForGood('malformed', checked.message);
    const { items, kinds } = checked;
    if (items > 0) {
      const appended = await wal.append(signal, checked);
      if (appended.outcome === 'failed') {
        this.#failing.add(signal);
        return refuseForNow('wal_failed', appended.message, RETRY_WAL_FAILED_SECONDS);
      }
      this.#failing.delete(signal);
    }
    for (const { rejectedByReason } of [before, checked])
      metrics.rejected(signal, transport, rejectedByReason);
    const message = [before.message, checked.message].filter((text) => text !== '').join('; ');
    return { outcome: 'accepted', items, rejected: before.rejected + checked.rejected, message, kinds };
  }
}
