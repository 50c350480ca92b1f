import type { OtlpSignal } from '../../model/telemetry.ts';
import { transcode } from '../json/transcode.ts';
import { field, logsJson, metricsJson, START_NANO, spanJson, tracesJson } from './bodies.ts';

/** A source of numbers in [0, 1) that repeats for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const TIME = { timeUnixNano: String(START_NANO), startTimeUnixNano: String(START_NANO - 1_000n) };
const ATTRIBUTES = [
  { key: 'campaign.id', value: { stringValue: 'one-cent-tickets' } },
  { key: 'city', value: { kvlistValue: { values: [{ key: '广州', value: { intValue: '440100' } }] } } },
  { key: 'price', value: { doubleValue: 0.01 } },
];
const EXEMPLARS = [
  {
    timeUnixNano: String(START_NANO),
    asDouble: 1,
    spanId: '0102030405060708',
    traceId: '0102030405060708090a0b0c0d0e0f10',
  },
];

/** Requests that hold something of everything. */
export const SEEDS_JSON: Readonly<Record<OtlpSignal, object>> = {
  traces: tracesJson([
    spanJson(1, {
      attributes: ATTRIBUTES,
      traceState: 'a=b',
      parentSpanId: '0000000000000009',
      flags: 257,
      events: [{ timeUnixNano: String(START_NANO), name: 'limiter.admit', attributes: ATTRIBUTES }],
      links: [
        { traceId: '0102030405060708090a0b0c0d0e0f10', spanId: '0102030405060708', attributes: ATTRIBUTES },
      ],
      status: { code: 2, message: 'sold out' },
    }),
    spanJson(2),
    spanJson(3),
  ]),
  metrics: metricsJson([
    {
      name: 'g',
      unit: '1',
      gauge: { dataPoints: [{ ...TIME, asInt: '-4', attributes: ATTRIBUTES, exemplars: EXEMPLARS }] },
    },
    {
      name: 's',
      sum: {
        isMonotonic: true,
        aggregationTemporality: 2,
        dataPoints: [
          { ...TIME, asDouble: 1.5 },
          { ...TIME, asInt: 3 },
        ],
      },
    },
    {
      name: 'h',
      histogram: {
        aggregationTemporality: 2,
        dataPoints: [
          {
            ...TIME,
            count: 3,
            sum: 2,
            bucketCounts: [1, 2, 0],
            explicitBounds: [0.5, 1],
            min: 0,
            max: 1,
            exemplars: EXEMPLARS,
          },
        ],
      },
    },
    {
      name: 'e',
      exponentialHistogram: {
        dataPoints: [
          {
            ...TIME,
            count: 3,
            sum: 2,
            scale: 3,
            zeroCount: 1,
            positive: { offset: -2, bucketCounts: [1, 1] },
            negative: { bucketCounts: [300] },
          },
        ],
      },
    },
    {
      name: 'q',
      summary: {
        dataPoints: [
          {
            ...TIME,
            count: 3,
            sum: 2,
            quantileValues: [
              { quantile: 0.5, value: 1 },
              { quantile: 1, value: 2 },
            ],
          },
        ],
      },
    },
  ]),
  logs: logsJson([
    {
      ...TIME,
      severityNumber: 9,
      severityText: 'INFO',
      body: { stringValue: 'placed' },
      attributes: ATTRIBUTES,
      traceId: '0102030405060708090a0b0c0d0e0f10',
      spanId: '0102030405060708',
      flags: 1,
    },
    {
      observedTimeUnixNano: String(START_NANO),
      body: { arrayValue: { values: [{ boolValue: true }, {}, { bytesValue: 'AQI=' }] } },
      eventName: 'order.placed',
    },
  ]),
};

const SEEDS: Readonly<Record<OtlpSignal, Buffer>> = {
  traces: transcode('traces', SEEDS_JSON.traces),
  metrics: transcode('metrics', SEEDS_JSON.metrics),
  logs: transcode('logs', SEEDS_JSON.logs),
};

type Random = () => number;
const below = (random: Random, limit: number): number => Math.floor(random() * limit);

/** Ways to spoil a body; each takes the seed's bytes. */
const DAMAGE: Readonly<Record<string, (random: Random, seed: Buffer) => Buffer>> = {
  none: (_random, seed) => seed,
  truncated: (random, seed) => seed.subarray(0, below(random, seed.length)),
  bitFlipped: (random, seed) => {
    const bytes = Buffer.from(seed);
    for (let flips = 1 + below(random, 6); flips > 0; flips--)
      bytes[below(random, bytes.length)]! ^= 1 << below(random, 8);
    return bytes;
  },
  /** The wire type is the low three bits of a tag; most bytes that this hits are tags or lengths. */
  wrongType: (random, seed) => {
    const bytes = Buffer.from(seed);
    const at = below(random, bytes.length);
    bytes[at] = (bytes[at]! & 0xf8) | below(random, 8);
    return bytes;
  },
  random: (random) => Buffer.from(Array.from({ length: below(random, 400) }, () => below(random, 256))),
  spliced: (random, seed) => {
    const from = below(random, seed.length);
    const to = below(random, seed.length);
    return Buffer.concat([seed.subarray(0, from), seed.subarray(to)]);
  },
  nested: (random) => nestedTraces(1 + below(random, random() < 0.9 ? 100 : 3_000)),
  oversized: (random, seed) =>
    Buffer.concat([seed, field(15, 2, Buffer.alloc(OVERSIZED_BYTES + below(random, 1_000)))]),
};

/** More than the limit that the fuzz test sets. */
export const OVERSIZED_BYTES = 150_000;

/** One span with one attribute whose value is a list of a list of a list … */
function nestedTraces(depth: number): Buffer {
  let value = field(1, 2, Buffer.from('x'));
  for (let level = 0; level < depth; level++) value = field(5, 2, field(1, 2, value));
  const attribute = field(9, 2, Buffer.concat([field(1, 2, Buffer.from('deep')), field(2, 2, value)]));
  const spanFields = transcode('traces', { resourceSpans: [] });
  const span = Buffer.concat([
    spanFields,
    field(1, 2, Buffer.alloc(16, 1)),
    field(2, 2, Buffer.alloc(8, 1)),
    field(7, 1, Buffer.from([0, 0, 0, 0, 0, 0, 1, 0])),
    attribute,
  ]);
  return field(1, 2, field(2, 2, field(2, 2, span)));
}

export interface DamagedBody {
  readonly signal: OtlpSignal;
  readonly damage: string;
  readonly body: Buffer;
}

/** The next body: any signal's seed, spoiled in any way. */
export function damagedBody(random: Random): DamagedBody {
  const signals = Object.keys(SEEDS) as OtlpSignal[];
  const kinds = Object.keys(DAMAGE);
  const damage = kinds[below(random, kinds.length)]!;
  const signal = damage === 'nested' ? 'traces' : signals[below(random, signals.length)]!;
  return { signal, damage, body: DAMAGE[damage]!(random, SEEDS[signal]) };
}
