import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromql, type Promql } from '../../promql/engine.ts';
import { parseMetricSelector } from '../../promql/parser.ts';
import { pointsOf } from '../../promql/result.ts';
import { type ClickHouseQueryable, createClickHouseQueryable } from '../queryable/clickhouse-queryable.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { machineClock } from '../testing/store.ts';
import { type ExponentialPoint, encodeMetrics, type MetricInput } from './testing/otlp-encode.ts';

const T0_MS = Date.UTC(2026, 10, 22, 4);
const at = (seconds: number) => BigInt(T0_MS + seconds * 1000) * 1_000_000n;
const DELTA = 1;

let store: LoadingStore;
let queryable: ClickHouseQueryable;
const engines: { readonly how: string; readonly promql: Promql }[] = [];

beforeAll(async () => {
  store = await openLoadingStore();
  await store.start();
  queryable = createClickHouseQueryable({ ...store, clock: machineClock });
  for (const pushdown of [true, false])
    engines.push({
      how: pushdown ? 'pushed down' : 'evaluated',
      promql: createPromql({ queryable, clock: machineClock, pushdown }),
    });
});
afterAll(() => store.close());

/** Loads metrics as one batch; `rows` is how many samples and histograms they hold. */
async function load(rows: number, ...metrics: readonly MetricInput[]): Promise<void> {
  const bytes = encodeMetrics({ 'service.name': 'shop' }, metrics);
  store.segments.add('metrics', [{ bytes, items: rows, rows }], [T0_MS, T0_MS + 3_600_000]);
  await store.loaded();
  expect(await store.mismatches()).toBe(0);
  await queryable.refresh();
}

/** Labels but for the name and what they share. */
const own = ({ __name__, job, ...labels }: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',');

/** The answer at a time, by labels; asked in every way, all of which must agree. */
async function ask(query: string, seconds: number): Promise<Readonly<Record<string, number>>> {
  const answers: Record<string, number>[] = [];
  const timeMs = T0_MS + seconds * 1000;
  for (const { promql } of engines) {
    const instant = await promql.instant(query, timeMs);
    if (!instant.ok || instant.value.type !== 'vector') throw new Error(JSON.stringify(instant));
    answers.push(
      Object.fromEntries(
        instant.value.samples.map(({ labels, point }) => [own(labels), point.value ?? Number.NaN]),
      ),
    );
    const range = await promql.range(query, timeMs - 60_000, timeMs + 60_000, 60_000);
    if (!range.ok || range.value.type !== 'matrix') throw new Error(JSON.stringify(range));
    const then = range.value.series.flatMap((series): [string, number][] => {
      const point = pointsOf(series).find((each) => each.timeMs === timeMs);
      return point === undefined ? [] : [[own(series.labels), point.value ?? Number.NaN]];
    });
    answers.push(Object.fromEntries(then));
  }
  const [first, ...others] = answers;
  for (const other of others) expect(other, query).toEqual(first);
  return first ?? {};
}

describe('the first value of a new series', () => {
  const scrapes = [15, 30, 45, 60].map((seconds) => ({ startNano: at(0), timeNano: at(seconds) }));

  it('of a counter counts from its start', async () => {
    const points = scrapes.map((times, i) => ({ ...times, value: 5 + i, int: true }));
    await load(4, { name: 'orders.new', sum: { points } });
    expect(await ask('increase(orders_new_total[61s])', 60)).toEqual({ '': expect.closeTo(8, 6) });
    expect(await ask('rate(orders_new_total[61s])', 60)).toEqual({ '': expect.closeTo(8 / 61, 6) });
    expect(await ask('sum(increase(orders_new_total[61s]))', 60)).toEqual({ '': expect.closeTo(8, 6) });
  });

  it('after an explicit zero is counted once', async () => {
    const zero = { startNano: at(0), timeNano: at(0), value: 0, int: true };
    const points = [zero, ...scrapes.map((times, i) => ({ ...times, value: 5 + i, int: true }))];
    await load(5, { name: 'orders.zero', sum: { points } });
    expect(await ask('increase(orders_zero_total[61s])', 60)).toEqual({ '': expect.closeTo(8, 6) });
    expect(await ask('resets(orders_zero_total[61s])', 60)).toEqual({ '': 0 });
  });

  it('of a classic histogram is in its quantiles', async () => {
    const points = scrapes.map((times) => ({
      ...times,
      count: 10n,
      sum: 15,
      counts: [0n, 10n, 0n],
      bounds: [1, 2],
    }));
    await load(20, { name: 'wait.classic', histogram: { points } });
    const query = 'histogram_quantile(0.5, rate(wait_classic_bucket[61s]))';
    expect(await ask(query, 60)).toEqual({ '': expect.closeTo(1.5, 6) });
    expect(await ask('increase(wait_classic_sum[61s])', 60)).toEqual({ '': expect.closeTo(15, 6) });
  });

  it('of a native histogram is in its quantiles', async () => {
    const positive = { offset: 1, counts: [10n] };
    const points = scrapes.map((times) => ({
      ...times,
      count: 10n,
      sum: 30,
      scale: 0,
      zeroCount: 0n,
      positive,
    }));
    await load(4, { name: 'wait.native', exponential: { points } });
    const query = 'histogram_quantile(0.5, rate(wait_native[61s]))';
    expect(await ask(query, 60)).toEqual({ '': expect.closeTo(2 * Math.SQRT2, 6) });
    expect(await ask('histogram_count(increase(wait_native[61s]))', 60)).toEqual({
      '': expect.closeTo(10, 6),
    });
  });
});

describe('delta sums', () => {
  type Delta = readonly [seconds: number, value: number];
  const points = (...values: readonly Delta[]) =>
    values.map(([seconds, value]) => ({ startNano: at(seconds - 15), timeNano: at(seconds), value }));
  const monotonic = (...values: readonly Delta[]): MetricInput => ({
    name: 'sold',
    sum: { temporality: DELTA, points: points(...values) },
  });
  const upAndDown = (...values: readonly Delta[]): MetricInput => ({
    name: 'queue',
    sum: { temporality: DELTA, monotonic: false, points: points(...values) },
  });

  it('lose and double nothing in whatever order they come', async () => {
    await load(2, monotonic([60, 4], [15, 1]));
    await load(3, monotonic([45, 3], [45, 3], [30, 2]));
    await load(2, monotonic([60, 4], [75, 5]));
    expect(await ask('sold_total', 75)).toEqual({ '': 15 });
    expect(await ask('increase(sold_total[75s])', 75)).toEqual({ '': expect.closeTo(15, 6) });
    expect(await ask('resets(sold_total[2m])', 75)).toEqual({ '': 0 });
  });

  it('that go up and down take late corrections downwards', async () => {
    await load(3, upAndDown([15, 10], [45, 5], [60, 1]));
    await load(1, upAndDown([30, -8]));
    for (const [seconds, value] of [
      [15, 10],
      [30, 2],
      [45, 7],
      [60, 8],
    ] as const)
      expect(await ask('queue', seconds)).toEqual({ '': value });
    await load(1, upAndDown([20, 100]));
    await load(2, upAndDown([25, -101], [75, 1]));
    for (const [seconds, value] of [
      [15, 10],
      [20, 110],
      [25, 9],
      [30, 1],
      [45, 6],
      [60, 7],
      [75, 8],
    ] as const)
      expect(await ask('queue', seconds)).toEqual({ '': value });
    expect(await ask('max_over_time(queue[2m])', 75)).toEqual({ '': 110 });
    expect(await ask('delta(queue[1m])', 75)).toEqual(await ask('delta(queue[1m] @ 1795320075)', 75));
  });
});

describe('delta histograms', () => {
  it('of classic buckets add up, a sum that is missing aside', async () => {
    const point = (seconds: number, sum?: number) => ({
      startNano: at(seconds - 15),
      timeNano: at(seconds),
      count: 3n,
      counts: [1n, 2n],
      bounds: [1],
      ...(sum !== undefined && { sum }),
    });
    const metric = (...points: readonly ReturnType<typeof point>[]): MetricInput => ({
      name: 'sizes',
      histogram: { temporality: DELTA, points },
    });
    await load(4, metric(point(30, 5)));
    await load(3, metric(point(15)));
    await load(4, metric(point(45, 7)));
    expect(await ask('sizes_bucket', 45)).toEqual({ 'le=1': 3, 'le=+Inf': 9 });
    expect(await ask('sizes_sum', 45)).toEqual({ '': 12 });
    expect(await ask('increase(sizes_count[45s])', 45)).toEqual({ '': expect.closeTo(9, 6) });
  });

  const point = (seconds: number, more: Partial<ExponentialPoint> = {}): ExponentialPoint => ({
    startNano: at(seconds - 15),
    timeNano: at(seconds),
    count: 4n,
    sum: 8,
    scale: 0,
    zeroCount: 1n,
    positive: { offset: 0, counts: [1n, 2n] },
    ...more,
  });
  const native = (name: string, ...points: readonly ExponentialPoint[]): MetricInput => ({
    name,
    exponential: { temporality: DELTA, points },
  });

  it('of exponential buckets lose and double nothing in whatever order they come', async () => {
    await load(2, native('spread', point(60), point(15)));
    await load(3, native('spread', point(45), point(45), point(30)));
    await load(
      2,
      native(
        'spread',
        point(60),
        point(75, { count: 6n, sum: 0.1, scale: 1, positive: { offset: 0, counts: [1n, 1n, 1n, 2n] } }),
      ),
    );
    expect(await ask('histogram_count(spread)', 60)).toEqual({ '': 16 });
    expect(await ask('histogram_count(spread)', 75)).toEqual({ '': 22 });
    expect(await ask('histogram_sum(spread)', 75)).toEqual({ '': 32.1 });
    expect(await ask('histogram_count(increase(spread[75s]))', 75)).toEqual({ '': expect.closeTo(22, 6) });
    // (1, 2] holds 1 of each of four and 2 of the finer one, (2, 4] holds 2 of each and 3.
    expect(await ask('histogram_fraction(1, 2, spread)', 75)).toEqual({ '': expect.closeTo(6 / 22, 9) });
    expect(await ask('histogram_fraction(2, 4, spread)', 75)).toEqual({ '': expect.closeTo(11 / 22, 9) });
    expect(await ask('resets(spread[2m])', 75)).toEqual({ '': 0 });
  });

  it('of exponential buckets end at a point without a value and go on after it', async () => {
    await load(
      2,
      native(
        'pauses',
        point(15),
        point(30, { flags: 1, count: 0n, zeroCount: 0n, positive: { offset: 0, counts: [] } }),
      ),
    );
    expect(await ask('histogram_count(pauses)', 31)).toEqual({});
    await load(1, native('pauses', point(45)));
    expect(await ask('histogram_count(pauses)', 45)).toEqual({ '': 8 });
  });
});

describe('a point without a recorded value', () => {
  it('ends every series of its histogram', async () => {
    const seen = { count: 2n, sum: 3, counts: [1n, 0n, 1n], bounds: [1, 2] };
    const none = { flags: 1, count: 0n, counts: [], bounds: [] };
    await load(10, {
      name: 'gone',
      histogram: {
        points: [
          { timeNano: at(15), ...seen, attributes: { lane: 'a' } },
          { timeNano: at(15), ...seen, attributes: { lane: 'b' } },
        ],
      },
    });
    await load(2, {
      name: 'gone',
      histogram: { points: [{ timeNano: at(30), ...none, attributes: { lane: 'a' } }] },
    });
    expect(await ask('count by (lane) ({__name__=~"gone_.+"})', 29)).toEqual({ 'lane=a': 5, 'lane=b': 5 });
    expect(await ask('count by (lane) ({__name__=~"gone_.+"})', 31)).toEqual({ 'lane=b': 5 });
  });

  it('ends every series of its summary, those of the same load too', async () => {
    const quantiles = [0.5, 0.99].map((quantile) => ({ quantile, value: 1 }));
    await load(6, {
      name: 'brief',
      summary: [
        { timeNano: at(15), count: 1n, sum: 1, quantiles },
        { timeNano: at(30), flags: 1, count: 0n, sum: 0, quantiles: [] },
      ],
    });
    expect(await ask('count({__name__=~"brief.*"})', 29)).toEqual({ '': 4 });
    expect(await ask('count({__name__=~"brief.*"})', 31)).toEqual({});
  });
});

it('exemplars of exponential histograms are those of the native series', async () => {
  const exemplars = [{ timeNano: at(14), value: 3, traceId: 'ab'.repeat(16), spanId: 'cd'.repeat(8) }];
  const points = [
    {
      timeNano: at(15),
      count: 1n,
      sum: 3,
      scale: 0,
      zeroCount: 0n,
      positive: { offset: 1, counts: [1n] },
      exemplars,
    },
  ];
  await load(1, { name: 'traced', exponential: { points } });
  const selectors = [parseMetricSelector('traced').matchers];
  const found = await queryable.exemplars({ selectors, startMs: T0_MS, endMs: T0_MS + 60_000, limit: 10 });
  expect(found.map(({ labels }) => labels.toLabels())).toEqual([{ __name__: 'traced', job: 'shop' }]);
  expect(found[0]?.exemplars).toMatchObject([{ timeMs: T0_MS + 14_000, value: 3 }]);
  expect(found[0]?.exemplars[0]?.labels.get('trace_id')).toBe('ab'.repeat(16));
});
