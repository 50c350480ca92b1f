/** Whatever the traces and the query, ClickHouse answers as the evaluator in memory does. */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TraceqlError } from '../../traceql/errors.ts';
import { MemoryTraceStore } from '../../traceql/memory-trace-store.ts';
import { combineMetrics } from '../../traceql/metrics/combine.ts';
import { keyOfLabels } from '../../traceql/metrics/series.ts';
import { parseQuery } from '../../traceql/parser.ts';
import {
  arbitraryComparison,
  arbitraryMetric,
  arbitrarySearch,
  arbitraryTraces,
} from '../../traceql/testing/arbitrary.ts';
import type { TraceStore } from '../../traceql/trace-store.ts';
import { validateQuery } from '../../traceql/validate.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { createClickHouseTraceStore } from './clickhouse-trace-store.ts';
import { loadTraces } from './testing/load-traces.ts';

const SEED = 20_261_124;
const HOUR_MS = 3_600_000;
const STEP_MS = 1_000;
const START_MS = Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - HOUR_MS;
const STEPS = 10;

let store: TestStore;
let stores: readonly [memory: TraceStore, clickhouse: TraceStore];
beforeAll(async () => {
  store = await openTestStore();
  const [traces = []] = fc.sample(arbitraryTraces(START_MS, 80), { seed: SEED, numRuns: 1 });
  await loadTraces(store, 'agreement', traces);
  // Some were sent again, whole or in part.
  const again = traces.filter((_, i) => i % 3 === 0);
  await loadTraces(
    store,
    'again',
    again.map((trace, i) => (i % 2 === 0 ? trace : { ...trace, spans: trace.spans.slice(0, 2) })),
  );
  stores = [
    new MemoryTraceStore(traces),
    createClickHouseTraceStore({ clickhouse: store.clickhouse, clock: machineClock }),
  ];
});
afterAll(() => store?.close());

/** Undefined if the text is no query that makes sense. */
function understood(text: string) {
  try {
    const query = parseQuery(text);
    validateQuery(query);
    return query;
  } catch (error) {
    if (error instanceof TraceqlError) return undefined;
    throw error;
  }
}

describe('ClickHouse and the evaluator in memory', () => {
  it('find the same', { timeout: 120_000 }, async () => {
    const property = fc.asyncProperty(arbitrarySearch, fc.constantFrom(1, 7, 200), async (text, limit) => {
      const query = understood(text);
      fc.pre(query?.kind === 'search');
      const { pipeline } = query as typeof query & { kind: 'search' };
      const request = {
        pipeline,
        limit,
        spansPerSpanset: 0,
        startMs: START_MS + 500,
        endMs: START_MS + STEPS * STEP_MS,
      };
      const [wanted, found] = await Promise.all(stores.map((each) => each.search(request)));
      expect(found!.traces).toEqual(wanted!.traces);
      expect(found!.partial).toBeNull();
    });
    await fc.assert(property, { seed: SEED, numRuns: 60, endOnFailure: true });
  });

  it.each([
    ['count', arbitraryMetric, 60],
    ['compare', arbitraryComparison, 20],
  ])('%s the same', { timeout: 120_000 }, async (_, arbitrary, numRuns) => {
    const property = fc.asyncProperty(arbitrary, async (text) => {
      const query = understood(text);
      fc.pre(query?.kind === 'metrics');
      const { metrics } = query as typeof query & { kind: 'metrics' };
      const grid = { startMs: START_MS, stepMs: STEP_MS, steps: STEPS };
      const [wanted, found] = await Promise.all(
        stores.map((each) =>
          combineMetrics(
            metrics,
            async (aggregate) => (await each.aggregate({ aggregate, grid, exemplars: 20 })).series,
          ),
        ),
      );
      expect(shown(found!)).toEqual(shown(wanted!));
    });
    await fc.assert(property, { seed: SEED, numRuns, endOnFailure: true });
  });
});

/** Series by their labels, figures but for the last digits. */
const shown = (series: Awaited<ReturnType<typeof combineMetrics>>) =>
  series
    .map(({ labels, values, exemplars = [] }) => ({
      labels: keyOfLabels(labels),
      values: Array.from(values, rounded),
      exemplars: exemplars.map((each) => ({ ...each, value: rounded(each.value) })),
    }))
    .sort((a, b) => (a.labels < b.labels ? -1 : 1));

const rounded = (value: number): number => Number(value.toPrecision(12));
