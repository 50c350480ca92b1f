/**
 * Spans in the shape of the published Jaeger-on-ClickHouse benchmark, the same every time, as requests in protobuf: 10 spans a trace, 10
 * services, 11 attributes a span of 97 keys and 1,000 values, which are taken in turn as Jaeger's `tracegen` does. Unlike there, a trace
 * goes through all services, each has 20 operations, and durations and gaps are random.
 */

export const SPANS_A_TRACE = 10;
const SERVICES = 10;
const OPERATIONS = 20;
const KEYS = 97;
const VALUES = 1_000;
const ATTRIBUTES = 11;

const serviceName = (index: number): string => `service-${index}`;
const operationName = (service: number, index: number): string => `/service-${service}/operation-${index}`;
const attributeKey = (index: number): string => `attribute.key.${index}`;
const attributeValue = (index: number): string => `value-${index}`;

/** Numbers that look random and are the same every time (xorshift32). */
export class Noise {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 1;
  }

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }

  below(limit: number): number {
    return this.next() % limit;
  }
}

export interface TraceSet {
  readonly traces: number;
  /** When the first begins, and over how long they are spread evenly. */
  readonly startMs: number;
  readonly spreadMs: number;
}

/** When a trace begins; epoch nanoseconds. */
export const traceStart = (set: TraceSet, trace: number): bigint =>
  BigInt(Math.floor(set.startMs + (trace / set.traces) * set.spreadMs)) * 1_000_000n;

/** Ids by number: a trace's, and a span's by its place in the trace. */
export function traceId(trace: number): Buffer {
  const noise = new Noise(Math.imul(trace + 1, 0x9e3779b1));
  const id = Buffer.alloc(16);
  for (let at = 0; at < 16; at += 4) {
    noise.next();
    id.writeUInt32BE(noise.next(), at);
  }
  return id;
}

interface SpanIds {
  readonly trace: Buffer;
  readonly spans: readonly Buffer[];
}

function idsOf(trace: number): SpanIds {
  const noise = new Noise(Math.imul(trace + 1, 0x85ebca6b));
  const spans = Array.from({ length: SPANS_A_TRACE }, () => {
    const id = Buffer.alloc(8);
    noise.next();
    id.writeUInt32BE(noise.next(), 0);
    id.writeUInt32BE(noise.next(), 4);
    return id;
  });
  return { trace: traceId(trace), spans };
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 0x80; rest = Math.floor(rest / 0x80)) bytes.push((rest % 0x80) | 0x80);
  return Buffer.from([...bytes, rest]);
}

const field = (number: number, bytes: Buffer): Buffer =>
  Buffer.concat([varint(number * 8 + 2), varint(bytes.length), bytes]);
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
const keyValue = (key: string, value: string): Buffer =>
  Buffer.concat([text(1, key), field(2, text(1, value))]);

/** Writes requests; made once, because it encodes every pair of key and value beforehand. */
export class TraceBodies {
  readonly #set: TraceSet;
  readonly #pairs: readonly Buffer[];
  readonly #names: readonly Buffer[];
  readonly #heads: readonly Buffer[];
  readonly #scratch = Buffer.allocUnsafe(4 * 1024 ** 2);

  constructor(set: TraceSet) {
    this.#set = set;
    this.#pairs = Array.from({ length: KEYS * VALUES }, (_, index) =>
      field(9, keyValue(attributeKey(index % KEYS), attributeValue(Math.floor(index / KEYS)))),
    );
    this.#names = Array.from({ length: SERVICES * OPERATIONS }, (_, index) =>
      text(5, operationName(Math.floor(index / OPERATIONS), index % OPERATIONS)),
    );
    this.#heads = Array.from({ length: SERVICES }, (_, index) =>
      field(1, field(1, keyValue('service.name', serviceName(index)))),
    );
  }

  /** One ExportTraceServiceRequest with these traces whole. */
  request(first: number, traces: number): Buffer {
    const ids = Array.from({ length: traces }, (_, index) => idsOf(first + index));
    const resources = this.#heads.map((head, service) =>
      field(1, Buffer.concat([head, field(2, this.#spansOf(service, first, ids))])),
    );
    return Buffer.concat(resources);
  }

  #spansOf(service: number, first: number, ids: readonly SpanIds[]): Buffer {
    let at = 0;
    ids.forEach((own, index) => {
      at = this.#writeSpan(at, service, first + index, own);
    });
    return Buffer.from(this.#scratch.subarray(0, at));
  }

  #writeSpan(start: number, service: number, trace: number, ids: SpanIds): number {
    const noise = noiseOf(trace, service);
    // Services take turns at being the root; the others hang below one another like a heap.
    const place = (service + trace) % SPANS_A_TRACE;
    const parent = place === 0 ? undefined : ids.spans[(place - 1) >> 1]!;
    const name = this.#names[service * OPERATIONS + noise.below(OPERATIONS)]!;
    const pairs = attributesOf(trace, place).map(({ key, value }) => this.#pairs[value * KEYS + key]!);
    const failed = noise.below(50) === 0;
    const length =
      18 +
      10 +
      (parent === undefined ? 0 : 10) +
      name.length +
      2 +
      18 +
      (failed ? 4 : 0) +
      pairs.reduce((sum, pair) => sum + pair.length, 0);
    const scratch = this.#scratch;
    const put = (at: number, bytes: Buffer): number => {
      scratch.set(bytes, at);
      return at + bytes.length;
    };
    let at = put(put(start, Buffer.from([0x12])), varint(length));
    at = putId(scratch, at, 0x0a, ids.trace);
    at = putId(scratch, at, 0x12, ids.spans[place]!);
    if (parent !== undefined) at = putId(scratch, at, 0x22, parent);
    at = put(at, name);
    scratch[at++] = 0x30;
    scratch[at++] = place === 0 ? 2 : 1 + (place % 3);
    const begins = traceStart(this.#set, trace) + BigInt(place * 700_000 + noise.below(600_000));
    at = putTime(scratch, at, 0x39, begins);
    at = putTime(
      scratch,
      at,
      0x41,
      begins + BigInt(Math.floor(1e6 * 1_000 ** (noise.below(100_000) / 100_000))),
    );
    for (const pair of pairs) at = put(at, pair);
    return failed ? put(at, Buffer.from([0x7a, 2, 0x18, 2])) : at;
  }
}

function putId(scratch: Buffer, at: number, tag: number, id: Buffer): number {
  scratch[at] = tag;
  scratch[at + 1] = id.length;
  scratch.set(id, at + 2);
  return at + 2 + id.length;
}

function putTime(scratch: Buffer, at: number, tag: number, nanos: bigint): number {
  scratch[at] = tag;
  scratch.writeBigUInt64LE(nanos, at + 1);
  return at + 9;
}

/** What differs from span to span: its operation first. */
function noiseOf(trace: number, service: number): Noise {
  const noise = new Noise(Math.imul(trace * SERVICES + service + 1, 0xc2b2ae35));
  noise.next();
  return noise;
}

/** The attributes of a span, by number of key and of value. */
function attributesOf(trace: number, place: number): readonly { key: number; value: number }[] {
  const first = (trace * SPANS_A_TRACE + place) * ATTRIBUTES;
  return Array.from({ length: ATTRIBUTES }, (_, index) => ({
    key: (first + index) % KEYS,
    value: (first + index) % VALUES,
  }));
}

/** What can be asked for to find a span of the set. */
export function spanAt(trace: number, place: number) {
  const service = (((place - trace) % SERVICES) + SERVICES) % SERVICES;
  const { key, value } = attributesOf(trace, place)[trace % ATTRIBUTES]!;
  return {
    service: serviceName(service),
    name: operationName(service, noiseOf(trace, service).below(OPERATIONS)),
    attribute: { key: attributeKey(key), value: attributeValue(value) },
  };
}
