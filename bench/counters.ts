/**
 * Counters as a fleet of services exports them, the same every time, in the bytes that each store takes: OTLP for the product,
 * remote write for Prometheus and VictoriaMetrics.
 */

export interface CounterSet {
  readonly metrics: number;
  readonly instances: number;
  readonly cities: number;
  readonly channels: number;
  /** Samples of each series, {@link SCRAPE_MS} apart. */
  readonly samples: number;
  /** Time of the first; epoch ms. */
  readonly startMs: number;
}

export const SCRAPE_MS = 15_000;

interface Series {
  readonly metric: number;
  readonly instance: number;
  readonly city: number;
  readonly channel: number;
}

export const seriesCount = ({ metrics, instances, cities, channels }: CounterSet): number =>
  metrics * instances * cities * channels;

const METRIC_NAMES = [
  'order',
  'payment',
  'refund',
  'ticket',
  'coupon',
  'quote',
  'stock',
  'gate',
  'ride',
  'call',
];
const CHANNELS = ['app', 'mini_program', 'web', 'assistant', 'store'];
/** Each metric's series also have it as the label `event`, so that they stay apart where names are dropped. */
export const metricName = (metric: number): string => `shop_${METRIC_NAMES[metric]!}_events_total`;
export const cityCode = (city: number): string => String(440_100 + city);

/** A number that looks random and is the same every time, 0 to 2^32 - 1. */
function noise(index: number): number {
  let x = Math.imul(index + 1, 0x9e3779b1);
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

/** Counts so many events a step on average: from a trickle to a flood, with noise. */
function increment(series: number, step: number): number {
  const busy = 1 + (noise(series) % 60);
  return noise(series * 7_919 + step) % (2 * busy);
}

/** The running values of all series, which go on step by step. */
export class Counters {
  readonly set: CounterSet;
  readonly series: readonly Series[];
  readonly #values: Float64Array;
  #step = -1;

  constructor(set: CounterSet) {
    this.set = set;
    const series: Series[] = [];
    // One instance's series lie together, metric by metric, as it exports them.
    for (let instance = 0; instance < set.instances; instance++)
      for (let metric = 0; metric < set.metrics; metric++)
        for (let city = 0; city < set.cities; city++)
          for (let channel = 0; channel < set.channels; channel++)
            series.push({ metric, instance, city, channel });
    this.series = series;
    this.#values = Float64Array.from(series, (_, i) => noise(i) % 100_000);
  }

  /** Goes to the next step; false when there is none. */
  next(): boolean {
    if (this.#step + 1 >= this.set.samples) return false;
    this.#step++;
    for (let i = 0; i < this.#values.length; i++) this.#values[i]! += increment(i, this.#step);
    return true;
  }

  get step(): number {
    return this.#step;
  }

  get timeMs(): number {
    return this.set.startMs + this.#step * SCRAPE_MS;
  }

  value(series: number): number {
    return this.#values[series]!;
  }
}

/** Protobuf written from front to back into one buffer. */
class Bytes {
  #buffer = Buffer.allocUnsafe(256);
  length = 0;

  room(more: number): void {
    if (this.length + more <= this.#buffer.length) return;
    const grown = Buffer.allocUnsafe(2 * this.#buffer.length + more);
    this.#buffer.copy(grown, 0, 0, this.length);
    this.#buffer = grown;
  }

  byte(value: number): void {
    this.room(1);
    this.#buffer[this.length++] = value;
  }

  varint(value: number): void {
    let rest = value;
    for (; rest >= 0x80; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 0x80);
    this.byte(rest);
  }

  double(value: number): void {
    this.room(8);
    this.length = this.#buffer.writeDoubleLE(value, this.length);
  }

  uint64(value: bigint): void {
    this.room(8);
    this.length = this.#buffer.writeBigUInt64LE(value, this.length);
  }

  raw(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.#buffer.set(bytes, this.length);
    this.length += bytes.length;
  }

  field(number: number, bytes: Uint8Array): void {
    this.byte((number << 3) | 2);
    this.varint(bytes.length);
    this.raw(bytes);
  }

  take(): Buffer {
    return Buffer.from(this.#buffer.subarray(0, this.length));
  }
}

function message(write: (bytes: Bytes) => void): Buffer {
  const bytes = new Bytes();
  write(bytes);
  return bytes.take();
}

const pair = (key: string, value: string, wrap: (value: Buffer) => Buffer): Buffer =>
  message((bytes) => {
    bytes.field(1, Buffer.from(key));
    bytes.field(2, wrap(Buffer.from(value)));
  });
const attribute = (key: string, value: string): Buffer =>
  pair(key, value, (text) => message((bytes) => bytes.field(1, text)));
const label = (key: string, value: string): Buffer => pair(key, value, (text) => text);

/** ExportMetricsServiceRequests: one for each instance, with all that it counts at this step. */
export class OtlpBodies {
  readonly #counters: Counters;
  readonly #attributes: readonly Buffer[];
  readonly #resources: readonly Buffer[];

  constructor(counters: Counters) {
    this.#counters = counters;
    this.#attributes = counters.series.map(({ metric, city, channel }) =>
      message((point) => {
        point.field(7, attribute('city_code', cityCode(city)));
        point.field(7, attribute('channel', CHANNELS[channel]!));
        point.field(7, attribute('event', METRIC_NAMES[metric]!));
      }),
    );
    this.#resources = Array.from({ length: counters.set.instances }, (_, instance) =>
      message((resource) => {
        resource.field(1, attribute('service.name', 'shop'));
        resource.field(1, attribute('service.instance.id', `shop-${instance}`));
      }),
    );
  }

  body(instance: number): Buffer {
    const { metrics, cities, channels, startMs } = this.#counters.set;
    const [each, timeNano] = [cities * channels, BigInt(this.#counters.timeMs) * 1_000_000n];
    const began = BigInt(startMs - 86_400_000) * 1_000_000n;
    const scope = message((bytes) => {
      for (let metric = 0; metric < metrics; metric++) {
        const first = (instance * metrics + metric) * each;
        const sum = message((points) => {
          for (let i = first; i < first + each; i++) this.#point(points, i, began, timeNano);
          for (const byte of [0x10, 2, 0x18, 1]) points.byte(byte);
        });
        const name = Buffer.from(metricName(metric).replace(/_total$/, ''));
        const fields = message((inner) => {
          inner.field(1, name);
          inner.field(7, sum);
        });
        bytes.field(2, fields);
      }
    });
    const resourceMetrics = message((bytes) => {
      bytes.field(1, this.#resources[instance]!);
      bytes.field(2, scope);
    });
    return message((bytes) => bytes.field(1, resourceMetrics));
  }

  #point(points: Bytes, series: number, began: bigint, timeNano: bigint): void {
    const attributes = this.#attributes[series]!;
    points.byte(0x0a);
    points.varint(27 + attributes.length);
    points.byte(0x11);
    points.uint64(began);
    points.byte(0x19);
    points.uint64(timeNano);
    points.byte(0x31);
    points.uint64(BigInt(this.#counters.value(series)));
    points.raw(attributes);
  }
}

/** Remote-write requests of several steps: samples are gathered by `add`, and `take` gives them encoded. */
export class RemoteWriteBodies {
  readonly #counters: Counters;
  readonly #labels: readonly Buffer[];
  #gathered: { timeMs: number; values: Float64Array }[] = [];

  constructor(counters: Counters) {
    this.#counters = counters;
    this.#labels = counters.series.map(({ metric, instance, city, channel }) =>
      message((series) => {
        series.field(1, label('__name__', metricName(metric)));
        series.field(1, label('channel', CHANNELS[channel]!));
        series.field(1, label('city_code', cityCode(city)));
        series.field(1, label('event', METRIC_NAMES[metric]!));
        series.field(1, label('instance', `shop-${instance}`));
        series.field(1, label('job', 'shop'));
      }),
    );
  }

  add(): void {
    const values = Float64Array.from(this.#labels, (_, series) => this.#counters.value(series));
    this.#gathered.push({ timeMs: this.#counters.timeMs, values });
  }

  /** Requests of at most so many series each. */
  *take(seriesEach: number): IterableIterator<Buffer> {
    for (let first = 0; first < this.#labels.length; first += seriesEach) {
      const end = Math.min(first + seriesEach, this.#labels.length);
      yield snappy(message((request) => this.#write(request, first, end)));
    }
    this.#gathered = [];
  }

  #write(request: Bytes, first: number, end: number): void {
    for (let series = first; series < end; series++) {
      const body = message((bytes) => {
        bytes.raw(this.#labels[series]!);
        for (const { timeMs, values } of this.#gathered) {
          // An epoch in milliseconds takes six bytes until the year 2109.
          bytes.byte(0x12);
          bytes.byte(16);
          bytes.byte(0x09);
          bytes.double(values[series]!);
          bytes.byte(0x10);
          bytes.varint(timeMs);
        }
      });
      request.field(1, body);
    }
  }
}

/** Snappy's block format with nothing compressed: the length, then one literal. */
function snappy(body: Buffer): Buffer {
  return message((bytes) => {
    bytes.varint(body.length);
    bytes.byte(63 << 2);
    for (let shift = 0, length = body.length - 1; shift < 4; shift++)
      bytes.byte((length >>> (8 * shift)) & 255);
    bytes.raw(body);
  });
}
