import { type FieldSchema, MESSAGE_NAMES, type MessageName, SCHEMA } from './schema.ts';

/**
 * The schema compiled to flat arrays that the walks index by `message << 5 | field number`. No field that we know
 * has a number above 31.
 */

/** What the walk does with a field. Numbers, because the walk switches on them for every field of every span. */
export const OP = {
  unknown: 0,
  varint: 1,
  uint32: 2,
  enum: 3,
  fixed32: 4,
  fixed64: 5,
  /** A timestamp that is only checked for range; 0 means unset. */
  time: 6,
  /** The time of the item; must not be 0. */
  itemTime: 7,
  /** The time of a log record, which may be 0; `observedTime` stands in then. */
  logTime: 8,
  observedTime: 9,
  text: 10,
  bytes: 11,
  /** 16 bytes, not all zero. */
  traceId: 12,
  /** 8 bytes, not all zero. */
  spanId: 13,
  /** Empty or 16 bytes. */
  optionalTraceId: 14,
  /** Empty or 8 bytes. */
  optionalSpanId: 15,
  message: 16,
  /** A list or a map inside an AnyValue: one level deeper. */
  nested: 17,
  bucketCounts: 18,
  bounds: 19,
  varints: 20,
  quantile: 21,
  /** A message on the way from the request to its items. */
  container: 22,
  /** A span, a data point or a log record. */
  item: 23,
  /** 0 or 1: the loader takes nothing else. */
  bool: 24,
  /** The time of an item in milliseconds, as a varint. */
  itemMs: 25,
  /** Another time in milliseconds. */
  ms: 26,
  doubles: 27,
} as const;

/** Index of each message in the tables. */
export const MESSAGE = Object.fromEntries(MESSAGE_NAMES.map((name, index) => [name, index])) as Readonly<
  Record<MessageName, number>
>;

const SLOTS = MESSAGE_NAMES.length << 5;
export const OPS = new Uint8Array(SLOTS);
/** Index of the message that a field holds. */
export const CHILD = new Uint8Array(SLOTS);
/** Fields of the same message that must not have been seen before this one: itself, or its whole `oneof`. */
export const CONFLICTS = new Int32Array(SLOTS);
/** Fields that a message must have. */
export const REQUIRED = new Int32Array(MESSAGE_NAMES.length);

const CONTAINERS: ReadonlySet<MessageName> = new Set<MessageName>([
  'ResourceSpans',
  'ScopeSpans',
  'ResourceLogs',
  'ScopeLogs',
  'ResourceMetrics',
  'ScopeMetrics',
  'Metric',
  'Gauge',
  'Sum',
  'Histogram',
  'ExponentialHistogram',
  'Summary',
  'TimeSeries',
]);

const ITEMS: ReadonlySet<MessageName> = new Set<MessageName>([
  'Span',
  'LogRecord',
  'NumberDataPoint',
  'HistogramDataPoint',
  'ExponentialHistogramDataPoint',
  'SummaryDataPoint',
  'Sample',
  'SampleExemplar',
  'NativeHistogram',
  'MetricMetadata',
]);

/** Fields that need more than their type says: identity, time, and what decides the number of rows. */
const SPECIAL: Readonly<Record<string, number>> = {
  'Span.trace_id': OP.traceId,
  'Span.span_id': OP.spanId,
  'Span.start_time_unix_nano': OP.itemTime,
  'NumberDataPoint.time_unix_nano': OP.itemTime,
  'HistogramDataPoint.time_unix_nano': OP.itemTime,
  'ExponentialHistogramDataPoint.time_unix_nano': OP.itemTime,
  'SummaryDataPoint.time_unix_nano': OP.itemTime,
  'LogRecord.time_unix_nano': OP.logTime,
  'LogRecord.observed_time_unix_nano': OP.observedTime,
  'HistogramDataPoint.bucket_counts': OP.bucketCounts,
  'HistogramDataPoint.explicit_bounds': OP.bounds,
  'SummaryDataPoint.quantile_values': OP.quantile,
  'AnyValue.array_value': OP.nested,
  'AnyValue.kvlist_value': OP.nested,
  'Buckets.bucket_counts': OP.varints,
  'Sample.timestamp': OP.itemMs,
  'Sample.start_timestamp': OP.ms,
  'SampleExemplar.timestamp': OP.ms,
  'NativeHistogram.timestamp': OP.itemMs,
  'NativeHistogram.start_timestamp': OP.ms,
  'NativeHistogram.negative_deltas': OP.varints,
  'NativeHistogram.negative_counts': OP.doubles,
  'NativeHistogram.positive_deltas': OP.varints,
  'NativeHistogram.positive_counts': OP.doubles,
  'NativeHistogram.custom_values': OP.doubles,
};

const REQUIRED_OPS: ReadonlySet<number> = new Set([OP.traceId, OP.spanId, OP.itemTime]);

const OP_OF_KIND: Readonly<Record<FieldSchema['kind'], number>> = {
  string: OP.text,
  bytes: OP.bytes,
  traceId: OP.optionalTraceId,
  spanId: OP.optionalSpanId,
  bool: OP.bool,
  enum: OP.enum,
  int64: OP.varint,
  uint64: OP.varint,
  sint64: OP.varint,
  uint32: OP.uint32,
  sint32: OP.uint32,
  fixed32: OP.fixed32,
  fixed64: OP.fixed64,
  sfixed64: OP.fixed64,
  double: OP.fixed64,
  message: OP.message,
};

function opOf(message: MessageName, field: FieldSchema): number {
  const special = SPECIAL[`${message}.${field.name}`];
  if (special !== undefined) return special;
  if (field.kind === 'fixed64' && field.name.endsWith('time_unix_nano')) return OP.time;
  if (field.message !== undefined && CONTAINERS.has(field.message)) return OP.container;
  if (field.message !== undefined && ITEMS.has(field.message)) return OP.item;
  return OP_OF_KIND[field.kind];
}

for (const name of MESSAGE_NAMES) {
  const fields = SCHEMA[name];
  for (const field of fields) {
    const slot = (MESSAGE[name] << 5) | field.number;
    OPS[slot] = opOf(name, field);
    if (field.message !== undefined) CHILD[slot] = MESSAGE[field.message];
    if (REQUIRED_OPS.has(OPS[slot]!)) REQUIRED[MESSAGE[name]]! |= 1 << field.number;
    if (field.repeated) continue;
    const rivals = fields.filter(
      (other) => other === field || (field.oneof !== undefined && other.oneof === field.oneof),
    );
    CONFLICTS[slot] = rivals.reduce((mask, other) => mask | (1 << other.number), 0);
  }
}

/** `Span.trace_id`, for messages to people. `slot` is `message << 5 | field number`. */
export function fieldName(slot: number): string {
  const message = MESSAGE_NAMES[slot >> 5] ?? 'message';
  const field = SCHEMA[message as MessageName]?.find((candidate) => candidate.number === (slot & 31));
  return `${message}.${field?.name ?? `field ${slot & 31}`}`;
}
