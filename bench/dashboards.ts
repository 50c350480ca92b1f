import { setTimeout as delay } from 'node:timers/promises';
import type { Product } from '../tests/support/product.ts';
import type { BenchOptions } from './bench.ts';
import { metricName } from './counters.ts';
import { sendLoad } from './load.ts';

const HOUR_MS = 3_600_000;
const RANGE_MS = 6 * HOUR_MS;
const STEP_S = 60;
/** What a browser opens to one host. */
const AT_A_TIME = 6;

/** Five panels on each of four metrics: the total, three ways to break it down, and the busiest cities. */
const PANELS: readonly string[] = [0, 1, 2, 3].flatMap((metric) => {
  const rate = `rate(${metricName(metric)}[5m])`;
  return [
    `sum(${rate})`,
    `sum by (city_code) (${rate})`,
    `sum by (channel) (${rate})`,
    `sum by (instance) (${rate})`,
    `topk(5, sum by (city_code) (${rate}))`,
  ];
});

/** Asks for all panels as a browser does; the milliseconds that each took, infinitely many if it was refused. */
async function openDashboard(web: string, endMs: number): Promise<number[]> {
  const waiting = [...PANELS];
  const times: number[] = [];
  const connection = async (): Promise<void> => {
    for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
      const range = `start=${(endMs - RANGE_MS) / 1_000}&end=${endMs / 1_000}&step=${STEP_S}`;
      const startedMs = performance.now();
      const response = await fetch(
        `${web}/prometheus/api/v1/query_range?query=${encodeURIComponent(query)}&${range}`,
      );
      await response.arrayBuffer();
      times.push(response.ok ? performance.now() - startedMs : Number.POSITIVE_INFINITY);
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, connection));
  return times;
}

/** The median of how long one dashboard takes from its first question to its last answer. */
export async function dashboardMs(web: string, endMs: number, rounds: number): Promise<number> {
  const times: number[] = [];
  for (let round = -1; round < rounds; round++) {
    const startedMs = performance.now();
    await openDashboard(web, endMs + round * 15_000);
    if (round >= 0) times.push(performance.now() - startedMs);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

const DASHBOARDS = 10;
const EVERY_MS = 5_000;
/** Half of what one core takes (80,000 spans/s), in requests of 512 a second. */
const REQUESTS_PER_SECOND = 78;

/** Ten dashboards, each asked for again every 5 s and its window moved on, while spans come in at half of the load. */
export async function refreshing(product: Product, endMs: number, { quick, say }: BenchOptions) {
  const seconds = quick ? 10 : 60;
  say(`ten dashboards for ${seconds} s`);
  const load = sendLoad(product, {
    protocol: 'grpc',
    signal: 'traces',
    seconds,
    requestsPerSecond: REQUESTS_PER_SECOND,
  });
  const times: number[] = [];
  const startedMs = performance.now();
  const viewer = async (index: number): Promise<void> => {
    await delay((index * EVERY_MS) / DASHBOARDS);
    for (let turn = 0; performance.now() - startedMs < seconds * 1_000; turn++) {
      times.push(...(await openDashboard(product.web, endMs + turn * EVERY_MS)));
      await delay(
        Math.max(0, startedMs + (index * EVERY_MS) / DASHBOARDS + (turn + 1) * EVERY_MS - performance.now()),
      );
    }
  };
  await Promise.all(Array.from({ length: DASHBOARDS }, (_, index) => viewer(index)));
  const { accepted, refused } = await load;
  return {
    slowestMs: Math.max(...times),
    medianMs: times.sort((a, b) => a - b)[Math.floor(times.length / 2)]!,
    queries: times.length,
    failed: times.filter((ms) => ms === Number.POSITIVE_INFINITY).length,
    refused,
    spansPerSecond: Math.round((accepted * 512) / seconds),
  };
}
