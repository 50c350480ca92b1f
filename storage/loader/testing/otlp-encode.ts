/** A small OTLP/protobuf writer for tests and benches: plain objects in, request bytes out. */

export type Value =
  | string
  | number
  | bigint
  | boolean
  | null
  | Uint8Array
  | { readonly double: number }
  | readonly Value[]
  | { readonly map: Readonly<Record<string, Value>> };
export type Attributes = Readonly<Record<string, Value>>;

export interface SpanInput {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly name: string;
  readonly kind?: number;
  readonly startNano: bigint;
  readonly endNano: bigint;
  readonly attributes?: Attributes;
  readonly events?: readonly { timeNano: bigint; name: string; attributes?: Attributes }[];
  readonly links?: readonly { traceId: string; spanId: string; attributes?: Attributes }[];
  readonly status?: { code: number; message?: string };
}

interface Point {
  readonly attributes?: Attributes;
  readonly startNano?: bigint;
  readonly timeNano: bigint;
  readonly flags?: number;
  readonly exemplars?: readonly {
    timeNano: bigint;
    value: number;
    traceId: string;
    spanId: string;
    attributes?: Attributes;
  }[];
}
/** `int: true` sends the value as `as_int`, else as `as_double`; without a value the oneof stays unset. */
export type NumberPoint = Point & { readonly value?: number | bigint; readonly int?: boolean };
export type HistogramPoint = Point & {
  readonly count: bigint;
  readonly sum?: number;
  readonly counts: readonly bigint[];
  readonly bounds: readonly number[];
};
export interface Buckets {
  readonly offset: number;
  readonly counts: readonly bigint[];
}
export type ExponentialPoint = Point & {
  readonly count: bigint;
  readonly sum?: number;
  readonly scale: number;
  readonly zeroCount: bigint;
  readonly zeroThreshold?: number;
  readonly positive?: Buckets;
  readonly negative?: Buckets;
};
export type SummaryPoint = Point & {
  readonly count: bigint;
  readonly sum: number;
  readonly quantiles: readonly { quantile: number; value: number }[];
};
export interface MetricInput {
  readonly name: string;
  readonly unit?: string;
  readonly description?: string;
  readonly gauge?: readonly NumberPoint[];
  readonly sum?: { points: readonly NumberPoint[]; temporality?: number; monotonic?: boolean };
  readonly histogram?: { points: readonly HistogramPoint[]; temporality?: number };
  readonly exponential?: { points: readonly ExponentialPoint[]; temporality?: number };
  readonly summary?: readonly SummaryPoint[];
}
export interface LogInput {
  readonly timeNano: bigint;
  readonly observedNano?: bigint;
  readonly severity?: number;
  readonly severityText?: string;
  readonly body?: Value;
  readonly attributes?: Attributes;
  readonly traceId?: string;
  readonly spanId?: string;
  readonly eventName?: string;
}

class Writer {
  #buffer = Buffer.allocUnsafe(4096);
  #length = 0;

  bytes(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.#length));
  }
  #room(more: number): void {
    if (this.#length + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(Math.max(this.#buffer.length * 2, this.#length + more));
    this.#buffer.copy(grown, 0, 0, this.#length);
    this.#buffer = grown;
  }
  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#length);
    this.#length += bytes.length;
  }
  varint(value: bigint | number): void {
    let rest = BigInt.asUintN(64, BigInt(value));
    this.#room(10);
    while (rest >= 0x80n) {
      this.#buffer[this.#length++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#length++] = Number(rest);
  }
  tag(field: number, wireType: number): void {
    this.varint((field << 3) | wireType);
  }
  integer(field: number, value: bigint | number): void {
    this.tag(field, 0);
    this.varint(value);
  }
  signed(field: number, value: number): void {
    this.integer(field, value >= 0 ? value * 2 : -value * 2 - 1);
  }
  fixed64(field: number, value: bigint): void {
    this.tag(field, 1);
    this.#room(8);
    this.#buffer.writeBigUInt64LE(BigInt.asUintN(64, value), this.#length);
    this.#length += 8;
  }
  double(field: number, value: number): void {
    this.tag(field, 1);
    this.#room(8);
    this.#buffer.writeDoubleLE(value, this.#length);
    this.#length += 8;
  }
  data(field: number, value: Uint8Array | string): void {
    const bytes = typeof value === 'string' ? Buffer.from(value) : value;
    this.tag(field, 2);
    this.varint(bytes.length);
    this.raw(bytes);
  }
  message(field: number, write: (inner: Writer) => void): void {
    const inner = new Writer();
    write(inner);
    this.data(field, inner.bytes());
  }
  hex(field: number, value: string | undefined): void {
    if (value !== undefined && value !== '') this.data(field, Buffer.from(value, 'hex'));
  }
}

const isList = (value: Value): value is readonly Value[] => Array.isArray(value);

function writeValue(writer: Writer, value: Value): void {
  if (value === null) return;
  if (typeof value === 'string') writer.data(1, value);
  else if (typeof value === 'boolean') writer.integer(2, value ? 1 : 0);
  else if (typeof value === 'bigint') writer.integer(3, value);
  else if (typeof value === 'number')
    Number.isInteger(value) ? writer.integer(3, BigInt(value)) : writer.double(4, value);
  else if (value instanceof Uint8Array) writer.data(7, value);
  else if (isList(value))
    writer.message(5, (list) => {
      for (const item of value) list.message(1, (inner) => writeValue(inner, item));
    });
  else if ('double' in value) writer.double(4, value.double);
  else writer.message(6, (list) => writeAttributes(list, 1, value.map));
}

function writeAttributes(writer: Writer, field: number, attributes: Attributes | undefined): void {
  for (const [key, value] of Object.entries(attributes ?? {}))
    writer.message(field, (pair) => {
      pair.data(1, key);
      pair.message(2, (inner) => writeValue(inner, value));
    });
}

function request(resource: Attributes, write: (scope: Writer) => void, scopeAttributes?: Attributes): Buffer {
  const writer = new Writer();
  writer.message(1, (container) => {
    container.message(1, (inner) => writeAttributes(inner, 1, resource));
    container.message(2, (scope) => {
      scope.message(1, (inner) => {
        inner.data(1, 'tidewarden.test');
        inner.data(2, '1.2.3');
        writeAttributes(inner, 3, scopeAttributes);
      });
      write(scope);
    });
  });
  return writer.bytes();
}

function writeSpan(writer: Writer, span: SpanInput): void {
  writer.hex(1, span.traceId);
  writer.hex(2, span.spanId);
  if (span.traceState !== undefined) writer.data(3, span.traceState);
  writer.hex(4, span.parentSpanId);
  writer.data(5, span.name);
  if (span.kind !== undefined) writer.integer(6, span.kind);
  writer.fixed64(7, span.startNano);
  writer.fixed64(8, span.endNano);
  writeAttributes(writer, 9, span.attributes);
  for (const event of span.events ?? [])
    writer.message(11, (inner) => {
      inner.fixed64(1, event.timeNano);
      inner.data(2, event.name);
      writeAttributes(inner, 3, event.attributes);
    });
  for (const link of span.links ?? [])
    writer.message(13, (inner) => {
      inner.hex(1, link.traceId);
      inner.hex(2, link.spanId);
      writeAttributes(inner, 4, link.attributes);
    });
  const status = span.status;
  if (status !== undefined)
    writer.message(15, (inner) => {
      if (status.message !== undefined) inner.data(2, status.message);
      inner.integer(3, status.code);
    });
}

/** One ExportTraceServiceRequest. */
export function encodeTraces(
  resource: Attributes,
  spans: readonly SpanInput[],
  scopeAttributes?: Attributes,
): Buffer {
  return request(
    resource,
    (scope) => {
      for (const span of spans) scope.message(2, (inner) => writeSpan(inner, span));
    },
    scopeAttributes,
  );
}

function writeExemplars(writer: Writer, field: number, point: Point): void {
  for (const exemplar of point.exemplars ?? [])
    writer.message(field, (inner) => {
      inner.fixed64(2, exemplar.timeNano);
      inner.double(3, exemplar.value);
      inner.hex(4, exemplar.spanId);
      inner.hex(5, exemplar.traceId);
      writeAttributes(inner, 7, exemplar.attributes);
    });
}

function writeTimes(writer: Writer, point: Point): void {
  if (point.startNano !== undefined) writer.fixed64(2, point.startNano);
  writer.fixed64(3, point.timeNano);
}

function writeNumber(writer: Writer, point: NumberPoint): void {
  writeTimes(writer, point);
  if (point.value !== undefined)
    point.int === true ? writer.fixed64(6, BigInt(point.value)) : writer.double(4, Number(point.value));
  writeExemplars(writer, 5, point);
  writeAttributes(writer, 7, point.attributes);
  if (point.flags !== undefined) writer.integer(8, point.flags);
}

function writeHistogram(writer: Writer, point: HistogramPoint): void {
  writeTimes(writer, point);
  writer.fixed64(4, point.count);
  if (point.sum !== undefined) writer.double(5, point.sum);
  for (const count of point.counts) writer.fixed64(6, count);
  for (const bound of point.bounds) writer.double(7, bound);
  writeExemplars(writer, 8, point);
  writeAttributes(writer, 9, point.attributes);
  if (point.flags !== undefined) writer.integer(10, point.flags);
}

function writeBuckets(writer: Writer, field: number, buckets: Buckets | undefined): void {
  if (buckets === undefined) return;
  writer.message(field, (inner) => {
    inner.signed(1, buckets.offset);
    for (const count of buckets.counts) inner.integer(2, count);
  });
}

function writeExponential(writer: Writer, point: ExponentialPoint): void {
  writeAttributes(writer, 1, point.attributes);
  writeTimes(writer, point);
  writer.fixed64(4, point.count);
  if (point.sum !== undefined) writer.double(5, point.sum);
  writer.signed(6, point.scale);
  writer.fixed64(7, point.zeroCount);
  writeBuckets(writer, 8, point.positive);
  writeBuckets(writer, 9, point.negative);
  if (point.flags !== undefined) writer.integer(10, point.flags);
  writeExemplars(writer, 11, point);
  if (point.zeroThreshold !== undefined) writer.double(14, point.zeroThreshold);
}

function writeSummary(writer: Writer, point: SummaryPoint): void {
  writeTimes(writer, point);
  writer.fixed64(4, point.count);
  writer.double(5, point.sum);
  for (const { quantile, value } of point.quantiles)
    writer.message(6, (inner) => {
      inner.double(1, quantile);
      inner.double(2, value);
    });
  writeAttributes(writer, 7, point.attributes);
  if (point.flags !== undefined) writer.integer(8, point.flags);
}

function writeMetric(writer: Writer, metric: MetricInput): void {
  writer.data(1, metric.name);
  if (metric.description !== undefined) writer.data(2, metric.description);
  if (metric.unit !== undefined) writer.data(3, metric.unit);
  const { gauge, sum, histogram, exponential, summary } = metric;
  if (gauge)
    writer.message(5, (m) => {
      for (const p of gauge) m.message(1, (i) => writeNumber(i, p));
    });
  if (sum)
    writer.message(7, (m) => {
      for (const p of sum.points) m.message(1, (i) => writeNumber(i, p));
      m.integer(2, sum.temporality ?? 2);
      if (sum.monotonic !== false) m.integer(3, 1);
    });
  if (histogram)
    writer.message(9, (m) => {
      for (const p of histogram.points) m.message(1, (i) => writeHistogram(i, p));
      m.integer(2, histogram.temporality ?? 2);
    });
  if (exponential)
    writer.message(10, (m) => {
      for (const p of exponential.points) m.message(1, (i) => writeExponential(i, p));
      m.integer(2, exponential.temporality ?? 2);
    });
  if (summary)
    writer.message(11, (m) => {
      for (const p of summary) m.message(1, (i) => writeSummary(i, p));
    });
}

/** One ExportMetricsServiceRequest. */
export function encodeMetrics(resource: Attributes, metrics: readonly MetricInput[]): Buffer {
  return request(resource, (scope) => {
    for (const metric of metrics) scope.message(2, (inner) => writeMetric(inner, metric));
  });
}

function writeLog(writer: Writer, log: LogInput): void {
  writer.fixed64(1, log.timeNano);
  if (log.severity !== undefined) writer.integer(2, log.severity);
  if (log.severityText !== undefined) writer.data(3, log.severityText);
  const body = log.body;
  if (body !== undefined) writer.message(5, (inner) => writeValue(inner, body));
  writeAttributes(writer, 6, log.attributes);
  writer.hex(9, log.traceId);
  writer.hex(10, log.spanId);
  if (log.observedNano !== undefined) writer.fixed64(11, log.observedNano);
  if (log.eventName !== undefined) writer.data(12, log.eventName);
}

/** One ExportLogsServiceRequest. */
export function encodeLogs(resource: Attributes, logs: readonly LogInput[]): Buffer {
  return request(resource, (scope) => {
    for (const log of logs) scope.message(2, (inner) => writeLog(inner, log));
  });
}

/** Requests as a segment's file holds them: each after its length as a varint. */
export function delimited(requests: readonly Uint8Array[]): Buffer {
  const writer = new Writer();
  for (const bytes of requests) {
    writer.varint(bytes.length);
    writer.raw(bytes);
  }
  return writer.bytes();
}
