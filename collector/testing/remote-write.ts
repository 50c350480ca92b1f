/**
 * A sender of Prometheus's remote write for tests and benches, written from the specifications and not from what the collector
 * has: plain objects in, the bytes of a request out.
 */

export interface SampleInput {
  readonly ms: number;
  readonly value: number;
  readonly startMs?: number;
}

export interface ExemplarInput {
  readonly labels: Labels;
  readonly value: number;
  readonly ms?: number;
}

export interface SpanInput {
  readonly offset: number;
  readonly length: number;
}

/** `counts` of integer histograms are absolute here; deltas are what is sent. */
export interface HistogramInput {
  readonly ms: number;
  readonly startMs?: number;
  readonly float?: boolean;
  readonly count: number;
  readonly sum: number;
  readonly schema: number;
  readonly zeroThreshold?: number;
  readonly zeroCount?: number;
  readonly positive?: { readonly spans: readonly SpanInput[]; readonly counts: readonly number[] };
  readonly negative?: { readonly spans: readonly SpanInput[]; readonly counts: readonly number[] };
  readonly customValues?: readonly number[];
  /** 0 unknown, 1 reset, 2 no reset, 3 gauge. */
  readonly resetHint?: number;
}

export type Labels = readonly (readonly [name: string, value: string])[];

export interface MetadataInput {
  /** 1 counter, 2 gauge, 3 histogram, 4 gaugehistogram, 5 summary, 6 info, 7 stateset. */
  readonly type: number;
  readonly help?: string;
  readonly unit?: string;
}

export interface SeriesInput {
  /** Sent in this order. */
  readonly labels: Labels;
  readonly samples?: readonly SampleInput[];
  readonly histograms?: readonly HistogramInput[];
  readonly exemplars?: readonly ExemplarInput[];
  /** 2.0 only. */
  readonly metadata?: MetadataInput;
  /** As senders before 2.0-rc.4 have it. */
  readonly createdMs?: number;
}

/** `name{a="1"}` as sorted labels. */
export const labelsOf = (name: string, labels: Readonly<Record<string, string>> = {}): Labels =>
  Object.entries({ __name__: name, ...labels }).sort(([a], [b]) => (a < b ? -1 : 1));

/** `prometheus.WriteRequest`. */
export const writeRequest = (
  series: readonly SeriesInput[],
  metadata: readonly (MetadataInput & { readonly family: string })[] = [],
): Buffer =>
  Buffer.concat([
    ...series.map((each) =>
      nested(1, [
        ...each.labels.map(([name, value]) => label(1, name, value)),
        ...(each.samples ?? []).map((sample) => sampleField(2, sample)),
        ...(each.exemplars ?? []).map(({ labels, value, ms }) =>
          nested(3, [
            ...labels.map(([name, text]) => label(1, name, text)),
            double(2, value),
            ...(ms === undefined ? [] : [varint(3, BigInt(ms))]),
          ]),
        ),
        ...(each.histograms ?? []).map((histogram) => histogramField(4, histogram)),
      ]),
    ),
    ...metadata.map(({ type, family, help = '', unit = '' }) =>
      nested(3, [varint(1, BigInt(type)), text(2, family), text(4, help), text(5, unit)]),
    ),
  ]);

/** `io.prometheus.write.v2.Request`. */
export function request2(series: readonly SeriesInput[]): Buffer {
  const symbols = new Map<string, number>([['', 0]]);
  const reference = (symbol: string): bigint => {
    const known = symbols.get(symbol) ?? symbols.size;
    symbols.set(symbol, known);
    return BigInt(known);
  };
  const refs = (labels: Labels): Buffer => packed(1, labels.flat().map(reference));
  const fields = series.map((each) =>
    nested(5, [
      refs(each.labels),
      ...(each.samples ?? []).map((sample) => sampleField(2, sample)),
      ...(each.histograms ?? []).map((histogram) => histogramField(3, histogram)),
      ...(each.exemplars ?? []).map(({ labels, value, ms }) =>
        nested(4, [refs(labels), double(2, value), ...(ms === undefined ? [] : [varint(3, BigInt(ms))])]),
      ),
      ...(each.metadata === undefined
        ? []
        : [
            nested(5, [
              varint(1, BigInt(each.metadata.type)),
              varint(3, reference(each.metadata.help ?? '')),
              varint(4, reference(each.metadata.unit ?? '')),
            ]),
          ]),
      ...(each.createdMs === undefined ? [] : [varint(6, BigInt(each.createdMs))]),
    ]),
  );
  return Buffer.concat([...[...symbols.keys()].map((symbol) => text(4, symbol)), ...fields]);
}

const sampleField = (field: number, { ms, value, startMs }: SampleInput): Buffer =>
  nested(field, [
    double(1, value),
    varint(2, BigInt(ms)),
    ...(startMs === undefined ? [] : [varint(3, BigInt(startMs))]),
  ]);

function histogramField(field: number, histogram: HistogramInput): Buffer {
  const { float = false, negative, positive, zeroCount = 0 } = histogram;
  const side = (spans: number, deltas: number, counts: number, buckets: HistogramInput['positive']) =>
    buckets === undefined
      ? []
      : [
          ...buckets.spans.map(({ offset, length }) =>
            nested(spans, [varint(1, zigzag(offset)), varint(2, BigInt(length))]),
          ),
          float
            ? packedDoubles(counts, buckets.counts)
            : packed(
                deltas,
                buckets.counts.map((count, index) => zigzag(count - (buckets.counts[index - 1] ?? 0))),
              ),
        ];
  return nested(field, [
    float ? double(2, histogram.count) : varint(1, BigInt(histogram.count)),
    double(3, histogram.sum),
    varint(4, zigzag(histogram.schema)),
    double(5, histogram.zeroThreshold ?? 0),
    float ? double(7, zeroCount) : varint(6, BigInt(zeroCount)),
    ...side(8, 9, 10, negative),
    ...side(11, 12, 13, positive),
    varint(14, BigInt(histogram.resetHint ?? 0)),
    varint(15, BigInt(histogram.ms)),
    ...(histogram.customValues === undefined ? [] : [packedDoubles(16, histogram.customValues)]),
    ...(histogram.startMs === undefined ? [] : [varint(17, BigInt(histogram.startMs))]),
  ]);
}

const zigzag = (value: number): bigint =>
  BigInt.asUintN(64, value < 0 ? BigInt(-value) * 2n - 1n : BigInt(value) * 2n);

function number(value: bigint): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, value);
  for (; rest >= 0x80n; rest >>= 7n) bytes.push(Number(rest & 0x7fn) | 0x80);
  return Buffer.from([...bytes, Number(rest)]);
}

const tag = (field: number, wire: number): Buffer => number(BigInt(field * 8 + wire));
const varint = (field: number, value: bigint): Buffer => Buffer.concat([tag(field, 0), number(value)]);
const bytesField = (field: number, bytes: Buffer): Buffer =>
  Buffer.concat([tag(field, 2), number(BigInt(bytes.length)), bytes]);
const text = (field: number, value: string): Buffer => bytesField(field, Buffer.from(value));
const nested = (field: number, fields: readonly Buffer[]): Buffer => bytesField(field, Buffer.concat(fields));
const label = (field: number, name: string, value: string): Buffer =>
  nested(field, [text(1, name), text(2, value)]);
const packed = (field: number, values: readonly bigint[]): Buffer =>
  values.length === 0 ? Buffer.alloc(0) : bytesField(field, Buffer.concat(values.map(number)));

/** Bits of a double as they are, so that the staleness marker keeps its own. */
function eightBytes(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  if (Object.is(value, STALE)) bytes.writeBigUInt64LE(0x7ff0000000000002n);
  else bytes.writeDoubleLE(value);
  return bytes;
}

/** Stands for the staleness marker in what is to be sent: the language does not tell one NaN from another. */
export const STALE = Number.NaN;

const double = (field: number, value: number): Buffer => Buffer.concat([tag(field, 1), eightBytes(value)]);
const packedDoubles = (field: number, values: readonly number[]): Buffer =>
  bytesField(field, Buffer.concat(values.map(eightBytes)));

const MIN_MATCH = 4;
const MAX_COPY = 64;
const MAX_LITERAL = 0x10000;

/** Bytes as a block of Snappy: literals, and copies of what was there within 64 KiB. */
export function snappyBlock(bytes: Buffer): Buffer {
  const parts: Buffer[] = [number(BigInt(bytes.length))];
  const seen = new Map<number, number>();
  let from = 0;
  const literal = (to: number): void => {
    for (; from < to; from = Math.min(to, from + MAX_LITERAL)) {
      const piece = bytes.subarray(from, Math.min(to, from + MAX_LITERAL));
      const length = piece.length - 1;
      parts.push(Buffer.from(length < 60 ? [length << 2] : [61 << 2, length & 255, length >> 8]), piece);
    }
  };
  for (let at = 0; at + MIN_MATCH <= bytes.length; ) {
    const key = bytes.readUInt32LE(at);
    const before = seen.get(key);
    seen.set(key, at);
    if (before === undefined || at - before > 0xffff) {
      at += 1;
      continue;
    }
    let length = MIN_MATCH;
    while (length < MAX_COPY && at + length < bytes.length && bytes[before + length] === bytes[at + length])
      length++;
    literal(at);
    const offset = at - before;
    parts.push(
      length < 12 && offset < 2_048
        ? Buffer.from([1 | ((length - 4) << 2) | ((offset >> 8) << 5), offset & 255])
        : Buffer.from([2 | ((length - 1) << 2), offset & 255, offset >> 8]),
    );
    at += length;
    from = at;
  }
  literal(bytes.length);
  return Buffer.concat(parts);
}
