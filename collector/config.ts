/** Where a receiver listens. Port 0 takes any free one. */
interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** Limits are refusals, never silent drops. All sizes are bytes. */
export interface CollectorConfig {
  readonly otlpHttp: ListenAddress;
  readonly otlpGrpc: ListenAddress;
  readonly walDirectory: string;
  /** Of a request as it comes, compressed or not. */
  readonly maxBodyBytes: number;
  /** Of a request after decompression. */
  readonly maxDecompressedBytes: number;
  /** Of all requests that are being received, checked or committed. */
  readonly maxBytesInFlight: number;
  /** Of the WAL on disk, all signals. */
  readonly maxWalBytes: number;
  /** A segment is sealed when it is this large, */
  readonly segmentBytes: number;
  /** or this long after its first record. */
  readonly segmentMs: number;
  /** A client that has not sent its whole request by then is cut off. */
  readonly requestTimeoutMs: number;
}

const MIB = 1024 * 1024;

/** Everything but the WAL's place. 20 MiB is what the OTLP specification recommends as the limit of a body. */
export const COLLECTOR_DEFAULTS = {
  otlpHttp: { host: '127.0.0.1', port: 4318 },
  otlpGrpc: { host: '127.0.0.1', port: 4317 },
  maxBodyBytes: 20 * MIB,
  maxDecompressedBytes: 20 * MIB,
  maxBytesInFlight: 128 * MIB,
  maxWalBytes: 4096 * MIB,
  segmentBytes: 32 * MIB,
  segmentMs: 1_000,
  requestTimeoutMs: 30_000,
} as const satisfies Omit<CollectorConfig, 'walDirectory'>;
