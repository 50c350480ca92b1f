import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromql, type Promql } from '../../promql/engine.ts';
import { LabelSet } from '../../promql/label-set.ts';
import type { MatrixSeries } from '../../promql/result.ts';
import { almostEqual } from '../../promql/testing/compare.ts';
import type { LoadedSeries } from '../../promql/testing/run-script.ts';
import { machineClock } from '../testing/store.ts';
import { type ClickHouseScriptStore, openClickHouseScriptStore } from './testing/script-store.ts';

/** A small generator of numbers in [0, 1), the same every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const SCRAPE_MS = 15_000;
const SAMPLES = 240;

/** Counters and gauges with gaps, resets, jitter, staleness markers, NaN, and starts before or inside the range. */
function randomSeries(): LoadedSeries[] {
  const next = numbers(7);
  return Array.from({ length: 40 }, (_, i) => {
    const labels = LabelSet.fromLabels({ __name__: 'm_total', i: String(i), kind: String(i % 4) });
    const samples: { timeMs: number; value: number | 'stale'; startMs: number }[] = [];
    let value = i % 5 === 0 ? 0 : Math.floor(next() * 100);
    let startMs = i % 3 === 0 ? 1 : 0;
    for (let at = 0; at < SAMPLES; at++) {
      const timeMs = 1_000 + at * SCRAPE_MS + Math.floor(next() * (i % 2 === 0 ? 1 : 4_000));
      if (next() < 0.08) continue;
      value += Math.floor(next() * 10) + (i % 7 === 0 ? next() : 0);
      if (next() < 0.03) {
        value = Math.floor(next() * 3);
        if (i % 6 === 0) startMs = timeMs - 500;
      }
      const special = next();
      const stored = special < 0.01 ? 'stale' : special < 0.015 && i % 4 === 1 ? Number.NaN : value;
      samples.push({ timeMs, value: stored, startMs });
    }
    return { labels, samples };
  });
}

describe.each([
  ['at once', undefined],
  ['in some batches', 3_000],
])("ClickHouse's grid functions, %s", (_, batchSamples) => {
  let store: ClickHouseScriptStore;
  let pushed: Promql;
  let sampled: Promql;
  beforeAll(async () => {
    store = await openClickHouseScriptStore({ batchSamples });
    await store.load(randomSeries());
    // A sender that repeats itself: the same points once more.
    await store.load(randomSeries().slice(0, 10));
    const common = { queryable: store.queryable, clock: machineClock };
    pushed = createPromql({ ...common, pushdown: true });
    sampled = createPromql({ ...common, pushdown: false });
  });
  afterAll(() => store?.close());

  const ask = async (promql: Promql, query: string, stepMs: number) => {
    const result = await promql.range(query, 61_000, 3_600_000, stepMs, {
      lookbackMs: 45_000,
      explain: true,
    });
    if (!result.ok || result.value.type !== 'matrix') throw new Error(JSON.stringify(result));
    return { series: result.value.series, infos: result.infos, root: result.explain!.root };
  };

  const expectSame = (got: readonly MatrixSeries[], wanted: readonly MatrixSeries[]): void => {
    const places = (series: readonly MatrixSeries[]) =>
      series.map(({ labels, timesMs }) => [labels, timesMs]);
    expect(places(got)).toEqual(places(wanted));
    const different = got.flatMap(({ labels, timesMs, values }, i) =>
      [...values].flatMap((value, j) => {
        const other = wanted[i]!.values[j]!;
        return almostEqual(value, other) ? [] : [{ labels, at: timesMs[j], got: value, wanted: other }];
      }),
    );
    expect(different.slice(0, 5)).toEqual([]);
  };

  const functions = ['rate', 'increase', 'delta', 'irate', 'idelta', 'last_over_time', ''];
  const shapes = [
    { window: '5m', stepMs: 60_000 },
    { window: '1m', stepMs: 15_000 },
    { window: '30s', stepMs: 97_000 },
    { window: '20m', stepMs: 7_001 },
    { window: '2m offset 3m', stepMs: 30_000 },
  ];
  it.each(functions.flatMap((fn) => shapes.map((shape) => ({ fn, ...shape }))))(
    '$fn over $window every $stepMs ms is that of the evaluator',
    async ({ fn, window, stepMs }) => {
      const [range, ...rest] = window.split(' ');
      const selector = `m_total[${range}] ${rest.join(' ')}`;
      const query = fn === '' ? `m_total ${rest.join(' ')}` : `${fn}(${selector})`;
      const [a, b] = [await ask(pushed, query, stepMs), await ask(sampled, query, stepMs)];
      if (fn !== '' || stepMs >= 10_000) expect(a.root.pushedDown).not.toBeNull();
      expect(b.root.pushedDown).toBeNull();
      expectSame(a.series, b.series);
    },
  );

  const operators = ['sum', 'avg', 'min', 'max', 'count', 'group'];
  const inner = [
    'rate(m_total[5m])',
    'delta(m_total[2m] offset 3m)',
    'last_over_time(m_total[1m])',
    'm_total',
  ];
  const groupings = ['', 'by (kind)', 'by (__name__, kind)', 'without (i)'];
  it.each(operators.flatMap((operator) => inner.map((of) => ({ operator, of }))))(
    '$operator of $of is that of the evaluator',
    async ({ operator, of }) => {
      for (const grouping of groupings) {
        const query = `${operator} ${grouping} (${of})`;
        const [a, b] = [await ask(pushed, query, 60_000), await ask(sampled, query, 60_000)];
        expectSame(a.series, b.series);
        expect(a.infos).toEqual(b.infos);
        // A mean is not put together with those of counters that began inside the range.
        if (operator !== 'avg')
          expect(a.root).toMatchObject({ where: 'clickhouse', pushedDown: a.root.expr });
      }
    },
  );

  it('gives means of groups too, where no counter began inside the range', async () => {
    const query = 'avg by (kind) (delta(m_total[5m]))';
    const [a, b] = [await ask(pushed, query, 60_000), await ask(sampled, query, 60_000)];
    expect(a.root.pushedDown).toBe(a.root.expr);
    expectSame(a.series, b.series);
  });
});

describe('a selector of much', () => {
  let store: ClickHouseScriptStore;
  beforeAll(async () => {
    store = await openClickHouseScriptStore({ maxSamples: 1_000, maxScanned: 5_000, batchSamples: 600 });
    await store.load(randomSeries());
  });
  afterAll(() => store?.close());
  const ask = (query: string, startMs = 61_000) =>
    createPromql({ queryable: store.queryable, clock: machineClock }).range(
      query,
      startMs,
      3_600_000,
      60_000,
    );

  it('is held to what the store may go through where only points come back, however few', async () => {
    expect(await ask('sum(rate(m_total[5m]))')).toMatchObject({
      ok: false,
      error: {
        type: 'too_many',
        message:
          'query processing would go through too many samples in the store (limit 5000): narrow the time range or the label matchers',
      },
    });
    expect(await ask('count(last_over_time(m_total[5m]))', 2_000_000)).toMatchObject({ ok: true });
  });

  it('is held to what a query may hold where its samples come', async () => {
    expect(await ask('max_over_time(m_total[5m])', 2_000_000)).toMatchObject({
      ok: false,
      error: {
        type: 'too_many',
        message: expect.stringContaining('into memory in query execution (limit 1000)'),
      },
    });
  });
});
