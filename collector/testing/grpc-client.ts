import { Client, credentials, Metadata, type ServiceError } from '@grpc/grpc-js';
import type { OtlpSignal } from '../../model/telemetry.ts';

const PATH = {
  traces: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
  metrics: '/opentelemetry.proto.collector.metrics.v1.MetricsService/Export',
  logs: '/opentelemetry.proto.collector.logs.v1.LogsService/Export',
} as const satisfies Record<OtlpSignal, string>;

export type GrpcAnswer =
  | { readonly ok: true; readonly body: Buffer }
  | {
      readonly ok: false;
      readonly code: number;
      readonly details: string;
      readonly statusDetails: Buffer | null;
    };

const raw = (bytes: Buffer): Buffer => bytes;

/** Sends raw bytes as an Export call, as no generated client would. */
export class RawGrpcClient {
  readonly #client: Client;

  constructor(address: string, options: Record<string, string | number> = {}) {
    this.#client = new Client(address, credentials.createInsecure(), options);
  }

  export(signal: OtlpSignal, body: Buffer, headers: Record<string, string> = {}): Promise<GrpcAnswer> {
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    return new Promise((resolve) => {
      this.#client.makeUnaryRequest(
        PATH[signal],
        raw,
        raw,
        body,
        metadata,
        { deadline: Infinity },
        (error: ServiceError | null, value) => {
          if (error === null) return resolve({ ok: true, body: value ?? Buffer.alloc(0) });
          const [details] = error.metadata.get('grpc-status-details-bin');
          resolve({
            ok: false,
            code: error.code,
            details: error.details,
            statusDetails: details === undefined ? null : Buffer.from(details),
          });
        },
      );
    });
  }

  close(): void {
    this.#client.close();
  }
}
