/**
 * How ClickHouse reads a segment: a protobuf schema that is wire-compatible with opentelemetry-proto v1 or with Prometheus's WriteRequest, and the columns to read
 * it into. Enums are declared as integers, so that an unknown member is no error; fields that nothing reads are left out.
 */
import { MAX_STORED_DEPTH } from '../../../collector/wire/reasons.ts';
import type { Signal } from '../../../model/telemetry.ts';
import { literal } from '../../clickhouse/literal.ts';

const SHARED = `
message AnyValue { oneof value { string string_value = 1; bool bool_value = 2; int64 int_value = 3; double double_value = 4;
  ArrayValue array_value = 5; KeyValueList kvlist_value = 6; bytes bytes_value = 7; } }
message ArrayValue { repeated AnyValue values = 1; }
message KeyValueList { map<string, AnyValue> values = 1; }
message KeyValue { string key = 1; AnyValue value = 2; }
message Resource { repeated KeyValue attributes = 1; }
message Scope { string name = 1; string version = 2; repeated KeyValue attributes = 3; }`;

const PROTO: Readonly<Record<Signal, string>> = {
  traces: `${SHARED}
message Event { fixed64 time_unix_nano = 1; string name = 2; repeated KeyValue attributes = 3; }
message Link { bytes trace_id = 1; bytes span_id = 2; repeated KeyValue attributes = 4; }
message Status { string message = 2; int32 code = 3; }
message Span { bytes trace_id = 1; bytes span_id = 2; string trace_state = 3; bytes parent_span_id = 4; string name = 5;
  int32 kind = 6; fixed64 start_time_unix_nano = 7; fixed64 end_time_unix_nano = 8; repeated KeyValue attributes = 9;
  repeated Event events = 11; repeated Link links = 13; Status status = 15; }
message ScopeSpans { Scope scope = 1; repeated Span spans = 2; }
message ResourceSpans { Resource resource = 1; repeated ScopeSpans scope_spans = 2; }
message Request { repeated ResourceSpans resource_spans = 1; }`,

  metrics: `${SHARED}
message Exemplar { fixed64 time_unix_nano = 2; oneof value { double as_double = 3; sfixed64 as_int = 6; } bytes span_id = 4;
  bytes trace_id = 5; repeated KeyValue filtered_attributes = 7; }
message NumberDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3;
  oneof value { double as_double = 4; sfixed64 as_int = 6; } repeated Exemplar exemplars = 5; repeated KeyValue attributes = 7;
  uint32 flags = 8; }
message HistogramDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4;
  oneof sum_presence { double sum = 5; } repeated fixed64 bucket_counts = 6; repeated double explicit_bounds = 7;
  repeated Exemplar exemplars = 8; repeated KeyValue attributes = 9; uint32 flags = 10; }
message Buckets { sint32 offset = 1; repeated uint64 bucket_counts = 2; }
message ExponentialHistogramDataPoint { repeated KeyValue attributes = 1; fixed64 start_time_unix_nano = 2;
  fixed64 time_unix_nano = 3; fixed64 count = 4; oneof sum_presence { double sum = 5; } sint32 scale = 6; fixed64 zero_count = 7;
  Buckets positive = 8; Buckets negative = 9; uint32 flags = 10; repeated Exemplar exemplars = 11;
  oneof min_presence { double min = 12; } oneof max_presence { double max = 13; } double zero_threshold = 14; }
message ValueAtQuantile { double quantile = 1; double value = 2; }
message SummaryDataPoint { fixed64 start_time_unix_nano = 2; fixed64 time_unix_nano = 3; fixed64 count = 4; double sum = 5;
  repeated ValueAtQuantile quantile_values = 6; repeated KeyValue attributes = 7; uint32 flags = 8; }
message Gauge { repeated NumberDataPoint data_points = 1; }
message Sum { repeated NumberDataPoint data_points = 1; int32 aggregation_temporality = 2; bool is_monotonic = 3; }
message Histogram { repeated HistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message ExponentialHistogram { repeated ExponentialHistogramDataPoint data_points = 1; int32 aggregation_temporality = 2; }
message Summary { repeated SummaryDataPoint data_points = 1; }
message Metric { string name = 1; string description = 2; string unit = 3; oneof data { Gauge gauge = 5; Sum sum = 7;
  Histogram histogram = 9; ExponentialHistogram exponential_histogram = 10; Summary summary = 11; } }
message ScopeMetrics { repeated Metric metrics = 2; }
message ResourceMetrics { Resource resource = 1; repeated ScopeMetrics scope_metrics = 2; }
message Request { repeated ResourceMetrics resource_metrics = 1; }`,

  logs: `${SHARED}
message LogRecord { fixed64 time_unix_nano = 1; int32 severity_number = 2; string severity_text = 3; AnyValue body = 5;
  repeated KeyValue attributes = 6; bytes trace_id = 9; bytes span_id = 10; fixed64 observed_time_unix_nano = 11;
  string event_name = 12; }
message ScopeLogs { Scope scope = 1; repeated LogRecord log_records = 2; }
message ResourceLogs { Resource resource = 1; repeated ScopeLogs scope_logs = 2; }
message Request { repeated ResourceLogs resource_logs = 1; }`,

  remote_write: `
message Label { string name = 1; string value = 2; }
message Sample { double value = 1; int64 timestamp = 2; int64 start_timestamp = 3; }
message Exemplar { repeated Label labels = 1; double value = 2; int64 timestamp = 3; }
message BucketSpan { sint32 offset = 1; uint32 length = 2; }
message Histogram { oneof count { uint64 count_int = 1; double count_float = 2; } double sum = 3; sint32 schema = 4;
  double zero_threshold = 5; oneof zero_count { uint64 zero_count_int = 6; double zero_count_float = 7; }
  repeated BucketSpan negative_spans = 8; repeated sint64 negative_deltas = 9; repeated double negative_counts = 10;
  repeated BucketSpan positive_spans = 11; repeated sint64 positive_deltas = 12; repeated double positive_counts = 13;
  int32 reset_hint = 14; int64 timestamp = 15; repeated double custom_values = 16; int64 start_timestamp = 17; }
message TimeSeries { repeated Label labels = 1; repeated Sample samples = 2; repeated Exemplar exemplars = 3;
  repeated Histogram histograms = 4; }
message MetricMetadata { int32 type = 1; string metric_family_name = 2; string help = 4; string unit = 5; }
message Request { repeated TimeSeries timeseries = 1; repeated MetricMetadata metadata = 3; }`,
};

const MEMBERS = `value Enum8('none' = 0, 'string_value' = 1, 'bool_value' = 2, 'int_value' = 3, 'double_value' = 4,
  'array_value' = 5, 'kvlist_value' = 6, 'bytes_value' = 7), string_value String, int_value Int64, double_value Float64, bytes_value String`;

/**
 * An AnyValue with lists and maps nested `depth` deep, and of those below only so much that it shows that they are there. On the
 * wire a KeyValueList is a protobuf map. `values.ts` relies on the order of the members: what ends a list or map must not be
 * braces alone.
 */
const anyValue = (depth: number): string => {
  const inner = depth === 0 ? 'Tuple(bool_value Bool)' : anyValue(depth - 1);
  return `Tuple(${MEMBERS}, kvlist_value Tuple(values Map(String, ${inner})), array_value Tuple(values Array(${inner})), bool_value Bool)`;
};

/**
 * Lists and maps nest this deep in almost all telemetry, and declaring more of them costs: ClickHouse plans a load in 70 ms with
 * one level and in 400 ms with the four that the collector lets through. A load that meets a deeper one is repeated with all.
 */
export const USUAL_DEPTH = 1;
export const GREATEST_DEPTH = MAX_STORED_DEPTH;

/** The same for attributes of data points, links and instrumentation scopes, which hardly ever are lists. */
export const flatDepth = (depth: number): number => (depth === USUAL_DEPTH ? 0 : depth);

const flatType = (depth: number): string => `Array(Tuple(key String, value ${anyValue(flatDepth(depth))}))`;

/** The type of a data point's exemplars. */
export const exemplarsType = (depth: number): string => `Array(Tuple(time_unix_nano UInt64,
  value Enum8('none' = 0, 'as_double' = 3, 'as_int' = 6), as_double Float64, as_int Int64, span_id String, trace_id String,
  filtered_attributes ${flatType(depth)}))`;

/** The columns of a segment's file, with lists and maps nested `depth` deep. */
export function structure(signal: Signal, depth: number): string {
  const ATTRIBUTES = `Array(Tuple(key String, value ${anyValue(depth)}))`;
  const FLAT = flatType(depth);
  const RESOURCE = `resource Tuple(attributes ${ATTRIBUTES})`;
  const SCOPE = 'scope Tuple(name String, version String)';
  const TIMES = 'start_time_unix_nano UInt64, time_unix_nano UInt64';

  const EXEMPLARS = `exemplars ${exemplarsType(depth)}`;
  const NUMBER_POINTS = `data_points Array(Tuple(${TIMES}, value Enum8('none' = 0, 'as_double' = 4, 'as_int' = 6),
    as_double Float64, as_int Int64, ${EXEMPLARS}, attributes ${FLAT}, flags UInt32))`;
  const SUM = "sum_presence Enum8('none' = 0, 'sum' = 5), sum Float64";
  const BUCKETS = 'Tuple(offset Int32, bucket_counts Array(UInt64))';
  const columns: Readonly<Record<Signal, string>> = {
    traces: `resource_spans Array(Tuple(${RESOURCE}, scope_spans Array(Tuple(
    scope Tuple(name String, version String, attributes ${FLAT}), spans Array(Tuple(
    trace_id String, span_id String, trace_state String, parent_span_id String, name String, kind Int32,
    start_time_unix_nano UInt64, end_time_unix_nano UInt64, attributes ${ATTRIBUTES},
    events Array(Tuple(time_unix_nano UInt64, name String, attributes ${ATTRIBUTES})),
    links Array(Tuple(trace_id String, span_id String, attributes ${FLAT})),
    status Tuple(message String, code Int32)))))))`,

    metrics: `resource_metrics Array(Tuple(${RESOURCE}, scope_metrics Array(Tuple(metrics Array(Tuple(
    name String, description String, unit String,
    data Enum8('none' = 0, 'gauge' = 5, 'sum' = 7, 'histogram' = 9, 'exponential_histogram' = 10, 'summary' = 11),
    gauge Tuple(${NUMBER_POINTS}),
    sum Tuple(${NUMBER_POINTS}, aggregation_temporality Int32, is_monotonic Bool),
    histogram Tuple(data_points Array(Tuple(${TIMES}, count UInt64, ${SUM}, bucket_counts Array(UInt64),
      explicit_bounds Array(Float64), ${EXEMPLARS}, attributes ${FLAT}, flags UInt32)), aggregation_temporality Int32),
    exponential_histogram Tuple(data_points Array(Tuple(${TIMES}, attributes ${FLAT}, count UInt64, ${SUM}, scale Int32,
      zero_count UInt64, positive ${BUCKETS}, negative ${BUCKETS}, flags UInt32, ${EXEMPLARS},
      min_presence Enum8('none' = 0, 'min' = 12), min Float64, max_presence Enum8('none' = 0, 'max' = 13), max Float64,
      zero_threshold Float64)), aggregation_temporality Int32),
    summary Tuple(data_points Array(Tuple(${TIMES}, count UInt64, sum Float64,
      quantile_values Array(Tuple(quantile Float64, value Float64)), attributes ${FLAT}, flags UInt32)))))))))`,

    logs: `resource_logs Array(Tuple(${RESOURCE}, scope_logs Array(Tuple(${SCOPE}, log_records Array(Tuple(
    time_unix_nano UInt64, severity_number Int32, severity_text String, body ${anyValue(depth)},
    attributes ${ATTRIBUTES}, trace_id String, span_id String, observed_time_unix_nano UInt64, event_name String))))))`,

    remote_write: `timeseries Array(Tuple(labels Array(Tuple(name String, value String)),
    samples Array(Tuple(value Float64, timestamp Int64, start_timestamp Int64)),
    exemplars Array(Tuple(labels Array(Tuple(name String, value String)), value Float64, timestamp Int64)),
    histograms Array(Tuple(count Enum8('none' = 0, 'count_int' = 1, 'count_float' = 2), count_int UInt64, count_float Float64,
      sum Float64, schema Int32, zero_threshold Float64,
      zero_count Enum8('none' = 0, 'zero_count_int' = 6, 'zero_count_float' = 7), zero_count_int UInt64, zero_count_float Float64,
      negative_spans Array(Tuple(offset Int32, length UInt32)), negative_deltas Array(Int64), negative_counts Array(Float64),
      positive_spans Array(Tuple(offset Int32, length UInt32)), positive_deltas Array(Int64), positive_counts Array(Float64),
      reset_hint Int32, timestamp Int64, custom_values Array(Float64), start_timestamp Int64)))),
    metadata Array(Tuple(type Int32, metric_family_name String, help String, unit String))`,
  };
  return columns[signal];
}

/** The settings under which a segment of the signal is read. */
export function readSettings(signal: Signal): Readonly<Record<string, string | number>> {
  return {
    format_schema_source: 'string',
    format_schema: `syntax = "proto3";${PROTO[signal]}\n`,
    format_schema_message_name: 'Request',
    input_format_protobuf_oneof_presence: 1,
  };
}

/** Reads segment files as one table. Embedded only: a server gets them as the body of the insert. */
export function fromFiles(signal: Signal, paths: readonly string[], depth: number): string {
  // Braces choose between paths; at the very beginning they would choose nothing.
  const path =
    paths.length === 1 ? (paths[0] ?? '') : `/{${paths.map((each) => each.replace(/^\//, '')).join(',')}}`;
  return `file(${literal(path)}, 'Protobuf', ${literal(structure(signal, depth))})`;
}

/** Reads the request's body, which is the segments' files one behind the other. */
export const fromBody = (signal: Signal, depth: number): string =>
  `input(${literal(structure(signal, depth))})`;
