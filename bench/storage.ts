import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import type { Signal } from '../model/telemetry.ts';
import { startLoader } from '../storage/loader/loader.ts';
import {
  encodeMetrics,
  encodeTraces,
  type MetricInput,
  type SpanInput,
} from '../storage/loader/testing/otlp-encode.ts';
import { TestSegments } from '../storage/testing/segments.ts';
import { machineClock, openTestStore, type TestStore, until } from '../storage/testing/store.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';

type Row = Record<string, string | number>;
interface Load {
  readonly items: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly bytesEach: number;
}

const SPANS_PER_CPU_SECOND = 105_000;
const BYTES_A_SPAN = 45;
const SAMPLES_PER_CPU_SECOND = 400_000;
const BYTES_A_SAMPLE = 1;
const LOAD_SECONDS_P99 = 0.8;
const TICKS_PER_SECOND = 100;

export const storage: Bench = {
  name: 'storage',
  about:
    'segments → ClickHouse, merges settled: CPU of the engine and the loader, bytes on disk, time of small loads',
  async run(options) {
    const spans = await withStore((store) => benchSpans(store, options));
    const samples = await withStore((store) => benchSamples(store, options));
    const small = await withStore((store) => benchSmallLoads(store, options));
    return {
      rows: [spans.row, samples.row, ...small.rows],
      verdicts: verdicts(spans.load, samples.load, small.p99),
    };
  },
};

function verdicts(spans: Load, samples: Load, p99: number): BenchResult['verdicts'] {
  const least = (figure: string, wanted: number, got: number) => ({
    figure,
    wanted: `≥ ${wanted}`,
    got: got.toFixed(0),
    holds: got >= wanted,
  });
  const most = (figure: string, wanted: number, got: number) => ({
    figure,
    wanted: `≤ ${wanted}`,
    got: got.toFixed(2),
    holds: got <= wanted,
  });
  return [
    least('spans per CPU second, merges settled', SPANS_PER_CPU_SECOND, spans.items / spans.cpuSeconds),
    most('bytes a span on disk, traces included', BYTES_A_SPAN, spans.bytesEach),
    least(
      'samples per CPU second, histograms included',
      SAMPLES_PER_CPU_SECOND,
      samples.items / samples.cpuSeconds,
    ),
    most('bytes a sample on disk', BYTES_A_SAMPLE, samples.bytesEach),
    most('seconds from a sealed segment to its rows, p99', LOAD_SECONDS_P99, p99),
  ];
}

async function withStore<Result>(run: (store: TestStore) => Promise<Result>): Promise<Result> {
  const store = await openTestStore();
  try {
    return await run(store);
  } finally {
    await store.close();
  }
}

/** CPU of the engine and of this process, in seconds. */
function cpuSeconds(store: TestStore): number {
  const fields = readFileSync(`/proc/${store.engine.pid()}/stat`, 'utf8').split(' ');
  const own = process.cpuUsage();
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND + (own.user + own.system) / 1e6;
}

async function loaderOver(store: TestStore, segments: TestSegments) {
  return startLoader({
    segments,
    clickhouse: store.clickhouse,
    embedded: true,
    seriesPerMetric: 50_000,
    deadLetterDirectory: join(store.directory, 'dead-letter'),
    clock: machineClock,
    logger: store.logger,
    registry: new Registry(),
  });
}

/** Loads what `fill` seals, waits until no merge runs, and says what it cost. */
async function measure(
  store: TestStore,
  tables: readonly string[],
  fill: (segments: TestSegments) => number,
): Promise<Load> {
  const segments = new TestSegments(join(store.directory, 'wal'));
  const items = fill(segments);
  const cpuBefore = cpuSeconds(store);
  const started = performance.now();
  const loader = await loaderOver(store, segments);
  await until(() => segments.held() === 0, 600);
  const seconds = (performance.now() - started) / 1000;
  await loader.stop();
  const merging = async () =>
    Number(
      (await store.clickhouse.rows({ sql: 'SELECT count() AS n FROM system.merges', what: 'bench' }))[0]?.n,
    );
  await until(async () => (await merging()) === 0, 120);
  const cpu = cpuSeconds(store) - cpuBefore;
  const [size] = await store.clickhouse.rows({
    sql: 'SELECT sum(bytes_on_disk) AS bytes FROM system.parts WHERE active AND table IN {tables:Array(String)}',
    parameters: { tables },
    what: 'bench',
  });
  return { items, seconds, cpuSeconds: cpu, bytesEach: Number(size?.bytes) / items };
}

const rowOf = (what: string, load: Load): Row => ({
  what,
  items: load.items,
  perSecond: load.items / load.seconds,
  perCpuSecond: load.items / load.cpuSeconds,
  bytesEach: load.bytesEach,
});

const START_MS = Math.floor(machineClock.now() / 3_600_000) * 3_600_000 - 3_600_000;
const START_NANO = BigInt(START_MS) * 1_000_000n;
/** Numbers that look random and are the same every time. */
function noise(index: number): number {
  let x = (index + 1) * 0x9e3779b1;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}
const hex = (index: number, bytes: number): string => {
  let text = '';
  for (let part = 0; text.length < bytes * 2; part++)
    text += noise(index * 7 + part)
      .toString(16)
      .padStart(8, '0');
  return text.slice(0, bytes * 2);
};

const OPERATIONS = [
  'POST /orders',
  'price.quote',
  'limiter.admit',
  'stock.reserve',
  'payment.charge',
  'order.confirm',
];

/** Ten spans a trace, 11 attributes a span, as the demo's services send them. */
function benchSpan(index: number): SpanInput {
  const trace = Math.floor(index / 10);
  const start = START_NANO + BigInt(index) * 20_000n;
  return {
    traceId: hex(trace, 16),
    spanId: hex(index + 1_000_000_007, 8),
    ...(index % 10 === 0 ? {} : { parentSpanId: hex(trace * 10 + 1_000_000_007, 8) }),
    name: OPERATIONS[index % OPERATIONS.length] ?? '',
    kind: 1 + (index % 3),
    startNano: start,
    endNano: start + BigInt(1_000_000 + (noise(index) % 50_000_000)),
    status: { code: noise(index) % 50 === 0 ? 2 : 0 },
    attributes: {
      'http.request.method': 'POST',
      'http.route': '/orders',
      'http.response.status_code': noise(index) % 50 === 0 ? 500 : 200,
      'server.address': `order-${noise(index) % 12}.shop.internal`,
      'campaign.id': 'one-cent-tickets',
      'offer.id': `offer-${noise(index) % 40}`,
      'city.code': String(440_100 + (noise(index) % 30) * 100),
      channel: ['app', 'mini_program', 'web'][noise(index) % 3] ?? 'app',
      'customer.tier': ['new', 'normal', 'member', 'vip'][noise(index) % 4] ?? 'new',
      'order.id': `2026-${trace}`,
      'user.id': hex(noise(trace) % 20_000, 6),
    },
  };
}

const BATCH = 512;
const RESOURCE = { 'service.name': 'order', 'service.namespace': 'shop', 'service.instance.id': 'order-1' };

async function benchSpans(store: TestStore, options: BenchOptions) {
  const segmentSpans = 48 * BATCH;
  const count = options.quick ? 1 : 24;
  options.say(`encoding ${count} segments of ${segmentSpans} spans`);
  const load = await measure(store, ['spans', 'traces'], (segments) => {
    for (let segment = 0; segment < count; segment++) {
      const records = Array.from({ length: 48 }, (_, batch) => {
        const first = (segment * 48 + batch) * BATCH;
        const spans = Array.from({ length: BATCH }, (_, index) => benchSpan(first + index));
        return { bytes: encodeTraces(RESOURCE, spans), items: BATCH, rows: BATCH };
      });
      seal(segments, 'traces', records);
    }
    return count * segmentSpans;
  });
  return { load, row: rowOf('spans, 11 attributes, segments of 24,576', load) };
}

function seal(
  segments: TestSegments,
  signal: Signal,
  records: readonly { bytes: Uint8Array; items: number; rows: number }[],
): void {
  segments.add(signal, records, [START_MS, START_MS + 3_600_000]);
}

const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];
const COUNTERS = 1_000;
const HISTOGRAMS = 100;
const SAMPLES_A_STEP = COUNTERS + HISTOGRAMS * (BOUNDS.length + 3);

/** One export of 1,000 integer counters and 100 histograms, 15 s after the one before. */
function metricsAt(step: number): readonly MetricInput[] {
  const timeNano = START_NANO + BigInt(step) * 15_000_000_000n;
  const startNano = START_NANO - 60_000_000_000n;
  const attributes = (index: number) => ({
    'campaign.id': `campaign-${index % 5}`,
    'city.code': String(440_100 + (index % 50)),
    'offer.id': `offer-${Math.floor(index / 50)}`,
  });
  const points = Array.from({ length: COUNTERS }, (_, index) => ({
    timeNano,
    startNano,
    int: true,
    value: step * (1 + (noise(index) % 200)) + (noise(index * 31 + step) % 7),
    attributes: attributes(index),
  }));
  const histograms = Array.from({ length: HISTOGRAMS }, (_, index) => {
    const counts = [...BOUNDS, 0].map((_, bucket) => BigInt(step * (1 + (noise(index * 13 + bucket) % 20))));
    const count = counts.reduce((sum, each) => sum + each, 0n);
    return {
      timeNano,
      startNano,
      counts,
      count,
      sum: Number(count) * 0.137,
      bounds: BOUNDS,
      attributes: attributes(index),
    };
  });
  return [
    { name: 'order.placed', unit: '{order}', sum: { points } },
    { name: 'checkout.duration', unit: 's', histogram: { points: histograms } },
  ];
}

async function benchSamples(store: TestStore, options: BenchOptions) {
  const steps = options.quick ? 40 : 2_000;
  const together = 40;
  options.say(`encoding ${steps} exports of ${SAMPLES_A_STEP} samples`);
  const load = await measure(store, ['samples', 'series'], (segments) => {
    for (let first = 0; first < steps; first += together) {
      const records = Array.from({ length: together }, (_, offset) => {
        const bytes = encodeMetrics(RESOURCE, metricsAt(first + offset));
        return { bytes, items: COUNTERS + HISTOGRAMS, rows: SAMPLES_A_STEP };
      });
      segments.add('metrics', records, [START_MS, START_MS + steps * 15_000]);
    }
    return steps * SAMPLES_A_STEP;
  });
  return { load, row: rowOf('samples, a histogram being 14', load) };
}

/** Small segments of all signals one after another, as an idle product seals them: time to rows and CPU. */
async function benchSmallLoads(store: TestStore, options: BenchOptions) {
  const segments = new TestSegments(join(store.directory, 'wal'));
  const loader = await loaderOver(store, segments);
  const count = options.quick ? 5 : 60;
  const times: number[] = [];
  const cpuBefore = cpuSeconds(store);
  for (let index = 0; index < count; index++) {
    const spans = Array.from({ length: 50 }, (_, each) => benchSpan(index * 50 + each));
    const started = performance.now();
    seal(segments, 'traces', [{ bytes: encodeTraces(RESOURCE, spans), items: 50, rows: 50 }]);
    const metrics = encodeMetrics(RESOURCE, metricsAt(index));
    segments.add(
      'metrics',
      [{ bytes: metrics, items: 1, rows: SAMPLES_A_STEP }],
      [START_MS, START_MS + 3_600_000],
    );
    await until(() => segments.held() === 0, 60);
    times.push((performance.now() - started) / 1000);
  }
  const cpu = cpuSeconds(store) - cpuBefore;
  await loader.stop();
  times.sort((a, b) => a - b);
  const p99 = times[Math.ceil(times.length * 0.99) - 1] ?? Number.POSITIVE_INFINITY;
  const memory =
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${store.engine.pid()}/smaps_rollup`, 'utf8'))?.[1]) /
    1024;
  const row = {
    what: 'a small segment of spans and one of metrics',
    items: count,
    medianSeconds: times[Math.floor(times.length / 2)] ?? 0,
    p99Seconds: p99,
    cpuSecondsEach: cpu / count,
    enginePssMiB: memory,
  };
  return { p99, rows: [row] };
}
