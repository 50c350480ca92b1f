import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Registry } from 'prom-client';
import type { OtlpSignal, Signal } from '../model/telemetry.ts';
import type { Clock } from '../model/units.ts';
import type { CollectorConfig } from './config.ts';
import { FlightBudget } from './flight.ts';
import { Ingest } from './ingest.ts';
import { TranscodeError, transcode } from './json/transcode.ts';
import { CollectorMetrics } from './observe.ts';
import { type IngestResult, refuseForGood, refuseForNow } from './outcome.ts';
import type { Authenticate } from './receivers/bearer.ts';
import { GrpcReceiver } from './receivers/grpc.ts';
import { HttpReceiver } from './receivers/http.ts';
import { end } from './receivers/http-end.ts';
import { RemoteWriteReceiver } from './receivers/remote-write.ts';
import type { SegmentFiles } from './wal/files.ts';
import type { SealedSegment, SegmentSource } from './wal/segment.ts';
import type { WalRecord } from './wal/signal-log.ts';
import { Wal } from './wal/wal.ts';
import { checkBody } from './wire/check.ts';

/** How long requests under way may take to finish when the collector stops. */
const STOP_GRACE_MS = 2_000;
/** Write failures come with every request while a disk is full; one line in this time is enough. */
const FAILURE_LOG_MS = 10_000;

export interface CollectorOptions {
  readonly config: CollectorConfig;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly registry: Registry;
  /** Asked for every request where given; everybody may send where not. */
  readonly authenticate?: Authenticate;
  /** The disk; tests hand in one that fails. */
  readonly files?: SegmentFiles;
}

export interface Collector {
  /** Recovers the WAL, then listens. Throws where the directory or an address cannot be had. */
  start(): Promise<void>;
  /** Stops accepting, commits and seals what it has. `segments` still serves what is left. */
  stop(): Promise<void>;
  /** Takes an OTLP request from inside the process; what a receiver does with a body. Never rejects. */
  ingest(signal: Signal, protobuf: Buffer): Promise<IngestResult>;
  /** The same for an OTLP/JSON request that is an object already. Never rejects. */
  ingestJson(signal: OtlpSignal, request: object): Promise<IngestResult>;
  /** Answers a request of Prometheus's remote write, for the server that has it; that one asks for the token. */
  remoteWrite(request: IncomingMessage, response: ServerResponse): Promise<void>;
  /** What the loader consumes; `next` waits for `start`. */
  readonly segments: SegmentSource;
  /** Where the receivers listen; ports are those that were bound. Throws before `start`. */
  readonly addresses: CollectorAddresses;
}

interface CollectorAddresses {
  readonly http: { readonly host: string; readonly port: number };
  readonly grpc: { readonly host: string; readonly port: number };
}

interface Running {
  readonly wal: Wal;
  readonly ingest: Ingest;
  readonly http: HttpReceiver;
  readonly grpc: GrpcReceiver;
  readonly remoteWrite: RemoteWriteReceiver;
  readonly addresses: CollectorAddresses;
}

/** Builds the collector room: receivers, wire check and WAL. */
export function createCollector(options: CollectorOptions): Collector {
  const { config } = options;
  const flight = new FlightBudget(config.maxBytesInFlight);
  let running: Running | null = null;
  let accepting = false;
  const opened = Promise.withResolvers<Wal>();
  const metrics = new CollectorMetrics(options.registry, {
    bytesInFlight: () => flight.used,
    walBytes: (signal) => running?.wal.signalBytes(signal) ?? 0,
    sealedSegments: (signal) => running?.wal.sealedSegments(signal) ?? 0,
    refusing: () => running?.ingest.refusing ?? false,
  });

  const ingest = async (signal: Signal, protobuf: Buffer): Promise<IngestResult> => {
    if (running === null || !accepting) return notRunning();
    return running.ingest.ingest(signal, protobuf, 'internal');
  };

  return {
    async start() {
      if (running !== null) throw new Error('the collector was started already');
      const wal = await openWal(options, metrics);
      const pipeline = new Ingest({ config, wal, metrics, logger: options.logger });
      const shared = { config, ingest: pipeline, flight, metrics };
      const receiverOptions =
        options.authenticate === undefined ? shared : { ...shared, authenticate: options.authenticate };
      const http = new HttpReceiver(receiverOptions);
      const grpc = new GrpcReceiver(receiverOptions);
      try {
        const addresses = {
          http: { host: config.otlpHttp.host, port: await http.start() },
          grpc: { host: config.otlpGrpc.host, port: await grpc.start() },
        };
        running = {
          wal,
          ingest: pipeline,
          http,
          grpc,
          remoteWrite: new RemoteWriteReceiver(shared),
          addresses,
        };
      } catch (error) {
        await Promise.all([http.stop(0), grpc.stop(0)]);
        await wal.close();
        throw error;
      }
      accepting = true;
      opened.resolve(wal);
    },

    async stop() {
      if (running === null || !accepting) return;
      await Promise.all([running.http.stop(STOP_GRACE_MS), running.grpc.stop(STOP_GRACE_MS)]);
      accepting = false;
      await running.wal.close();
    },

    ingest,

    async ingestJson(signal, request) {
      try {
        return await ingest(signal, transcode(signal, request));
      } catch (error) {
        if (error instanceof TranscodeError) return refuseForGood('malformed', error.message);
        throw error;
      }
    },

    async remoteWrite(request, response) {
      if (running !== null && accepting) return running.remoteWrite.handle(request, response);
      response.setHeader('Retry-After', '2');
      end(
        request,
        response,
        503,
        'text/plain; charset=utf-8',
        'the collector is not running: try again later\n',
      );
    },

    segments: segmentsOf(opened.promise, () => running?.wal ?? null),

    get addresses() {
      if (running === null) throw new Error('the collector listens nowhere yet: call start() first');
      return running.addresses;
    },
  };
}

const notRunning = (): IngestResult =>
  refuseForNow('stopping', 'the collector is not running: try again later', 2);

function openWal(options: CollectorOptions, metrics: CollectorMetrics): Promise<Wal> {
  const { config, clock, logger, files } = options;
  let loggedMs = Number.NEGATIVE_INFINITY;
  return Wal.open({
    directory: config.walDirectory,
    segmentBytes: config.segmentBytes,
    segmentMs: config.segmentMs,
    clock,
    logger,
    recount,
    onCommit: (signal, { records, syncMs }) => metrics.committed(signal, records, syncMs),
    onFailure: (signal, error) => {
      metrics.writeFailed(signal);
      if (clock.monotonic() - loggedMs < FAILURE_LOG_MS) return;
      loggedMs = clock.monotonic();
      logger.error({ signal, err: error }, 'cannot write the WAL; clients are told to try again later');
    },
    onRecovered: (signal, tornBytes, damaged) => metrics.recovered(signal, tornBytes, damaged),
    ...(files === undefined ? {} : { files }),
  });
}

/** For a record whose sidecar entry is damaged: it counts only if nothing in it would be cut. */
function recount(signal: Signal, body: Buffer): Omit<WalRecord, 'body'> | null {
  const checked = checkBody(signal, body);
  return checked.ok && checked.rejected === 0 && checked.body === body && checked.items > 0 ? checked : null;
}

function segmentsOf(opened: Promise<Wal>, current: () => Wal | null): SegmentSource {
  const wal = (): Wal => {
    const open = current();
    if (open === null) throw new Error('the WAL is not open yet: call start() first');
    return open;
  };
  return {
    next: async (signal: Signal, abort: AbortSignal): Promise<SealedSegment | null> => {
      const open = current() ?? (await Promise.race([opened, aborted(abort)]));
      return open === null ? null : open.next(signal, abort);
    },
    release: (segment) => wal().release(segment),
    retry: (segment) => wal().retry(segment),
    recordTable: (segment) => wal().recordTable(segment),
    readRecord: (segment, index) => wal().readRecord(segment, index),
    bytes: () => current()?.bytes() ?? 0,
  };
}

const aborted = (abort: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (abort.aborted) resolve(null);
    else abort.addEventListener('abort', () => resolve(null), { once: true });
  });
