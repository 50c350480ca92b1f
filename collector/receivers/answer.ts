import type { OtlpSignal } from '../../model/telemetry.ts';
import { ProtoWriter } from '../json/proto-writer.ts';
import type { Accepted, IngestResult } from '../outcome.ts';

/** The messages that OTLP answers with, in both encodings. The three responses have the same fields by number. */

const REJECTED_FIELD = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
} as const satisfies Record<OtlpSignal, string>;

/** `Export<OtlpSignal>ServiceResponse` as protobuf; empty on full success, as the specification demands. */
export function responseToProtobuf(accepted: Accepted): Buffer {
  const writer = new ProtoWriter(64);
  if (accepted.rejected > 0 || accepted.message !== '') {
    writer.tag(1, 2);
    const partial = writer.open();
    writer.tag(1, 0);
    writer.varint(accepted.rejected);
    writer.tag(2, 2);
    writer.string(accepted.message);
    writer.close(partial);
  }
  return writer.finish();
}

/** `Export<OtlpSignal>ServiceResponse` as OTLP/JSON; 64-bit integers are text there. */
export function responseToJson(signal: OtlpSignal, accepted: Accepted): string {
  if (accepted.rejected === 0 && accepted.message === '') return '{}';
  return JSON.stringify({
    partialSuccess: { [REJECTED_FIELD[signal]]: String(accepted.rejected), errorMessage: accepted.message },
  });
}

/** gRPC status codes that we answer with (google.rpc.Code). */
export const CODE = {
  invalidArgument: 3,
  deadlineExceeded: 4,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
  unauthenticated: 16,
} as const;

type Refusal = Exclude<IngestResult, Accepted>;

/** The gRPC code and the HTTP status of each refusal. */
const STATUS_OF: Readonly<Record<Refusal['reason'], { readonly code: number; readonly http: number }>> = {
  in_flight: { code: CODE.resourceExhausted, http: 429 },
  wal_full: { code: CODE.unavailable, http: 503 },
  wal_failed: { code: CODE.unavailable, http: 503 },
  stopping: { code: CODE.unavailable, http: 503 },
  malformed: { code: CODE.invalidArgument, http: 400 },
  body_too_large: { code: CODE.resourceExhausted, http: 413 },
  content_type: { code: CODE.invalidArgument, http: 415 },
  content_encoding: { code: CODE.unimplemented, http: 415 },
  unauthenticated: { code: CODE.unauthenticated, http: 401 },
  method: { code: CODE.unimplemented, http: 405 },
  client_gone: { code: CODE.deadlineExceeded, http: 408 },
  timeout: { code: CODE.deadlineExceeded, http: 408 },
  internal: { code: CODE.internal, http: 500 },
};

export const grpcCodeOf = (refusal: Refusal): number => STATUS_OF[refusal.reason].code;
export const httpStatusOf = (refusal: Refusal): number => STATUS_OF[refusal.reason].http;

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';
const BAD_REQUEST = 'type.googleapis.com/google.rpc.BadRequest';

/** `google.rpc.Status` as protobuf: RetryInfo where a retry may succeed, BadRequest where the data is bad. */
export function statusToProtobuf(refusal: Refusal): Buffer {
  const writer = new ProtoWriter(256);
  writer.tag(1, 0);
  writer.varint(grpcCodeOf(refusal));
  writer.tag(2, 2);
  writer.string(refusal.message);
  if (refusal.retryable) {
    const seconds = refusal.retryAfterSeconds;
    writeDetail(writer, RETRY_INFO, () => {
      writer.tag(1, 2);
      const delay = writer.open();
      writer.tag(1, 0);
      writer.varint(seconds);
      writer.close(delay);
    });
  } else if (refusal.reason === 'malformed') {
    writeDetail(writer, BAD_REQUEST, () => {
      writer.tag(1, 2);
      const violation = writer.open();
      writer.tag(2, 2);
      writer.string(refusal.message);
      writer.close(violation);
    });
  }
  return writer.finish();
}

/** One `google.protobuf.Any` in `Status.details`. */
function writeDetail(writer: ProtoWriter, typeUrl: string, writeValue: () => void): void {
  writer.tag(3, 2);
  const any = writer.open();
  writer.tag(1, 2);
  writer.string(typeUrl);
  writer.tag(2, 2);
  const value = writer.open();
  writeValue();
  writer.close(value);
  writer.close(any);
}

/** `google.rpc.Status` as JSON, with the same details. */
export function statusToJson(refusal: Refusal): string {
  const details = refusal.retryable
    ? [{ '@type': RETRY_INFO, retryDelay: `${refusal.retryAfterSeconds}s` }]
    : refusal.reason === 'malformed'
      ? [{ '@type': BAD_REQUEST, fieldViolations: [{ description: refusal.message }] }]
      : undefined;
  return JSON.stringify({ code: grpcCodeOf(refusal), message: refusal.message, details });
}
