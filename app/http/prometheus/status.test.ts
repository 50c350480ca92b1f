import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabelSet } from '../../../promql/label-set.ts';
import { MemoryStore } from '../../../promql/memory-store.ts';
import { close } from '../testing/http-client.ts';
import { get, NOW_S, servePrometheus } from './testing/serve.ts';

const MINUTE_MS = 60_000;
const NOW_MS = NOW_S * 1_000;

function storeWithSenders(): MemoryStore {
  const store = new MemoryStore();
  const at = (labels: Record<string, string>, agoMs: number, value: number) =>
    store.append(LabelSet.fromLabels(labels), NOW_MS - agoMs, value);
  const order = { __name__: 'target_info', job: 'order', service_version: '1.2' };
  at({ ...order, instance: 'order-1' }, 1_000, 1);
  at({ ...order, instance: 'order-2' }, 20 * MINUTE_MS, 1);
  at({ ...order, instance: 'order-3' }, 120 * MINUTE_MS, 1);
  at({ __name__: 'up', job: 'node', instance: 'a:9100' }, 2_000, 1);
  at({ __name__: 'up', job: 'node', instance: 'b:9100' }, 2_000, 0);
  return store;
}

describe('targets', () => {
  beforeAll(() => servePrometheus({ queryable: storeWithSenders() }));
  afterAll(close);

  it('are those who sent within an hour, each with its health', async () => {
    const { data } = await get('/targets');
    expect(data).toMatchObject({ droppedTargets: [], droppedTargetCounts: {} });
    const shown = data.activeTargets.map((one: Record<string, unknown>) => [
      one.labels,
      one.health,
      one.lastError,
    ]);
    expect(shown).toEqual([
      [{ instance: 'a:9100', job: 'node' }, 'up', ''],
      [{ instance: 'b:9100', job: 'node' }, 'down', 'its scraper says that it is down'],
      [{ instance: 'order-1', job: 'order' }, 'up', ''],
      [{ instance: 'order-2', job: 'order' }, 'down', 'nothing was received for 20 min'],
    ]);
    expect(data.activeTargets[2]).toEqual({
      discoveredLabels: {
        instance: 'order-1',
        job: 'order',
        service_version: '1.2',
      },
      labels: { instance: 'order-1', job: 'order' },
      ...{ scrapePool: 'order', scrapeUrl: '', globalUrl: '', scrapeInterval: '', scrapeTimeout: '' },
      ...{ lastError: '', lastScrape: '2025-12-31T23:59:59.000Z', lastScrapeDuration: 0, health: 'up' },
    });
  });

  it('are chosen by state and pool', async () => {
    expect((await get('/targets', { state: 'dropped' })).data.activeTargets).toEqual([]);
    const { activeTargets } = (await get('/targets', { state: 'active', scrapePool: 'node' })).data;
    expect(activeTargets).toHaveLength(2);
    expect((await get('/scrape_pools')).data).toEqual({ scrapePools: ['node', 'order'] });
  });
});

describe('status', () => {
  beforeAll(() => servePrometheus({ queryable: storeWithSenders() }));
  afterAll(close);

  it('of the build', async () => {
    expect((await get('/status/buildinfo')).data).toEqual({
      ...{ version: '3.0.0', revision: '', branch: '', buildUser: '', buildDate: '', goVersion: '' },
      tidewarden: '1.2.3',
    });
  });

  it('of the configuration', async () => {
    expect((await get('/status/config')).data).toEqual({ yaml: 'http: 127.0.0.1:4320\n' });
    expect((await get('/status/flags')).data).toEqual({ http: '127.0.0.1:4320' });
  });

  it('of the process', async () => {
    expect((await get('/status/runtimeinfo')).data).toEqual({
      ...{ startTime: '2025-12-31T23:59:00.000Z', lastConfigTime: '2025-12-31T23:59:00.000Z' },
      ...{ serverTime: '2026-01-01T00:00:00.000Z', CWD: '/srv', hostname: 'box' },
      ...{ reloadConfigSuccess: true, corruptionCount: 0, goroutineCount: 3, GOMAXPROCS: 2 },
      ...{ GOMEMLIMIT: 4_096, GOGC: '', GODEBUG: '', storageRetention: '30d' },
    });
    expect((await get('/status/walreplay')).data).toEqual({ min: 0, max: 0, current: 0, state: 'done' });
  });

  it('of the series', async () => {
    const { data } = await get('/status/tsdb', { limit: '1' });
    expect(data).toEqual({
      headStats: {
        ...{ numSeries: 5, numLabelPairs: 10, chunkCount: 0 },
        ...{ minTime: NOW_MS - 120 * MINUTE_MS, maxTime: NOW_MS - 1_000 },
      },
      seriesCountByMetricName: [{ name: 'target_info', value: 3 }],
      labelValueCountByLabelName: [{ name: 'instance', value: 5 }],
      memoryInBytesByLabelName: [{ name: '__name__', value: 37 }],
      seriesCountByLabelValuePair: [{ name: '__name__=target_info', value: 3 }],
    });
    expect((await get('/status/tsdb')).data.labelValueCountByLabelName).toHaveLength(4);
    for (const limit of ['0', '-1'])
      expect((await get('/status/tsdb', { limit })).error).toBe('limit must be a positive number');
    expect((await get('/status/tsdb', { limit: 'x' })).error).toBe('limit must be a number');
  });

  it('of alertmanagers', async () => {
    expect((await get('/alertmanagers')).data).toEqual({ activeAlertmanagers: [], droppedAlertmanagers: [] });
  });
});
