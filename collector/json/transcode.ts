import { TidewardenError } from '../../model/errors.ts';
import type { Signal } from '../../model/telemetry.ts';
import {
  type FieldSchema,
  MESSAGE_NAMES,
  type MessageName,
  REQUEST_MESSAGE,
  SCHEMA,
  type ScalarKind,
} from '../wire/schema.ts';
import { ProtoWriter } from './proto-writer.ts';
import { JsonValueError, parseBase64, parseBool, parseDouble, parseHex, parseInteger } from './values.ts';

/** The JSON is not an OTLP request: says at which path and why. */
export class TranscodeError extends TidewardenError {
  override readonly name = 'TranscodeError';
  constructor(path: string, problem: string) {
    super('otlp_json', `${path === '' ? 'the body' : path} ${problem}`);
  }
}

/** Messages nest this deep in JSON; the wire check is stricter, this only bounds the recursion. */
const MAX_NESTING = 400;

/** Each message's fields by the keys they may have: lowerCamelCase, and the name from the .proto file. */
const FIELDS = new Map<MessageName, ReadonlyMap<string, FieldSchema>>(
  MESSAGE_NAMES.map((message) => [
    message,
    new Map(
      SCHEMA[message].flatMap((field) => [field.name, camelCase(field.name)].map((key) => [key, field])),
    ),
  ]),
);

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/**
 * An OTLP/JSON request (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) as protobuf: ids are hex,
 * 64-bit integers are decimal text or numbers, enums are integers, unknown keys are ignored, null means absent.
 * Whether ids, times and text make sense is left to the wire check. Throws {@link TranscodeError}.
 */
export function transcode(signal: Signal, request: unknown, sizeHint?: number): Buffer {
  const writer = new ProtoWriter(sizeHint);
  writeMessage(writer, REQUEST_MESSAGE[signal], request, '', 0);
  return writer.finish();
}

function writeMessage(
  writer: ProtoWriter,
  message: MessageName,
  value: unknown,
  path: string,
  nesting: number,
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TranscodeError(path, 'must be an object');
  }
  if (nesting > MAX_NESTING) throw new TranscodeError(path, `nests deeper than ${MAX_NESTING} messages`);
  const fields = FIELDS.get(message);
  for (const [key, content] of Object.entries(value)) {
    const field = fields?.get(key);
    if (field === undefined || content === null) continue;
    if (field.repeated) writeRepeated(writer, field, content, () => join(path, key), nesting);
    else writeOne(writer, field, content, () => join(path, key), nesting);
  }
}

const join = (path: string, key: string): string => (path === '' ? key : `${path}.${key}`);

function writeRepeated(
  writer: ProtoWriter,
  field: FieldSchema,
  content: unknown,
  path: () => string,
  nesting: number,
): void {
  if (!Array.isArray(content)) throw new TranscodeError(path(), 'must be an array');
  const packed = field.kind === 'fixed64' || field.kind === 'double' || field.kind === 'uint64';
  if (packed) {
    if (content.length === 0) return;
    writer.tag(field.number, 2);
    const start = writer.open();
    content.forEach((entry, index) => {
      attempt(
        () => writeScalar(writer, field, entry),
        () => `${path()}[${index}]`,
      );
    });
    writer.close(start);
    return;
  }
  content.forEach((entry, index) => {
    writeOne(writer, field, entry, () => `${path()}[${index}]`, nesting);
  });
}

function writeOne(
  writer: ProtoWriter,
  field: FieldSchema,
  content: unknown,
  path: () => string,
  nesting: number,
): void {
  writer.tag(field.number, WIRE_TYPE[field.kind]);
  if (field.message !== undefined) {
    const start = writer.open();
    writeMessage(writer, field.message, content, path(), nesting + 1);
    writer.close(start);
  } else attempt(() => writeScalar(writer, field, content), path);
}

/** Puts the path in front of what a value parser throws. */
function attempt(write: () => void, path: () => string): void {
  try {
    write();
  } catch (error) {
    if (error instanceof JsonValueError) throw new TranscodeError(path(), error.message);
    throw error;
  }
}

const WIRE_TYPE = {
  string: 2,
  bytes: 2,
  traceId: 2,
  spanId: 2,
  message: 2,
  bool: 0,
  enum: 0,
  int64: 0,
  uint32: 0,
  sint32: 0,
  uint64: 0,
  fixed32: 5,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
} as const satisfies Record<FieldSchema['kind'], number>;

type ScalarWriter = (writer: ProtoWriter, value: unknown) => void;

const writeId: ScalarWriter = (writer, value) => writer.bytes(parseHex(value));

const SCALAR_WRITERS = {
  string: (writer, value) => {
    if (typeof value !== 'string') throw new JsonValueError('must be a string');
    writer.string(value);
  },
  bytes: (writer, value) => writer.bytes(parseBase64(value)),
  traceId: writeId,
  spanId: writeId,
  bool: (writer, value) => writer.varint(parseBool(value) ? 1 : 0),
  enum: (writer, value) => {
    if (typeof value === 'string' && !/^-?\d+$/.test(value)) {
      throw new JsonValueError('must be the integer of its enum, not the name');
    }
    writer.varint64(parseInteger(value, -(2n ** 31n), 2n ** 31n - 1n));
  },
  uint32: (writer, value) => writer.varint64(parseInteger(value, 0n, 2n ** 32n - 1n)),
  sint32: (writer, value) => writer.varint(zigzag(Number(parseInteger(value, -(2n ** 31n), 2n ** 31n - 1n)))),
  fixed32: (writer, value) => writer.fixed32(Number(parseInteger(value, 0n, 2n ** 32n - 1n))),
  int64: (writer, value) => writer.varint64(parseInteger(value, -(2n ** 63n), 2n ** 63n - 1n)),
  uint64: (writer, value) => writer.varint64(parseInteger(value, 0n, 2n ** 64n - 1n)),
  fixed64: (writer, value) => writer.fixed64(parseInteger(value, 0n, 2n ** 64n - 1n)),
  sfixed64: (writer, value) => writer.fixed64(parseInteger(value, -(2n ** 63n), 2n ** 63n - 1n)),
  double: (writer, value) => writer.double(parseDouble(value)),
} as const satisfies Record<ScalarKind, ScalarWriter>;

const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);

function writeScalar(writer: ProtoWriter, field: FieldSchema, value: unknown): void {
  if (field.kind !== 'message') SCALAR_WRITERS[field.kind](writer, value);
}
