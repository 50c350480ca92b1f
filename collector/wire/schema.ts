/**
 * The OTLP messages that the collector knows, as data: opentelemetry-proto v1 (trace, metrics, logs, common,
 * resource). The wire check and the JSON transcoder are both compiled from this one table, so they cannot disagree.
 * Fields that are not listed are unknown: skipped on the wire, ignored in JSON.
 */

/** How one field is written on the wire, and for ids how JSON writes it. */
export type ScalarKind =
  | 'string'
  | 'bytes'
  /** `bytes` that OTLP/JSON writes as hex. */
  | 'traceId'
  | 'spanId'
  | 'bool'
  | 'enum'
  | 'int64'
  | 'uint32'
  | 'sint32'
  | 'uint64'
  | 'fixed32'
  | 'fixed64'
  | 'sfixed64'
  | 'double';

export interface FieldSchema {
  readonly number: number;
  /** snake_case, as in the .proto file. */
  readonly name: string;
  readonly kind: ScalarKind | 'message';
  readonly message?: MessageName;
  readonly repeated: boolean;
  /** Name of the `oneof` that the field belongs to. */
  readonly oneof?: string;
}

export const MESSAGE_NAMES = [
  'ExportTraceServiceRequest',
  'ExportMetricsServiceRequest',
  'ExportLogsServiceRequest',
  'ResourceSpans',
  'ScopeSpans',
  'Span',
  'Event',
  'Link',
  'Status',
  'ResourceLogs',
  'ScopeLogs',
  'LogRecord',
  'ResourceMetrics',
  'ScopeMetrics',
  'Metric',
  'Gauge',
  'Sum',
  'Histogram',
  'ExponentialHistogram',
  'Summary',
  'NumberDataPoint',
  'HistogramDataPoint',
  'ExponentialHistogramDataPoint',
  'SummaryDataPoint',
  'Buckets',
  'ValueAtQuantile',
  'Exemplar',
  'Resource',
  'EntityRef',
  'InstrumentationScope',
  'KeyValue',
  'AnyValue',
  'ArrayValue',
  'KeyValueList',
] as const;
export type MessageName = (typeof MESSAGE_NAMES)[number];

const scalar = (number: number, name: string, kind: ScalarKind, oneof?: string): FieldSchema => ({
  number,
  name,
  kind,
  repeated: false,
  ...(oneof === undefined ? {} : { oneof }),
});
const list = (number: number, name: string, kind: ScalarKind): FieldSchema => ({
  number,
  name,
  kind,
  repeated: true,
});
const one = (number: number, name: string, message: MessageName, oneof?: string): FieldSchema => ({
  number,
  name,
  kind: 'message',
  message,
  repeated: false,
  ...(oneof === undefined ? {} : { oneof }),
});
const many = (number: number, name: string, message: MessageName): FieldSchema => ({
  number,
  name,
  kind: 'message',
  message,
  repeated: true,
});

export const SCHEMA: Readonly<Record<MessageName, readonly FieldSchema[]>> = {
  ExportTraceServiceRequest: [many(1, 'resource_spans', 'ResourceSpans')],
  ExportMetricsServiceRequest: [many(1, 'resource_metrics', 'ResourceMetrics')],
  ExportLogsServiceRequest: [many(1, 'resource_logs', 'ResourceLogs')],

  ResourceSpans: [
    one(1, 'resource', 'Resource'),
    many(2, 'scope_spans', 'ScopeSpans'),
    scalar(3, 'schema_url', 'string'),
  ],
  ScopeSpans: [
    one(1, 'scope', 'InstrumentationScope'),
    many(2, 'spans', 'Span'),
    scalar(3, 'schema_url', 'string'),
  ],
  Span: [
    scalar(1, 'trace_id', 'traceId'),
    scalar(2, 'span_id', 'spanId'),
    scalar(3, 'trace_state', 'string'),
    scalar(4, 'parent_span_id', 'spanId'),
    scalar(5, 'name', 'string'),
    scalar(6, 'kind', 'enum'),
    scalar(7, 'start_time_unix_nano', 'fixed64'),
    scalar(8, 'end_time_unix_nano', 'fixed64'),
    many(9, 'attributes', 'KeyValue'),
    scalar(10, 'dropped_attributes_count', 'uint32'),
    many(11, 'events', 'Event'),
    scalar(12, 'dropped_events_count', 'uint32'),
    many(13, 'links', 'Link'),
    scalar(14, 'dropped_links_count', 'uint32'),
    one(15, 'status', 'Status'),
    scalar(16, 'flags', 'fixed32'),
  ],
  Event: [
    scalar(1, 'time_unix_nano', 'fixed64'),
    scalar(2, 'name', 'string'),
    many(3, 'attributes', 'KeyValue'),
    scalar(4, 'dropped_attributes_count', 'uint32'),
  ],
  Link: [
    scalar(1, 'trace_id', 'traceId'),
    scalar(2, 'span_id', 'spanId'),
    scalar(3, 'trace_state', 'string'),
    many(4, 'attributes', 'KeyValue'),
    scalar(5, 'dropped_attributes_count', 'uint32'),
    scalar(6, 'flags', 'fixed32'),
  ],
  Status: [scalar(2, 'message', 'string'), scalar(3, 'code', 'enum')],

  ResourceLogs: [
    one(1, 'resource', 'Resource'),
    many(2, 'scope_logs', 'ScopeLogs'),
    scalar(3, 'schema_url', 'string'),
  ],
  ScopeLogs: [
    one(1, 'scope', 'InstrumentationScope'),
    many(2, 'log_records', 'LogRecord'),
    scalar(3, 'schema_url', 'string'),
  ],
  LogRecord: [
    scalar(1, 'time_unix_nano', 'fixed64'),
    scalar(2, 'severity_number', 'enum'),
    scalar(3, 'severity_text', 'string'),
    one(5, 'body', 'AnyValue'),
    many(6, 'attributes', 'KeyValue'),
    scalar(7, 'dropped_attributes_count', 'uint32'),
    scalar(8, 'flags', 'fixed32'),
    scalar(9, 'trace_id', 'traceId'),
    scalar(10, 'span_id', 'spanId'),
    scalar(11, 'observed_time_unix_nano', 'fixed64'),
    scalar(12, 'event_name', 'string'),
  ],

  ResourceMetrics: [
    one(1, 'resource', 'Resource'),
    many(2, 'scope_metrics', 'ScopeMetrics'),
    scalar(3, 'schema_url', 'string'),
  ],
  ScopeMetrics: [
    one(1, 'scope', 'InstrumentationScope'),
    many(2, 'metrics', 'Metric'),
    scalar(3, 'schema_url', 'string'),
  ],
  Metric: [
    scalar(1, 'name', 'string'),
    scalar(2, 'description', 'string'),
    scalar(3, 'unit', 'string'),
    one(5, 'gauge', 'Gauge', 'data'),
    one(7, 'sum', 'Sum', 'data'),
    one(9, 'histogram', 'Histogram', 'data'),
    one(10, 'exponential_histogram', 'ExponentialHistogram', 'data'),
    one(11, 'summary', 'Summary', 'data'),
    many(12, 'metadata', 'KeyValue'),
  ],
  Gauge: [many(1, 'data_points', 'NumberDataPoint')],
  Sum: [
    many(1, 'data_points', 'NumberDataPoint'),
    scalar(2, 'aggregation_temporality', 'enum'),
    scalar(3, 'is_monotonic', 'bool'),
  ],
  Histogram: [many(1, 'data_points', 'HistogramDataPoint'), scalar(2, 'aggregation_temporality', 'enum')],
  ExponentialHistogram: [
    many(1, 'data_points', 'ExponentialHistogramDataPoint'),
    scalar(2, 'aggregation_temporality', 'enum'),
  ],
  Summary: [many(1, 'data_points', 'SummaryDataPoint')],
  NumberDataPoint: [
    scalar(2, 'start_time_unix_nano', 'fixed64'),
    scalar(3, 'time_unix_nano', 'fixed64'),
    scalar(4, 'as_double', 'double', 'value'),
    many(5, 'exemplars', 'Exemplar'),
    scalar(6, 'as_int', 'sfixed64', 'value'),
    many(7, 'attributes', 'KeyValue'),
    scalar(8, 'flags', 'uint32'),
  ],
  HistogramDataPoint: [
    scalar(2, 'start_time_unix_nano', 'fixed64'),
    scalar(3, 'time_unix_nano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    scalar(5, 'sum', 'double'),
    list(6, 'bucket_counts', 'fixed64'),
    list(7, 'explicit_bounds', 'double'),
    many(8, 'exemplars', 'Exemplar'),
    many(9, 'attributes', 'KeyValue'),
    scalar(10, 'flags', 'uint32'),
    scalar(11, 'min', 'double'),
    scalar(12, 'max', 'double'),
  ],
  ExponentialHistogramDataPoint: [
    many(1, 'attributes', 'KeyValue'),
    scalar(2, 'start_time_unix_nano', 'fixed64'),
    scalar(3, 'time_unix_nano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    scalar(5, 'sum', 'double'),
    scalar(6, 'scale', 'sint32'),
    scalar(7, 'zero_count', 'fixed64'),
    one(8, 'positive', 'Buckets'),
    one(9, 'negative', 'Buckets'),
    scalar(10, 'flags', 'uint32'),
    many(11, 'exemplars', 'Exemplar'),
    scalar(12, 'min', 'double'),
    scalar(13, 'max', 'double'),
    scalar(14, 'zero_threshold', 'double'),
  ],
  SummaryDataPoint: [
    scalar(2, 'start_time_unix_nano', 'fixed64'),
    scalar(3, 'time_unix_nano', 'fixed64'),
    scalar(4, 'count', 'fixed64'),
    scalar(5, 'sum', 'double'),
    many(6, 'quantile_values', 'ValueAtQuantile'),
    many(7, 'attributes', 'KeyValue'),
    scalar(8, 'flags', 'uint32'),
  ],
  Buckets: [scalar(1, 'offset', 'sint32'), list(2, 'bucket_counts', 'uint64')],
  ValueAtQuantile: [scalar(1, 'quantile', 'double'), scalar(2, 'value', 'double')],
  Exemplar: [
    scalar(2, 'time_unix_nano', 'fixed64'),
    scalar(3, 'as_double', 'double', 'value'),
    scalar(4, 'span_id', 'spanId'),
    scalar(5, 'trace_id', 'traceId'),
    scalar(6, 'as_int', 'sfixed64', 'value'),
    many(7, 'filtered_attributes', 'KeyValue'),
  ],

  Resource: [
    many(1, 'attributes', 'KeyValue'),
    scalar(2, 'dropped_attributes_count', 'uint32'),
    many(3, 'entity_refs', 'EntityRef'),
  ],
  EntityRef: [
    scalar(1, 'schema_url', 'string'),
    scalar(2, 'type', 'string'),
    list(3, 'id_keys', 'string'),
    list(4, 'description_keys', 'string'),
  ],
  InstrumentationScope: [
    scalar(1, 'name', 'string'),
    scalar(2, 'version', 'string'),
    many(3, 'attributes', 'KeyValue'),
    scalar(4, 'dropped_attributes_count', 'uint32'),
  ],
  KeyValue: [scalar(1, 'key', 'string'), one(2, 'value', 'AnyValue')],
  AnyValue: [
    scalar(1, 'string_value', 'string', 'value'),
    scalar(2, 'bool_value', 'bool', 'value'),
    scalar(3, 'int_value', 'int64', 'value'),
    scalar(4, 'double_value', 'double', 'value'),
    one(5, 'array_value', 'ArrayValue', 'value'),
    one(6, 'kvlist_value', 'KeyValueList', 'value'),
    scalar(7, 'bytes_value', 'bytes', 'value'),
  ],
  ArrayValue: [many(1, 'values', 'AnyValue')],
  KeyValueList: [many(1, 'values', 'KeyValue')],
};

/** The message that a request of each signal is. */
export const REQUEST_MESSAGE = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
  logs: 'ExportLogsServiceRequest',
} as const;
