import { TidewardenError } from '../../model/errors.ts';
import type { OtlpSignal } from '../../model/telemetry.ts';
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

/** Keys and indices on the way to a value; the wire check is stricter, this only bounds the recursion. */
const MAX_PATH = 1_000;

/**
 * An OTLP/JSON request (https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding) as protobuf: ids are hex,
 * 64-bit integers are decimal text or numbers, enums are integers, unknown keys are ignored, null means absent.
 * Whether ids, times and text make sense is left to the wire check. Throws {@link TranscodeError}.
 */
export function transcode(signal: OtlpSignal, request: unknown, sizeHint?: number): Buffer {
  const transcoder = new Transcoder(sizeHint);
  try {
    transcoder.message(FIELDS[REQUEST_MESSAGE[signal]], request);
  } catch (error) {
    if (error instanceof JsonValueError) throw new TranscodeError(transcoder.where(), error.message);
    throw error;
  }
  return transcoder.writer.finish();
}

/** Walks objects and schema side by side. `path` holds where it is, so that only a failure pays for naming the place. */
class Transcoder {
  readonly writer: ProtoWriter;
  readonly #path: (string | number)[] = [];

  constructor(sizeHint: number | undefined) {
    this.writer = new ProtoWriter(sizeHint);
  }

  /** `resourceSpans[0].scopeSpans[2].spans` */
  where(): string {
    return this.#path
      .map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`))
      .join('')
      .slice(1);
  }

  message(fields: FieldsByKey, value: unknown): void {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new JsonValueError('must be an object');
    }
    if (this.#path.length > MAX_PATH) throw new JsonValueError(`nests deeper than ${MAX_PATH} keys`);
    const object = value as Readonly<Record<string, unknown>>;
    for (const key in object) {
      const field = fields.get(key);
      const content = object[key];
      if (field === undefined || content === null) continue;
      this.#path.push(key);
      if (field.packed) this.#packed(field, arrayOf(content));
      else if (field.repeated) this.#repeated(field, arrayOf(content));
      else this.#one(field, content);
      this.#path.pop();
    }
  }

  #repeated(field: Field, contents: readonly unknown[]): void {
    for (let index = 0; index < contents.length; index++) {
      this.#path.push(index);
      this.#one(field, contents[index]);
      this.#path.pop();
    }
  }

  #packed(field: Field, contents: readonly unknown[]): void {
    if (contents.length === 0) return;
    this.writer.tag(field.number, 2);
    const start = this.writer.open();
    for (let index = 0; index < contents.length; index++) {
      this.#path.push(index);
      field.write(this.writer, contents[index]);
      this.#path.pop();
    }
    this.writer.close(start);
  }

  #one(field: Field, content: unknown): void {
    this.writer.tag(field.number, field.wireType);
    if (field.child === null) field.write(this.writer, content);
    else {
      const start = this.writer.open();
      this.message(FIELDS[field.child], content);
      this.writer.close(start);
    }
  }
}

function arrayOf(content: unknown): readonly unknown[] {
  if (!Array.isArray(content)) throw new JsonValueError('must be an array');
  return content;
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
  sint64: 0,
  uint64: 0,
  fixed32: 5,
  fixed64: 1,
  sfixed64: 1,
  double: 1,
} as const satisfies Record<FieldSchema['kind'], number>;

const INT32_MIN = -(2n ** 31n);
const INT32_MAX = 2n ** 31n - 1n;
const UINT32_MAX = 2n ** 32n - 1n;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
const UINT64_MAX = 2n ** 64n - 1n;

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
    writer.varint64(parseInteger(value, INT32_MIN, INT32_MAX));
  },
  uint32: (writer, value) => writer.varint64(parseInteger(value, 0n, UINT32_MAX)),
  sint32: (writer, value) => writer.varint(zigzag(Number(parseInteger(value, INT32_MIN, INT32_MAX)))),
  sint64: (writer, value) => {
    const integer = parseInteger(value, INT64_MIN, INT64_MAX);
    writer.varint64((integer << 1n) ^ (integer >> 63n));
  },
  fixed32: (writer, value) => writer.fixed32(Number(parseInteger(value, 0n, UINT32_MAX))),
  int64: (writer, value) => writer.varint64(parseInteger(value, INT64_MIN, INT64_MAX)),
  uint64: (writer, value) => writer.varint64(parseInteger(value, 0n, UINT64_MAX)),
  fixed64: (writer, value) => writer.fixed64(parseInteger(value, 0n, UINT64_MAX)),
  sfixed64: (writer, value) => writer.fixed64(parseInteger(value, INT64_MIN, INT64_MAX)),
  double: (writer, value) => writer.double(parseDouble(value)),
} as const satisfies Record<ScalarKind, ScalarWriter>;

const zigzag = (value: number): number => (value >= 0 ? value * 2 : -value * 2 - 1);

/** A field as the transcoder needs it. */
interface Field {
  readonly number: number;
  readonly wireType: number;
  readonly repeated: boolean;
  /** Repeated numbers share one length-delimited field. */
  readonly packed: boolean;
  readonly child: MessageName | null;
  readonly write: ScalarWriter;
}

type FieldsByKey = ReadonlyMap<string, Field>;

const PACKABLE: ReadonlySet<FieldSchema['kind']> = new Set(['fixed64', 'double', 'uint64', 'sint64']);

/** Each message's fields by the keys they may have: lowerCamelCase, and the name from the .proto file. */
const FIELDS = Object.fromEntries(
  MESSAGE_NAMES.map((message): [MessageName, FieldsByKey] => [
    message,
    new Map(
      SCHEMA[message].flatMap((schema) =>
        [schema.name, camelCase(schema.name)].map((key) => [key, fieldOf(schema)]),
      ),
    ),
  ]),
) as Readonly<Record<MessageName, FieldsByKey>>;

function fieldOf(schema: FieldSchema): Field {
  return {
    number: schema.number,
    wireType: WIRE_TYPE[schema.kind],
    repeated: schema.repeated,
    packed: schema.repeated && PACKABLE.has(schema.kind),
    child: schema.message ?? null,
    write: schema.kind === 'message' ? notScalar : SCALAR_WRITERS[schema.kind],
  };
}

function notScalar(): never {
  throw new Error('a message is written field by field');
}

function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
