/**
 * The messages that the collector knows, as data: opentelemetry-proto v1 (trace, metrics, logs, common, resource), and
 * Prometheus's WriteRequest. The wire check and the JSON transcoder are both compiled from this one table, so they cannot disagree.
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
  | 'sint64'
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
  'WriteRequest',
  'TimeSeries',
  'Label',
  'Sample',
  'SampleExemplar',
  'NativeHistogram',
  'BucketSpan',
  'MetricMetadata',
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

  // prometheus.WriteRequest, with the start_timestamp that 2.0 has brought to samples and histograms.
  WriteRequest: [many(1, 'timeseries', 'TimeSeries'), many(3, 'metadata', 'MetricMetadata')],
  TimeSeries: [
    many(1, 'labels', 'Label'),
    many(2, 'samples', 'Sample'),
    many(3, 'exemplars', 'SampleExemplar'),
    many(4, 'histograms', 'NativeHistogram'),
  ],
  Label: [scalar(1, 'name', 'string'), scalar(2, 'value', 'string')],
  Sample: [
    scalar(1, 'value', 'double'),
    scalar(2, 'timestamp', 'int64'),
    scalar(3, 'start_timestamp', 'int64'),
  ],
  SampleExemplar: [many(1, 'labels', 'Label'), scalar(2, 'value', 'double'), scalar(3, 'timestamp', 'int64')],
  NativeHistogram: [
    scalar(1, 'count_int', 'uint64', 'count'),
    scalar(2, 'count_float', 'double', 'count'),
    scalar(3, 'sum', 'double'),
    scalar(4, 'schema', 'sint32'),
    scalar(5, 'zero_threshold', 'double'),
    scalar(6, 'zero_count_int', 'uint64', 'zero_count'),
    scalar(7, 'zero_count_float', 'double', 'zero_count'),
    many(8, 'negative_spans', 'BucketSpan'),
    list(9, 'negative_deltas', 'sint64'),
    list(10, 'negative_counts', 'double'),
    many(11, 'positive_spans', 'BucketSpan'),
    list(12, 'positive_deltas', 'sint64'),
    list(13, 'positive_counts', 'double'),
    scalar(14, 'reset_hint', 'enum'),
    scalar(15, 'timestamp', 'int64'),
    list(16, 'custom_values', 'double'),
    scalar(17, 'start_timestamp', 'int64'),
  ],
  BucketSpan: [scalar(1, 'offset', 'sint32'), scalar(2, 'length', 'uint32')],
  MetricMetadata: [
    scalar(1, 'type', 'enum'),
    scalar(2, 'metric_family_name', 'string'),
    scalar(4, 'help', 'string'),
    scalar(5, 'unit', 'string'),
  ],
};

/** The message that a request of each signal is. */
export const REQUEST_MESSAGE = {
  traces: 'ExportTraceServiceRequest',
  metrics: 'ExportMetricsServiceRequest',
  logs: 'ExportLogsServiceRequest',
  remote_write: 'WriteRequest',
} as const;
