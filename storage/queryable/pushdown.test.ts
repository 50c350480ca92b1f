import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromql, type Promql } from '../../promql/engine.ts';
import { LabelSet } from '../../promql/label-set.ts';
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

describe("ClickHouse's grid functions", () => {
  let store: ClickHouseScriptStore;
  let pushed: Promql;
  let sampled: Promql;
  beforeAll(async () => {
    store = await openClickHouseScriptStore();
    await store.load(randomSeries());
    // A sender that repeats itself: the same points once more.
    await store.load(randomSeries().slice(0, 10));
    const common = { queryable: store.queryable, clock: machineClock };
    pushed = createPromql({ ...common, pushdown: true });
    sampled = createPromql({ ...common, pushdown: false });
  });
  afterAll(() => store?.close());

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
      const ask = async (promql: Promql) => {
        const result = await promql.range(query, 61_000, 3_600_000, stepMs, { lookbackMs: 45_000 });
        if (!result.ok || result.value.type !== 'matrix') throw new Error(JSON.stringify(result));
        return { series: result.value.series, pushedDown: result.stats.pushedDown };
      };
      const [a, b] = [await ask(pushed), await ask(sampled)];
      if (fn !== '' || stepMs >= 10_000) expect(a.pushedDown).not.toEqual([]);
      expect(a.series.map(({ labels, timesMs }) => [labels, timesMs])).toEqual(
        b.series.map(({ labels, timesMs }) => [labels, timesMs]),
      );
      const different = a.series.flatMap(({ labels, timesMs, values }, i) =>
        [...values].flatMap((got, j) => {
          const wanted = b.series[i]!.values[j]!;
          return almostEqual(got, wanted) ? [] : [{ labels, at: timesMs[j], got, wanted }];
        }),
      );
      expect(different.slice(0, 5)).toEqual([]);
    },
  );
});
