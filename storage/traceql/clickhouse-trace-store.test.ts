import { afterAll, beforeAll } from 'vitest';
import { traceStoreContract } from '../../traceql/trace-store.contract.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { createClickHouseTraceStore } from './clickhouse-trace-store.ts';
import { loadTraces } from './testing/load-traces.ts';

const HOUR_MS = 3_600_000;
let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store?.close());

traceStoreContract('ClickHouse', async () => ({
  open: async (traces) => {
    await loadTraces(store, 'contract', traces);
    return createClickHouseTraceStore({ clickhouse: store.clickhouse, clock: machineClock });
  },
  close: async () => {},
  startMs: Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - HOUR_MS,
}));
