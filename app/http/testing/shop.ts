import { machineClock, openTestStore, type TestStore } from '../../../storage/testing/store.ts';
import { createClickHouseTraceStore } from '../../../storage/traceql/clickhouse-trace-store.ts';
import { loadTraces } from '../../../storage/traceql/testing/load-traces.ts';
import { getTrace, type StoredTrace } from '../../../storage/traces.ts';
import { shopTraces } from '../../../traceql/testing/shop.ts';
import type { Trace } from '../../../traceql/trace.ts';
import { type AskTraces, answerTraces } from '../../trace-queries/trace-answers.ts';
import type { TraceSources } from '../../trace-queries/trace-sources.ts';

const MINUTE_MS = 60_000;
/** When the shop's first trace begins: ten minutes ago, on a whole minute. */
export const SHOP_START_MS = Math.floor(machineClock.now() / MINUTE_MS) * MINUTE_MS - 10 * MINUTE_MS;

export interface Shop {
  readonly store: TestStore;
  readonly sources: TraceSources;
  readonly ask: AskTraces;
  byId(traceId: string, abort?: AbortSignal): Promise<StoredTrace | null>;
}

/** A ClickHouse with the traces of the made-up shop, and more if given. */
export async function openShop(more: readonly Trace[] = []): Promise<Shop> {
  const store = await openTestStore();
  await loadTraces(store, 'shop', [...shopTraces(SHOP_START_MS), ...more]);
  const { clickhouse } = store;
  const byId: Shop['byId'] = (traceId, abort) => getTrace(clickhouse, traceId, abort);
  const traces = createClickHouseTraceStore({ clickhouse, clock: machineClock });
  const sources = { store: traces, byId, clickhouse };
  return { store, sources, byId, ask: answerTraces(sources) };
}
