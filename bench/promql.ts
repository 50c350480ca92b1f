import { type Product, startProduct, temporaryDirectory } from '../tests/support/product.ts';
import type { Bench, BenchOptions, BenchResult } from './bench.ts';
import { compare, inBrief, type Question, type Row } from './comparison.ts';
import {
  type CounterSet,
  Counters,
  cityCode,
  metricName,
  OtlpBodies,
  RemoteWriteBodies,
  SCRAPE_MS,
  seriesCount,
} from './counters.ts';
import { dashboardMs, refreshing } from './dashboards.ts';
import { settled } from './load.ts';
import { hasPeers, type Peer, startPrometheus, startVictoriaMetrics } from './peers.ts';
import { sampleBytes } from './stored-bytes.ts';

type Verdict = BenchResult['verdicts'][number];

const HOUR_MS = 3_600_000;

/** Steps that one remote-write request holds of each series. */
const STEPS_TOGETHER = 20;

interface Plan {
  readonly name: string;
  readonly about: string;
  readonly full: Omit<CounterSet, 'startMs'>;
  readonly quick: Omit<CounterSet, 'startMs'>;
  readonly rounds: number;
  questions(set: CounterSet): readonly Question[];
  /** What else is measured once the data is in. */
  more?(
    product: Product,
    set: CounterSet,
    options: BenchOptions,
  ): Promise<{ rows: Row[]; verdicts: Verdict[] }>;
}

const HOURS = (hours: number): number => (hours * HOUR_MS) / SCRAPE_MS;

export const promql = promqlBench({
  name: 'promql',
  about:
    '2,000 counters, 6 h at 15 s: the same queries here, in Prometheus and in VictoriaMetrics; dashboards',
  full: { metrics: 4, instances: 5, cities: 20, channels: 5, samples: HOURS(6) },
  quick: { metrics: 4, instances: 1, cities: 10, channels: 5, samples: HOURS(6) },
  rounds: 11,
  questions: (set) => {
    const sevenOfTwenty = Array.from({ length: Math.ceil(set.cities * 0.35) }, (_, city) =>
      cityCode(city),
    ).join('|');
    const one = `${metricName(0)}{city_code="${cityCode(3)}",channel="web",instance="shop-0"}`;
    return [
      {
        what: 'sum by of a rate, 5 h',
        query: `sum by (city_code) (rate(${ALL}[5m]))`,
        rangeMs: 5 * HOUR_MS,
        ofPrometheusMax: 0.6,
      },
      {
        what: 'rate of every series, 5 h',
        query: `rate(${ALL}[5m])`,
        rangeMs: 5 * HOUR_MS,
        ofPrometheusMax: 0.5,
      },
      { what: 'one series, 5 h', query: `rate(${one}[5m])`, rangeMs: 5 * HOUR_MS, ofPrometheusMax: 2 },
      {
        what: 'instant, 35 % of the series',
        query: `{job="shop",city_code=~"${sevenOfTwenty}"}`,
        rangeMs: 0,
        ofPrometheusMax: 2,
      },
    ];
  },
  more: async (product, set, options) => {
    const endMs = endOf(set);
    const onceMs = await dashboardMs(product.web, endMs, options.quick ? 3 : 9);
    const busy = await refreshing(product, endMs, options);
    return {
      rows: [
        { what: 'a dashboard of 20 panels over 6 h', ours: onceMs },
        {
          what: 'ten dashboards every 5 s under ingest, slowest query',
          ours: busy.slowestMs,
          medianMs: busy.medianMs,
          queries: busy.queries,
          failed: busy.failed,
          spansPerSecond: busy.spansPerSecond,
        },
      ],
      verdicts: [
        verdict('a dashboard of 20 panels over 6 h, ms', onceMs, 400),
        verdict('slowest query of ten dashboards under ingest, ms', busy.slowestMs, 2_000),
        {
          figure: 'requests of ingest that were refused meanwhile',
          wanted: '0',
          got: String(busy.refused),
          holds: busy.refused === 0,
        },
      ],
    };
  },
});

export const promqlWide = promqlBench({
  name: 'promql-wide',
  about: '50,000 counters, 2 h at 15 s: the same queries here, in Prometheus and in VictoriaMetrics',
  full: { metrics: 10, instances: 10, cities: 100, channels: 5, samples: HOURS(2) },
  quick: { metrics: 10, instances: 1, cities: 20, channels: 5, samples: HOURS(2) },
  rounds: 5,
  questions: (set) => [
    {
      what: 'sum by of a rate, 1.8 h',
      query: `sum by (city_code) (rate(${ALL}[5m]))`,
      rangeMs: 1.8 * HOUR_MS,
      ofPrometheusMax: 0.6,
    },
    {
      what: 'rate of every series, 1.8 h',
      query: `rate(${ALL}[5m])`,
      rangeMs: 1.8 * HOUR_MS,
      ofPrometheusMax: 0.5,
    },
    {
      what: 'sum by of one metric’s rate',
      query: `sum by (city_code) (rate(${metricName(1)}[5m]))`,
      rangeMs: 1.8 * HOUR_MS,
      ofPrometheusMax: 0.6,
    },
    {
      what: 'instant, count of one metric',
      query: `count(${metricName(0)})`,
      rangeMs: 0,
      ofPrometheusMax: 2,
    },
    { what: 'instant, every series of one metric', query: metricName(0), rangeMs: 0, ofPrometheusMax: 2 },
    {
      what: 'one series',
      query: `rate(${metricName(0)}{city_code="${cityCode(set.cities - 1)}",channel="web",instance="shop-0"}[5m])`,
      rangeMs: 1.8 * HOUR_MS,
      ofPrometheusMax: 2,
    },
  ],
});

/** Every counter of the set and nothing that a store adds of its own. */
const ALL = '{job="shop",city_code!=""}';

const endOf = (set: CounterSet): number => set.startMs + (set.samples - 1) * SCRAPE_MS;

const verdict = (figure: string, got: number, most: number): Verdict => ({
  figure,
  wanted: `≤ ${most}`,
  got: got.toFixed(2),
  holds: got <= most,
});

function promqlBench(plan: Plan): Bench {
  return {
    name: plan.name,
    about: plan.about,
    run: async (options) => {
      if (!hasPeers())
        throw new Error('needs the programs prometheus and victoria-metrics (Debian has both)');
      const data = temporaryDirectory('data');
      const peers = await Promise.all([startPrometheus(), startVictoriaMetrics()]);
      try {
        return await measure(plan, data.path, peers, options);
      } finally {
        await Promise.all(peers.map((peer) => peer.stop()));
        data.remove();
      }
    },
  };
}

async function measure(
  plan: Plan,
  dataDirectory: string,
  peers: readonly Peer[],
  options: BenchOptions,
): Promise<BenchResult> {
  const size = options.quick ? plan.quick : plan.full;
  // The data ends now, at a scrape, as that of a running fleet does.
  const startMs = Math.floor(Date.now() / SCRAPE_MS - size.samples) * SCRAPE_MS + 1_000;
  const set: CounterSet = { ...size, startMs };
  options.say(`${seriesCount(set)} series of ${set.samples} samples`);
  await inProduct(dataDirectory, {}, async (product) => {
    await fill(new Counters(set), product, peers, options);
    options.say('waiting for loads and merges');
    await settled(product, 180_000);
  });
  // Before anything is asked: dashboards are refreshed under ingest, which brings samples of its own.
  const stored = await bytesASample(set, dataDirectory, peers);
  const rows: Row[] = [stored.row];
  const verdicts: Verdict[] = [stored.verdict];
  await inProduct(dataDirectory, {}, async (product) => {
    for (const question of plan.questions(set)) {
      options.say(question.what);
      const rounds = options.quick ? 3 : plan.rounds;
      const { row, ratio } = await compare(question, endOf(set), product, peers, rounds);
      options.say(inBrief(row));
      rows.push(row);
      if (question.ofPrometheusMax !== undefined)
        verdicts.push(verdict(`${question.what}, of Prometheus's time`, ratio, question.ofPrometheusMax));
    }
    const more = await plan.more?.(product, set, options);
    rows.push(...(more?.rows ?? []));
    verdicts.push(...(more?.verdicts ?? []));
  });
  rows.push(...(await withoutHead(plan, set, dataDirectory, peers, options)));
  const merged = await mergedBytesASample(set, stored.merged, peers);
  rows.push(merged.row);
  verdicts.push(merged.verdict);
  return { rows, verdicts };
}

/** Runs the product on this directory while `use` does. */
async function inProduct<Result>(
  dataDirectory: string,
  environment: Readonly<Record<string, string>>,
  use: (product: Product) => Promise<Result>,
): Promise<Result> {
  const product = await startProduct({
    environment: { TIDEWARDEN_LOG_LEVEL: 'error', ...environment },
    dataDirectory,
    readyMs: 120_000,
  });
  try {
    return await use(product);
  } finally {
    await product.stop();
  }
}

/** The same questions where no sample is kept in memory: what the first of many askers waits for. */
async function withoutHead(
  plan: Plan,
  set: CounterSet,
  dataDirectory: string,
  peers: readonly Peer[],
  options: BenchOptions,
): Promise<Row[]> {
  const rows: Row[] = [];
  await inProduct(dataDirectory, { TIDEWARDEN_LIMITS_HEAD_BYTES: '1 KiB' }, async (product) => {
    for (const question of plan.questions(set)) {
      options.say(`${question.what}, nothing in memory`);
      const { row } = await compare(question, endOf(set), product, peers, 3);
      options.say(inBrief(row));
      rows.push({ ...row, what: `${question.what}, nothing in memory` });
    }
  });
  return rows;
}

/** The same samples into all three. */
async function fill(
  counters: Counters,
  product: Product,
  peers: readonly Peer[],
  { say }: BenchOptions,
): Promise<void> {
  const otlp = new OtlpBodies(counters);
  const remote = new RemoteWriteBodies(counters);
  while (counters.next()) {
    for (let instance = 0; instance < counters.set.instances; instance++)
      await exportOtlp(product, otlp.body(instance));
    remote.add();
    const last = counters.step === counters.set.samples - 1;
    if (!last && (counters.step + 1) % STEPS_TOGETHER !== 0) continue;
    for (const body of remote.take(5_000)) for (const peer of peers) await peer.write(body);
    if ((counters.step + 1) % 240 === 0) say(`sent ${counters.step + 1} of ${counters.set.samples} steps`);
  }
}

async function exportOtlp(product: Product, body: Uint8Array): Promise<void> {
  for (;;) {
    const response = await fetch(`${product.otlpHttp}/v1/metrics`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: new Uint8Array(body),
    });
    await response.arrayBuffer();
    if (response.ok) return;
    if (response.status !== 429 && response.status !== 503)
      throw new Error(`the product refused samples: ${response.status}`);
    await new Promise((resolve) =>
      setTimeout(resolve, 1_000 * Number(response.headers.get('retry-after') ?? 1)),
    );
  }
}

/** What is stored now, as it lies, and ours if it were merged. The product must have stopped. */
async function bytesASample(set: CounterSet, dataDirectory: string, peers: readonly Peer[]) {
  const [prometheus, victoria] = await Promise.all(peers.map((peer) => peer.storedBytes()));
  const { lying, merged } = await sampleBytes(dataDirectory);
  return {
    merged,
    ...bytesRow(set, 'bytes a sample on disk, index included', lying, prometheus!, victoria!),
  };
}

/** The peers merge only now, so that they were asked what they had made of the data by themselves. */
async function mergedBytesASample(set: CounterSet, ours: number, peers: readonly Peer[]) {
  const [prometheus, victoria] = await Promise.all(peers.map((peer) => peer.mergedBytes()));
  return bytesRow(set, 'the same, all of it merged', ours, prometheus!, victoria!);
}

function bytesRow(set: CounterSet, what: string, ours: number, prometheus: number, victoria: number) {
  const samples = seriesCount(set) * set.samples;
  return {
    row: {
      what,
      ours: ours / samples,
      prometheus: prometheus / samples,
      victoriaMetrics: victoria / samples,
      ofVictoriaMetrics: ours / victoria,
    },
    verdict: verdict(`${what}, of VictoriaMetrics's`, ours / victoria, 1),
  };
}
