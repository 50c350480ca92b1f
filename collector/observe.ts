import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import { SIGNALS, type Signal } from '../model/telemetry.ts';
import type { IngestResult } from './outcome.ts';
import type { RejectionReason } from './wire/reasons.ts';

/** How a request came in. `internal`: from the product itself. */
export type Transport = 'http' | 'grpc' | 'internal';

const NAME = 'tidewarden_collector';

/** What the gauges read when they are scraped. */
export interface CollectorState {
  bytesInFlight(): number;
  walBytes(signal: Signal): number;
  sealedSegments(signal: Signal): number;
  refusing(): boolean;
}

/** The collector's own metrics. */
export class CollectorMetrics {
  readonly #requests: Counter<'signal' | 'transport' | 'outcome' | 'reason'>;
  readonly #bytes: Counter<'signal' | 'transport'>;
  readonly #items: Counter<'signal' | 'transport'>;
  readonly #rejected: Counter<'signal' | 'transport' | 'reason'>;
  readonly #sync: Histogram<'signal'>;
  readonly #batch: Histogram<'signal'>;
  readonly #failures: Counter<'signal'>;
  readonly #lost: Counter<'signal'>;
  readonly #torn: Counter<'signal'>;

  constructor(registry: Registry, state: CollectorState) {
    const registers = [registry];
    this.#requests = new Counter({
      name: `${NAME}_requests_total`,
      help: 'Requests by outcome; reason says why one was refused.',
      labelNames: ['signal', 'transport', 'outcome', 'reason'],
      registers,
    });
    this.#bytes = new Counter({
      name: `${NAME}_received_bytes_total`,
      help: 'Bytes of requests after decompression, as protobuf.',
      labelNames: ['signal', 'transport'],
      registers,
    });
    this.#items = new Counter({
      name: `${NAME}_accepted_items_total`,
      help: 'Spans, data points, log records, samples and so on that are durable.',
      labelNames: ['signal', 'transport'],
      registers,
    });
    this.#rejected = new Counter({
      name: `${NAME}_rejected_items_total`,
      help: 'Spans, data points, log records, samples and so on that were cut out, by reason.',
      labelNames: ['signal', 'transport', 'reason'],
      registers,
    });
    this.#sync = new Histogram({
      name: `${NAME}_wal_sync_seconds`,
      help: 'How long the disk took to make a batch durable.',
      labelNames: ['signal'],
      buckets: [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 1, 5],
      registers,
    });
    this.#batch = new Histogram({
      name: `${NAME}_wal_batch_requests`,
      help: 'Requests in one commit.',
      labelNames: ['signal'],
      buckets: [1, 2, 4, 8, 16, 32, 64, 128, 256],
      registers,
    });
    this.#failures = new Counter({
      name: `${NAME}_wal_write_failures_total`,
      help: 'Commits that failed and were taken back.',
      labelNames: ['signal'],
      registers,
    });
    this.#lost = new Counter({
      name: `${NAME}_wal_damaged_records_total`,
      help: 'Records that recovery found damaged and moved aside.',
      labelNames: ['signal'],
      registers,
    });
    this.#torn = new Counter({
      name: `${NAME}_wal_torn_bytes_total`,
      help: 'Bytes of unacknowledged batches that recovery cut off.',
      labelNames: ['signal'],
      registers,
    });
    registerGauges(registers, state);
  }

  /** One request has its result; `bytes` is its size as protobuf. */
  finished(signal: Signal, transport: Transport, result: IngestResult, bytes: number): void {
    const refused = result.outcome === 'refused';
    this.#requests.inc({
      signal,
      transport,
      outcome: result.outcome,
      reason: refused ? result.reason : result.rejected > 0 ? 'partial' : 'none',
    });
    if (refused) return;
    this.#bytes.inc({ signal, transport }, bytes);
    this.#items.inc({ signal, transport }, result.items);
  }

  rejected(signal: Signal, transport: Transport, byReason: ReadonlyMap<RejectionReason, number>): void {
    for (const [reason, count] of byReason) this.#rejected.inc({ signal, transport, reason }, count);
  }

  committed(signal: Signal, records: number, syncMs: number): void {
    this.#sync.observe({ signal }, syncMs / 1_000);
    this.#batch.observe({ signal }, records);
  }

  writeFailed(signal: Signal): void {
    this.#failures.inc({ signal });
  }

  recovered(signal: Signal, tornBytes: number, damagedRecords: number): void {
    this.#torn.inc({ signal }, tornBytes);
    this.#lost.inc({ signal }, damagedRecords);
  }
}

function registerGauges(registers: Registry[], state: CollectorState): void {
  new Gauge({
    name: `${NAME}_in_flight_bytes`,
    help: 'Bytes of requests that are being received, checked or committed.',
    registers,
    collect() {
      this.set(state.bytesInFlight());
    },
  });
  new Gauge({
    name: `${NAME}_wal_bytes`,
    help: 'Bytes of the WAL on disk that are not loaded yet.',
    labelNames: ['signal'],
    registers,
    collect() {
      for (const signal of SIGNALS) this.set({ signal }, state.walBytes(signal));
    },
  });
  new Gauge({
    name: `${NAME}_wal_sealed_segments`,
    help: 'Sealed segments that are not loaded yet.',
    labelNames: ['signal'],
    registers,
    collect() {
      for (const signal of SIGNALS) this.set({ signal }, state.sealedSegments(signal));
    },
  });
  new Gauge({
    name: `${NAME}_refusing`,
    help: '1 while requests are refused because the WAL is over its budget or cannot be written.',
    registers,
    collect() {
      this.set(state.refusing() ? 1 : 0);
    },
  });
}
