import {
  Metadata,
  Server,
  ServerCredentials,
  type ServerUnaryCall,
  type ServiceDefinition,
  type sendUnaryData,
} from '@grpc/grpc-js';
import { SIGNALS, type Signal } from '../../model/telemetry.ts';
import type { CollectorConfig } from '../config.ts';
import type { FlightBudget } from '../flight.ts';
import type { Ingest } from '../ingest.ts';
import type { CollectorMetrics } from '../observe.ts';
import { type IngestResult, refuseForGood, refuseForNow } from '../outcome.ts';
import { grpcCodeOf, responseToProtobuf, statusToProtobuf } from './answer.ts';
import { type Authenticate, bearerToken } from './bearer.ts';
import { overBudget } from './body.ts';

const SERVICE = {
  traces: 'opentelemetry.proto.collector.trace.v1.TraceService',
  metrics: 'opentelemetry.proto.collector.metrics.v1.MetricsService',
  logs: 'opentelemetry.proto.collector.logs.v1.LogsService',
} as const satisfies Record<Signal, string>;

/** The wire check reads the bytes, so nothing is decoded here. */
const raw = (bytes: Buffer): Buffer => bytes;

const definition = (signal: Signal): ServiceDefinition => ({
  Export: {
    path: `/${SERVICE[signal]}/Export`,
    requestStream: false,
    responseStream: false,
    requestSerialize: raw,
    requestDeserialize: raw,
    responseSerialize: raw,
    responseDeserialize: raw,
  },
});

/** Messages that one connection may have under way; each may be as large as the limit of a body. */
const MAX_STREAMS = 128;

export interface GrpcReceiverOptions {
  readonly config: CollectorConfig;
  readonly ingest: Ingest;
  readonly flight: FlightBudget;
  readonly metrics: CollectorMetrics;
  readonly authenticate?: Authenticate;
}

/** OTLP/gRPC: https://opentelemetry.io/docs/specs/otlp/#otlpgrpc. grpc-js inflates gzip and deflate and refuses zstd. */
export class GrpcReceiver {
  readonly #options: GrpcReceiverOptions;
  readonly #server: Server;
  #stopping = false;

  constructor(options: GrpcReceiverOptions) {
    this.#options = options;
    this.#server = new Server({
      'grpc.max_receive_message_length': options.config.maxDecompressedBytes,
      'grpc.max_concurrent_streams': MAX_STREAMS,
    });
    for (const signal of SIGNALS) {
      this.#server.addService(definition(signal), {
        Export: (call: ServerUnaryCall<Buffer, Buffer>, callback: sendUnaryData<Buffer>) => {
          void this.#export(signal, call).then((result) => answer(result, callback));
        },
      });
    }
  }

  /** Listens; throws where the address is taken. Returns the port. */
  start(): Promise<number> {
    const { host, port } = this.#options.config.otlpGrpc;
    const address = `${host.includes(':') ? `[${host}]` : host}:${port}`;
    return new Promise((resolve, reject) => {
      this.#server.bindAsync(address, ServerCredentials.createInsecure(), (error, bound) => {
        if (error === null) resolve(bound);
        else reject(error);
      });
    });
  }

  /** Takes no new calls, lets those under way finish for `graceMs`, then cuts them off. */
  async stop(graceMs: number): Promise<void> {
    this.#stopping = true;
    const timer = setTimeout(() => this.#server.forceShutdown(), graceMs);
    await new Promise<void>((resolve) => this.#server.tryShutdown(() => resolve()));
    clearTimeout(timer);
  }

  async #export(signal: Signal, call: ServerUnaryCall<Buffer, Buffer>): Promise<IngestResult> {
    const { flight, ingest, metrics } = this.#options;
    const refusal = this.#admit(call);
    if (refusal !== null) {
      metrics.finished(signal, 'grpc', refusal, 0);
      return refusal;
    }
    const ticket = flight.board();
    try {
      if (ticket.take(call.request.length)) return await ingest.ingest(signal, call.request, 'grpc');
      const result = overBudget();
      metrics.finished(signal, 'grpc', result, 0);
      return result;
    } finally {
      ticket.release();
    }
  }

  #admit(call: ServerUnaryCall<Buffer, Buffer>): Extract<IngestResult, { outcome: 'refused' }> | null {
    if (this.#stopping) return refuseForNow('stopping', 'the collector is stopping: try again later', 2);
    const { authenticate } = this.#options;
    if (authenticate === undefined) return null;
    const header = call.metadata.get('authorization')[0];
    if (authenticate(bearerToken(header?.toString()))) return null;
    return refuseForGood('unauthenticated', 'send a valid token as "authorization: Bearer <token>"');
  }
}

function answer(result: IngestResult, callback: sendUnaryData<Buffer>): void {
  if (result.outcome === 'accepted') {
    callback(null, responseToProtobuf(result));
    return;
  }
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', statusToProtobuf(result));
  callback({ code: grpcCodeOf(result), details: result.message, metadata });
}
