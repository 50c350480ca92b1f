import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { OtlpSignal } from '../../model/telemetry.ts';
import type { CollectorConfig } from '../config.ts';
import type { FlightBudget } from '../flight.ts';
import type { Ingest } from '../ingest.ts';
import type { CollectorMetrics } from '../observe.ts';
import { type IngestResult, refuseForGood, refuseForNow } from '../outcome.ts';
import { CODE, grpcCodeOf, responseToProtobuf } from './answer.ts';
import { type Authenticate, bearerToken } from './bearer.ts';
import { encodingOf, GRPC_ENCODINGS, readMessage, sendMessage, sendStatus } from './grpc-stream.ts';

const METHODS: Readonly<Record<string, OtlpSignal>> = {
  '/opentelemetry.proto.collector.trace.v1.TraceService/Export': 'traces',
  '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export': 'metrics',
  '/opentelemetry.proto.collector.logs.v1.LogsService/Export': 'logs',
};

/**
 * What a client may send before we have read it. The default of 64 KiB makes it wait for us several times in every
 * batch of 512 spans; frames of 16 KiB make as many events of it.
 */
const STREAM_WINDOW_BYTES = 1024 * 1024;
const CONNECTION_WINDOW_BYTES = 4 * 1024 * 1024;
const FRAME_BYTES = 256 * 1024;
const MAX_STREAMS = 128;
/** Node's own bound on a session's memory, MB; what we hold is bounded by the flight budget. */
const SESSION_MEMORY_MB = 1_024;

type Refusal = Extract<IngestResult, { outcome: 'refused' }>;

export interface GrpcReceiverOptions {
  readonly config: CollectorConfig;
  readonly ingest: Ingest;
  readonly flight: FlightBudget;
  readonly metrics: CollectorMetrics;
  readonly authenticate?: Authenticate;
}

/**
 * OTLP/gRPC: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc. Three unary methods straight on HTTP/2: measured against
 * grpc-js it takes half the CPU a span, and it counts a message's bytes against the budget while they come.
 */
export class GrpcReceiver {
  readonly #options: GrpcReceiverOptions;
  readonly #server: Http2Server;
  readonly #sessions = new Set<ServerHttp2Session>();
  #stopping = false;

  constructor(options: GrpcReceiverOptions) {
    this.#options = options;
    this.#server = createServer({
      maxSessionMemory: SESSION_MEMORY_MB,
      settings: {
        initialWindowSize: STREAM_WINDOW_BYTES,
        maxFrameSize: FRAME_BYTES,
        maxConcurrentStreams: MAX_STREAMS,
      },
    });
    this.#server.on('session', (session) => {
      this.#sessions.add(session);
      session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
      session.once('close', () => this.#sessions.delete(session));
      // A connection that breaks takes its streams with it; they notice.
      session.on('error', () => undefined);
    });
    this.#server.on('stream', (stream, headers) => {
      stream.on('error', () => undefined);
      // A stream may break at any step of an answer; nothing is left to tell its client then.
      this.#handle(stream, headers).catch(() => stream.destroy());
    });
  }

  /** Listens; throws where the address is taken. Returns the port. */
  async start(): Promise<number> {
    const { host, port } = this.#options.config.otlpGrpc;
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, host, resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no new calls, lets those under way finish for `graceMs`, then cuts them off. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    if (!this.#server.listening) return;
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const session of this.#sessions) session.close();
    const timer = setTimeout(() => {
      for (const session of this.#sessions) session.destroy();
    }, graceMs);
    await closed;
    clearTimeout(timer);
  }

  async #handle(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): Promise<void> {
    if (!String(headers['content-type'] ?? '').startsWith('application/grpc')) {
      stream.respond({ ':status': 415 }, { endStream: true });
      stream.resume();
      return;
    }
    const path = String(headers[':path']);
    const signal = Object.hasOwn(METHODS, path) ? METHODS[path] : undefined;
    if (signal === undefined) {
      sendStatus(
        stream,
        CODE.unimplemented,
        `unknown method ${path}: only the Export calls of OTLP are answered`,
      );
      return;
    }
    const result = await this.#export(signal, stream, headers);
    if (result.outcome === 'accepted') sendMessage(stream, responseToProtobuf(result));
    else sendStatus(stream, grpcCodeOf(result), result.message, result);
  }

  async #export(
    signal: OtlpSignal,
    stream: ServerHttp2Stream,
    headers: IncomingHttpHeaders,
  ): Promise<IngestResult> {
    const { config, flight, ingest, metrics } = this.#options;
    const refuse = (refusal: Refusal): Refusal => {
      metrics.finished(signal, 'grpc', refusal, 0);
      return refusal;
    };
    const refusal = this.#admit(headers);
    if (refusal !== null) return refuse(refusal);
    const ticket = flight.board();
    try {
      const read = await readMessage(stream, headers, config, ticket, config.requestTimeoutMs);
      return read.ok ? await ingest.ingest(signal, read.body, 'grpc') : refuse(read.refusal);
    } finally {
      ticket.release();
    }
  }

  /** What the headers alone decide. */
  #admit(headers: IncomingHttpHeaders): Refusal | null {
    if (this.#stopping) return refuseForNow('stopping', 'the collector is stopping: try again later', 2);
    const { authenticate } = this.#options;
    if (authenticate !== undefined && !authenticate(bearerToken(headers.authorization))) {
      return refuseForGood('unauthenticated', 'send a valid token as "authorization: Bearer <token>"');
    }
    if (!GRPC_ENCODINGS.some((encoding) => encoding === encodingOf(headers))) {
      return refuseForGood(
        'content_encoding',
        `messages may be compressed with ${GRPC_ENCODINGS.join(', ')}, not with ${encodingOf(headers)}`,
      );
    }
    return null;
  }
}
