import { ProtoWriter } from '../../../collector/json/proto-writer.ts';
import type { StoredAttributes } from '../../../storage/attributes.ts';
import type { StoredSpan, StoredTrace } from '../../../storage/traces.ts';
import { SPAN_KINDS } from '../../../traceql/ast.ts';
import { type AnyValue, type KeyValue, keyValues } from './any-value.ts';
import { groupByResource, type ResourceSpans } from './resource-spans.ts';

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const STATUS_CODES = { unset: 0, ok: 1, error: 2 } as const;

/** A trace as a message whose field 1 is its ResourceSpans, in pieces: Tempo's `Trace`, OTLP's `TracesData`. */
export function* traceProtobuf(trace: StoredTrace): Iterable<Buffer> {
  for (const group of groupByResource(trace)) {
    const writer = new ProtoWriter(65_536);
    message(writer, 1, () => writeResourceSpans(writer, trace.traceId, group));
    yield writer.finish();
  }
}

function writeResourceSpans(writer: ProtoWriter, traceId: string, { resource, scopes }: ResourceSpans): void {
  const traceBytes = Buffer.from(traceId, 'hex');
  message(writer, 1, () => writeAttributes(writer, 1, resource));
  for (const { scope, spans } of scopes)
    message(writer, 2, () => {
      message(writer, 1, () => {
        text(writer, 1, scope.name);
        text(writer, 2, scope.version);
        writeAttributes(writer, 3, scope.attributes);
      });
      for (const span of spans) message(writer, 2, () => writeSpan(writer, traceBytes, span));
    });
}

function writeSpan(writer: ProtoWriter, traceId: Buffer, span: StoredSpan): void {
  bytes(writer, 1, traceId);
  bytes(writer, 2, Buffer.from(span.spanId, 'hex'));
  text(writer, 3, span.traceState);
  if (span.parentSpanId !== null) bytes(writer, 4, Buffer.from(span.parentSpanId, 'hex'));
  text(writer, 5, span.name);
  integer(writer, 6, SPAN_KINDS.indexOf(span.kind));
  fixed64(writer, 7, span.startNanos);
  fixed64(writer, 8, span.startNanos + span.durationNanos);
  writeAttributes(writer, 9, span.attributes);
  for (const { atNanos, name, attributes } of span.events)
    message(writer, 11, () => {
      fixed64(writer, 1, atNanos);
      text(writer, 2, name);
      writeAttributes(writer, 3, attributes);
    });
  for (const link of span.links)
    message(writer, 13, () => {
      bytes(writer, 1, Buffer.from(link.traceId, 'hex'));
      bytes(writer, 2, Buffer.from(link.spanId, 'hex'));
      writeAttributes(writer, 4, link.attributes);
    });
  message(writer, 15, () => {
    text(writer, 2, span.statusMessage);
    integer(writer, 3, STATUS_CODES[span.status]);
  });
}

const writeAttributes = (writer: ProtoWriter, field: number, attributes: StoredAttributes): void =>
  writeKeyValues(writer, field, keyValues(attributes));

function writeKeyValues(writer: ProtoWriter, field: number, attributes: readonly KeyValue[]): void {
  for (const { key, value } of attributes)
    message(writer, field, () => {
      text(writer, 1, key);
      message(writer, 2, () => writeValue(writer, value));
    });
}

/** A member of a oneof is written even where it is empty or zero. */
function writeValue(writer: ProtoWriter, value: AnyValue): void {
  if ('stringValue' in value) {
    writer.tag(1, BYTES);
    writer.string(value.stringValue as string);
  } else if ('boolValue' in value) {
    writer.tag(2, VARINT);
    writer.varint(value.boolValue ? 1 : 0);
  } else if ('intValue' in value) {
    writer.tag(3, VARINT);
    writer.varint64(BigInt(value.intValue as string));
  } else if ('doubleValue' in value) {
    writer.tag(4, FIXED64);
    writer.double(Number(value.doubleValue));
  } else if ('arrayValue' in value) {
    const { values } = value.arrayValue as { readonly values: readonly AnyValue[] };
    message(writer, 5, () => {
      for (const each of values) message(writer, 1, () => writeValue(writer, each));
    });
  } else if ('kvlistValue' in value) {
    const { values } = value.kvlistValue as { readonly values: readonly KeyValue[] };
    message(writer, 6, () => writeKeyValues(writer, 1, values));
  } else if ('bytesValue' in value) bytes(writer, 7, Buffer.from(value.bytesValue as string, 'base64'));
}

function message(writer: ProtoWriter, field: number, write: () => void): void {
  writer.tag(field, BYTES);
  const start = writer.open();
  write();
  writer.close(start);
}

function text(writer: ProtoWriter, field: number, value: string): void {
  if (value === '') return;
  writer.tag(field, BYTES);
  writer.string(value);
}

function bytes(writer: ProtoWriter, field: number, value: Uint8Array): void {
  writer.tag(field, BYTES);
  writer.bytes(value);
}

function integer(writer: ProtoWriter, field: number, value: number): void {
  if (value === 0) return;
  writer.tag(field, VARINT);
  writer.varint(value);
}

function fixed64(writer: ProtoWriter, field: number, value: bigint): void {
  if (value === 0n) return;
  writer.tag(field, FIXED64);
  writer.fixed64(value);
}
