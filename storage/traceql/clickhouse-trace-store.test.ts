import { afterAll, beforeAll, expect, it } from 'vitest';
import { parseQuery } from '../../traceql/parser.ts';
import { sketchTrace } from '../../traceql/testing/shop.ts';
import { traceStoreContract } from '../../traceql/trace-store.contract.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { createClickHouseTraceStore } from './clickhouse-trace-store.ts';
import { loadTraces } from './testing/load-traces.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
let store: TestStore;
let twice: TestStore;
beforeAll(async () => {
  [store, twice] = await Promise.all([openTestStore(), openTestStore()]);
}, 60_000);
afterAll(async () => {
  await store?.close();
  await twice?.close();
});

traceStoreContract('ClickHouse', async () => ({
  open: async (traces) => {
    await loadTraces(store, 'contract', traces);
    return createClickHouseTraceStore({ clickhouse: store.clickhouse, clock: machineClock });
  },
  close: async () => {},
  startMs: Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - HOUR_MS,
}));

traceStoreContract('ClickHouse with spans that were sent twice', async () => ({
  open: async (traces) => {
    await loadTraces(twice, 'first', traces);
    await loadTraces(twice, 'again', traces);
    return createClickHouseTraceStore({ clickhouse: twice.clickhouse, clock: machineClock });
  },
  close: async () => {},
  startMs: Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - HOUR_MS,
}));

it('finds spans of many children without reading the traces of others', async () => {
  const startMs = Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - 3 * HOUR_MS;
  const childrenOf = (parent: number, count: number) =>
    Array.from({ length: count }, (_, i) => ({ id: parent + i + 1, parent, atMs: i, name: 'child' }));
  await loadTraces(store, 'children', [
    sketchTrace(0xb0, startMs, [{ id: 0xb000, name: 'five' }, ...childrenOf(0xb000, 5)]),
    sketchTrace(0xb1, startMs, [{ id: 0xb100, name: 'three' }, ...childrenOf(0xb100, 3)]),
    ...Array.from({ length: 20 }, (_, i) =>
      sketchTrace(0xb200 + i, startMs, [
        { id: 0xb2000 + 2 * i, name: 'one' },
        ...childrenOf(0xb2000 + 2 * i, 1),
      ]),
    ),
  ]);
  const found = async (text: string) => {
    const query = parseQuery(text);
    if (query.kind !== 'search') throw new Error('no search');
    const { traces, inspectedTraces } = await createClickHouseTraceStore({
      clickhouse: store.clickhouse,
      clock: machineClock,
    }).search({
      ...{ pipeline: query.pipeline, limit: 100, spansPerSpanset: 1 },
      ...{ startMs, endMs: startMs + HOUR_MS },
    });
    return { names: traces.map(({ rootName }) => rootName).sort(), inspectedTraces };
  };
  expect(await found('{ span:childCount > 3 }')).toEqual({ names: ['five'], inspectedTraces: 1 });
  expect(await found('{ span:childCount >= 3 }')).toEqual({ names: ['five', 'three'], inspectedTraces: 2 });
  expect(await found('{ span:childCount = 3 }')).toEqual({ names: ['three'], inspectedTraces: 2 });
  expect((await found('{ span:childCount = 1 }')).names).toHaveLength(20);
});

it('reads a trace whole that began the day before', async () => {
  const midnight = Math.floor(machineClock.now() / DAY_MS) * DAY_MS - 2 * DAY_MS;
  const order = { id: 0xa1, name: 'POST /orders', attributes: { 'campaign.id': 'late' } };
  const late = { id: 0xa2, parent: 0xa1, atMs: 4 * HOUR_MS, name: 'deliver' };
  await loadTraces(store, 'midnight', [sketchTrace(0xa0, midnight - HOUR_MS, [order, late])]);
  const query = parseQuery('{ name = "deliver" }');
  if (query.kind !== 'search') throw new Error('no search');
  const { traces } = await createClickHouseTraceStore({
    clickhouse: store.clickhouse,
    clock: machineClock,
  }).search({
    ...{ pipeline: query.pipeline, limit: 1, spansPerSpanset: 1 },
    ...{ startMs: midnight, endMs: midnight + DAY_MS },
  });
  expect(traces).toMatchObject([
    {
      ...{ complete: true, rootName: 'POST /orders', campaignId: 'late' },
      startNanos: BigInt(midnight - HOUR_MS) * 1_000_000n,
      services: { order: { spans: 2 } },
    },
  ]);
});

it('reads whole what lies near its candidate, what reaches far and what ends late', async () => {
  const noon = Math.floor(machineClock.now() / DAY_MS) * DAY_MS - DAY_MS - 12 * HOUR_MS;
  const found = { id: 0xb1, name: 'redeem' };
  const near = sketchTrace(0xb0, noon, [found, { id: 0xb2, parent: 0xb1, atMs: 50_000 }]);
  const far = sketchTrace(0xc0, noon + 1_000, [found, { id: 0xb2, parent: 0xb1, atMs: HOUR_MS }]);
  const long = sketchTrace(0xd0, noon + 2_000, [{ ...found, durationNanos: 600e9 }]);
  await loadTraces(store, 'reach', [near, far, long]);
  const query = parseQuery('{ name = "redeem" }');
  if (query.kind !== 'search') throw new Error('no search');
  const search = (startMs: number) =>
    createClickHouseTraceStore({ clickhouse: store.clickhouse, clock: machineClock }).search({
      ...{ pipeline: query.pipeline, limit: 20, spansPerSpanset: 1 },
      ...{ startMs, endMs: startMs + 1_000 },
    });
  const spansOf = async (startMs: number) =>
    (await search(startMs)).traces.map(({ services, durationNanos }) => [
      services.order?.spans,
      durationNanos,
    ]);
  expect(await spansOf(noon)).toEqual([[2, 50_001e6]]);
  expect(await spansOf(noon + 1_000)).toEqual([[2, 3_600_001e6]]);
  expect(await spansOf(noon + 2_000)).toEqual([[1, 600e9]]);
});
