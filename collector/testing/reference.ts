import type { OtlpSignal } from '../../model/telemetry.ts';
import { type FieldSchema, type MessageName, REQUEST_MESSAGE, SCHEMA } from '../wire/schema.ts';

/**
 * The wire check again, written to be read and not to be fast: it takes bodies apart into lists of fields and judges
 * those. What the fuzz tests hold the real one to.
 */
export type ReferenceVerdict = 'malformed' | { readonly items: number; readonly rejected: number };

interface WireField {
  readonly number: number;
  readonly wire: number;
  /** Content of a length-delimited field, the bytes of any other. */
  readonly bytes: Buffer;
}

class Malformed extends Error {}

export function referenceCheck(signal: OtlpSignal, body: Buffer): ReferenceVerdict {
  try {
    return countContainer(REQUEST_MESSAGE[signal], body);
  } catch (error) {
    if (error instanceof Malformed) return 'malformed';
    throw error;
  }
}

const CONTAINERS =
  /^(Resource(Spans|Logs|Metrics)|Scope(Spans|Logs|Metrics)|Metric|Gauge|Sum|Histogram|ExponentialHistogram|Summary)$/;
const ITEMS = /^(Span|LogRecord|\w+DataPoint)$/;

function countContainer(message: MessageName, bytes: Buffer): { items: number; rejected: number } {
  const fields = split(bytes);
  let items = 0;
  let rejected = 0;
  for (const field of fields) {
    const schema = schemaOf(message, field.number);
    const child = schema?.message;
    if (child === undefined || !(CONTAINERS.test(child) || ITEMS.test(child))) continue;
    if (field.wire !== 2) throw new Malformed();
    if (ITEMS.test(child)) {
      if (isGood(() => judgeItem(child, field.bytes))) items++;
      else rejected++;
    } else {
      const inner = countContainer(child, field.bytes);
      items += inner.items;
      rejected += inner.rejected;
    }
  }
  const own = fields.filter(({ number }) => {
    const child = schemaOf(message, number)?.message;
    return child === undefined || !(CONTAINERS.test(child) || ITEMS.test(child));
  });
  const good = isGood(() => {
    refuseRepeats(message, fields);
    judgeFields(message, own, 0);
  });
  return good ? { items, rejected } : { items: 0, rejected: items + rejected };
}

class Bad extends Error {}

function isGood(judge: () => void): boolean {
  try {
    judge();
    return true;
  } catch (error) {
    if (error instanceof Bad || error instanceof Malformed) return false;
    throw error;
  }
}

function judgeItem(message: MessageName, bytes: Buffer): void {
  const fields = split(bytes);
  judgeFields(message, fields, 0);
  refuseRepeats(message, fields);
  const has = (number: number) => fields.some((field) => field.number === number);
  if (message === 'Span') {
    for (const [number, size] of [
      [1, 16],
      [2, 8],
    ] as const) {
      const id = fields.find((field) => field.number === number)?.bytes;
      if (id?.length !== size || id.every((byte) => byte === 0)) throw new Bad();
    }
    if (!has(7)) throw new Bad();
  }
  const timeNumber = message === 'Span' ? 7 : 3;
  if (message !== 'LogRecord') {
    const time = fields.find((field) => field.number === timeNumber)?.bytes;
    if (time === undefined || time.readBigUInt64LE() === 0n) throw new Bad();
  }
  if (message === 'HistogramDataPoint') {
    const count = (number: number) =>
      fields
        .filter((field) => field.number === number)
        .reduce((sum, { bytes: content }) => sum + content.length / 8, 0);
    if (count(6) > 0 && count(6) !== count(7) + 1) throw new Bad();
  }
}

function refuseRepeats(message: MessageName, fields: readonly WireField[]): void {
  const groups = fields.flatMap(({ number }) => {
    const schema = schemaOf(message, number);
    return schema === undefined || schema.repeated ? [] : [schema.oneof ?? schema.name];
  });
  if (new Set(groups).size !== groups.length) throw new Bad();
}

function judgeFields(message: MessageName, fields: readonly WireField[], depth: number): void {
  for (const field of fields) {
    const schema = schemaOf(message, field.number);
    if (schema !== undefined) judgeField(message, schema, field, depth);
  }
}

const WIRE: Readonly<Record<FieldSchema['kind'], number>> = {
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
};

function judgeField(message: MessageName, schema: FieldSchema, field: WireField, depth: number): void {
  const packable = schema.repeated && ['fixed64', 'double', 'uint64'].includes(schema.kind);
  if (packable && field.wire === 2) {
    if (schema.kind === 'uint64') splitVarints(field.bytes);
    else if (field.bytes.length % 8 !== 0) throw new Bad();
    return;
  }
  if (field.wire !== WIRE[schema.kind]) throw new Bad();
  const required = message === 'Span' && schema.number <= 2;
  if (schema.kind === 'string')
    new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(orBad(field.bytes));
  else if (schema.kind === 'traceId' && !required && ![0, 16].includes(field.bytes.length)) throw new Bad();
  else if (schema.kind === 'spanId' && !required && ![0, 8].includes(field.bytes.length)) throw new Bad();
  else if (schema.kind === 'bool' && varintOf(field.bytes) > 1n) throw new Bad();
  else if (schema.kind === 'enum' && varintOf(field.bytes) >= 2n ** 31n) throw new Bad();
  else if ((schema.kind === 'uint32' || schema.kind === 'sint32') && varintOf(field.bytes) >= 2n ** 32n)
    throw new Bad();
  else if (
    schema.name.endsWith('time_unix_nano') &&
    field.bytes.readBigUInt64LE() >= 2n ** 32n * 1_000_000_000n
  )
    throw new Bad();
  else if (schema.message !== undefined) {
    const deeper = schema.message === 'ArrayValue' || schema.message === 'KeyValueList';
    if (deeper && depth >= 64) throw new Bad();
    const inner = split(field.bytes);
    refuseRepeats(schema.message, inner);
    judgeFields(schema.message, inner, deeper ? depth + 1 : depth);
  }
}

/** A decoder that refuses throws a TypeError; here that is a bad field. */
function orBad(bytes: Buffer): Buffer {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Bad();
  }
  return bytes;
}

const schemaOf = (message: MessageName, number: number): FieldSchema | undefined =>
  SCHEMA[message].find((field) => field.number === number);

function split(bytes: Buffer): WireField[] {
  const fields: WireField[] = [];
  let rest = bytes;
  while (rest.length > 0) {
    const [tag, afterTag] = takeVarint(rest, 5);
    const number = Number(tag >> 3n);
    const wire = Number(tag & 7n);
    if (number === 0 || tag >= 2n ** 32n) throw new Malformed();
    let size: number;
    let start = afterTag;
    if (wire === 0) size = afterTag.length - takeVarint(afterTag, 10)[1].length;
    else if (wire === 1) size = 8;
    else if (wire === 5) size = 4;
    else if (wire === 2) {
      const [length, content] = takeVarint(afterTag, 5);
      size = Number(length);
      start = content;
    } else throw new Malformed();
    if (size > start.length) throw new Malformed();
    fields.push({ number, wire, bytes: start.subarray(0, size) });
    rest = start.subarray(size);
  }
  return fields;
}

function splitVarints(bytes: Buffer): void {
  for (let rest = bytes; rest.length > 0; ) rest = takeVarint(rest, 10)[1];
}

function takeVarint(bytes: Buffer, limit: number): [value: bigint, rest: Buffer] {
  let value = 0n;
  for (let index = 0; index < limit && index < bytes.length; index++) {
    value |= BigInt(bytes[index]! & 0x7f) << BigInt(7 * index);
    if (bytes[index]! < 0x80) return [value, bytes.subarray(index + 1)];
  }
  throw new Malformed();
}

const varintOf = (bytes: Buffer): bigint => takeVarint(bytes, 10)[0];
