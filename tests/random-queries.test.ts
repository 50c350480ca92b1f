import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromql, type Promql } from '../promql/engine.ts';
import { MemoryStore } from '../promql/memory-store.ts';
import { type Point, pointsOf, type QueryResult } from '../promql/result.ts';
import { almostEqual } from '../promql/testing/compare.ts';
import type { LoadedSeries } from '../promql/testing/run-script.ts';
import {
  type ClickHouseScriptStore,
  openClickHouseScriptStore,
} from '../storage/queryable/testing/script-store.ts';
import { machineClock } from '../storage/testing/store.ts';
import { comparisonSeries } from './support/comparison-data.ts';
import { numbers } from './support/numbers.ts';
import { randomQueries } from './support/random-queries.ts';

/** What scrapes of a real fleet have besides: staleness markers, and start times of counters. */
function roughen(all: readonly LoadedSeries[]): LoadedSeries[] {
  const next = numbers(5);
  return all.map(({ labels, samples }) => {
    const hasStart = next() < 0.3;
    let startMs = hasStart ? 1 : 0;
    return {
      labels,
      samples: samples.map((sample, i) => {
        const restarted = i > 0 && Number(sample.value) < Number(samples[i - 1]!.value);
        if (hasStart && restarted) startMs = sample.timeMs - 1_000;
        return { ...sample, startMs, value: next() < 0.01 ? ('stale' as const) : sample.value };
      }),
    };
  });
}

/** A result as text and numbers that can be compared; errors by their type. */
function comparable(result: QueryResult): { labels: string; points: readonly Point[] }[] {
  if (!result.ok) return [{ labels: `${result.error.type}: ${result.error.message}`, points: [] }];
  const { value } = result;
  if (value.type !== 'matrix') throw new Error(`a ${value.type}`);
  return value.series.map((one) => ({ labels: JSON.stringify(one.labels), points: pointsOf(one) }));
}

function difference(a: QueryResult, b: QueryResult): string | undefined {
  const [left, right] = [comparable(a), comparable(b)];
  const labels = [left, right].map((all) => all.map((one) => one.labels).join(' '));
  if (labels[0] !== labels[1]) return labels.join(' against ');
  for (const [i, one] of left.entries()) {
    const others = right[i]!.points;
    if (one.points.length !== others.length)
      return `${one.labels}: ${one.points.length} against ${others.length} points`;
    for (const [at, point] of one.points.entries()) {
      const other = others[at]!;
      if (point.timeMs === other.timeMs && close(Number(point.value), Number(other.value))) continue;
      return `${one.labels} at ${point.timeMs}: ${point.value} against ${other.timeMs}: ${other.value}`;
    }
  }
  return undefined;
}

/** Sums in another order differ in the last digits, and so does what is left when they cancel out. */
const close = (a: number, b: number): boolean => almostEqual(a, b) || Math.abs(a - b) < 1e-9;

describe('random queries', () => {
  const memory = new MemoryStore();
  let store: ClickHouseScriptStore;
  let inMemory: Promql;
  let pushed: Promql;
  let sampled: Promql;

  beforeAll(async () => {
    const series = roughen(comparisonSeries());
    for (const { labels, samples } of series) {
      for (const { timeMs, value, startMs } of samples) memory.append(labels, timeMs, value, startMs);
    }
    store = await openClickHouseScriptStore();
    await store.load(series);
    inMemory = createPromql({ queryable: memory, clock: machineClock });
    pushed = createPromql({ queryable: store.queryable, clock: machineClock });
    sampled = createPromql({ queryable: store.queryable, clock: machineClock, pushdown: false });
  }, 60_000);
  afterAll(() => store?.close());

  it.each([1, 2])(
    'of seed %i have one answer, in memory, pushed down and not',
    async (seed) => {
      const found: string[] = [];
      for (const query of randomQueries(seed, 40)) {
        const ask = (promql: Promql) => promql.range(query, 1_207_000, 3_500_000, 53_000);
        const [a, b, c] = await Promise.all([ask(inMemory), ask(pushed), ask(sampled)]);
        const problem = difference(a, b) ?? difference(a, c);
        if (problem !== undefined) found.push(`${query}: ${problem}`);
      }
      expect(found).toEqual([]);
    },
    60_000,
  );

  it('stay what they are when printed', async () => {
    for (const query of randomQueries(4, 100)) {
      const printed = inMemory.format(query);
      if (!printed.ok) continue;
      const ask = (text: string) => inMemory.range(text, 1_207_000, 3_500_000, 301_000);
      const problem = difference(await ask(query), await ask(printed.text));
      expect(problem, `${query} as ${printed.text}`).toBeUndefined();
    }
  });

  it('are mostly answered, not refused', async () => {
    const answered: string[] = [];
    const queries = randomQueries(1, 60);
    for (const query of queries) {
      const result = await inMemory.range(query, 1_207_000, 3_500_000, 301_000);
      if (result.ok && result.value.type === 'matrix' && result.value.series.length > 0) answered.push(query);
    }
    expect(answered.length).toBeGreaterThan(queries.length / 2);
  });
});
