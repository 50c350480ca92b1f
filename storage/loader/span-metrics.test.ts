import { readFileSync } from 'node:fs';
import { Registry } from 'prom-client';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Loaded } from '../../model/telemetry.ts';
import { createPromql } from '../../promql/engine.ts';
import type { Queryable } from '../../promql/queryable.ts';
import { createClickHouseQueryable } from '../queryable/clickhouse-queryable.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { machineClock, until } from '../testing/store.ts';
import type { SpanMetricsSettings } from './span-metrics.ts';
import { encodeTraces, type SpanInput } from './testing/otlp-encode.ts';

const SETTINGS: SpanMetricsSettings = { dimensions: [], operationsPerService: 1_000, forgetDays: 30 };
const DAY_NANOS = 86_400_000_000_000n;

let store: LoadingStore;
let queryable: Queryable;
let started = false;
const published: Loaded[] = [];

beforeAll(async () => {
  store = await openLoadingStore();
});
beforeEach(() => {
  const { clickhouse, logger } = store;
  queryable = createClickHouseQueryable({
    clickhouse,
    clock: machineClock,
    logger,
    registry: new Registry(),
  });
});
afterEach(async () => {
  await store.empty();
  started = false;
  published.length = 0;
});
afterAll(() => store.close());

async function start(settings: Partial<SpanMetricsSettings> = {}): Promise<void> {
  const loader = await store.start({ spanMetrics: { ...SETTINGS, ...settings } });
  loader.onLoad((load) => load.signal === 'metrics' && published.push(load));
  started = true;
}

const NOW_NANO = BigInt(Date.now()) * 1_000_000n;
let spanIds = 0;
const span = (more: Partial<SpanInput> & { readonly ms?: number } = {}): SpanInput => ({
  traceId: (++spanIds).toString(16).padStart(32, '0'),
  spanId: spanIds.toString(16).padStart(16, '0'),
  name: 'POST /orders',
  kind: 2,
  startNano: NOW_NANO,
  endNano: (more.startNano ?? NOW_NANO) + BigInt(Math.round((more.ms ?? 5) * 1e6)),
  ...more,
});

/** Seals a segment of these spans of the service `order`. */
function seal(spans: readonly SpanInput[], resource: Record<string, string> = {}) {
  const bytes = encodeTraces({ 'service.name': 'order', ...resource }, spans);
  const now = Date.now();
  return store.segments.add('traces', [{ bytes, items: spans.length, rows: spans.length }], [now, now]);
}

/** Loads spans and waits until they are in the samples. */
async function load(spans: readonly SpanInput[], resource: Record<string, string> = {}): Promise<void> {
  if (!started) await start();
  seal(spans, resource);
  await store.loaded();
  const total = await counted();
  await until(async () => (await publishedCalls()) === total, 60);
}

const counted = async (): Promise<number> =>
  Number((await store.rows('SELECT count() AS n FROM spans'))[0]?.n);

const publishedCalls = async (): Promise<number> => {
  const [row] =
    await store.rows(`SELECT sum(newest) AS calls FROM (SELECT argMax(value, ts) AS newest FROM samples
      WHERE id IN (SELECT id FROM series WHERE name = 'traces_span_metrics_calls_total') GROUP BY id)`);
  return Number(row?.calls);
};

async function ask(query: string): Promise<readonly string[]> {
  const result = await createPromql({ queryable, clock: machineClock }).instant(query, Date.now());
  if (!result.ok) throw new Error(result.error.message);
  if (result.value.type !== 'vector') throw new Error(`${query} is no vector`);
  return result.value.samples
    .map(({ labels, point }) => {
      const shown = Object.entries(labels).filter(([name]) => name !== '__name__');
      return `${shown.map(([name, text]) => `${name}="${text}"`).join(',')} ${point.value}`;
    })
    .sort();
}
async function value(query: string): Promise<number> {
  const [only = '', ...more] = await ask(query);
  expect(more).toEqual([]);
  return Number(only.split(' ').at(-1));
}

const CALLS = 'traces_span_metrics_calls_total';
const DURATION = 'traces_span_metrics_duration_seconds';

describe('span metrics', { timeout: 180_000 }, () => {
  it('count calls and durations by service, operation, kind, status, campaign and traffic', async () => {
    await load([
      span({ ms: 2 }),
      span({ ms: 3 }),
      span({ ms: 20_000, attributes: { 'campaign.id': 'summer' }, status: { code: 2 } }),
      span({ name: 'charge', kind: 3, status: { code: 1 }, ms: 0, attributes: { 'traffic.kind': 'test' } }),
      span({ name: 'charge', kind: 3, ms: 0, attributes: { 'traffic.kind': 'odd' } }),
    ]);
    expect(await ask(CALLS)).toEqual([
      'campaign_id="summer",service_name="order",span_kind="SPAN_KIND_SERVER",span_name="POST /orders",status_code="STATUS_CODE_ERROR" 1',
      'service_name="order",span_kind="SPAN_KIND_CLIENT",span_name="charge",status_code="STATUS_CODE_OK",traffic_kind="test" 1',
      'service_name="order",span_kind="SPAN_KIND_CLIENT",span_name="charge",status_code="STATUS_CODE_UNSET" 1',
      'service_name="order",span_kind="SPAN_KIND_SERVER",span_name="POST /orders",status_code="STATUS_CODE_UNSET" 2',
    ]);
    const of = '{span_kind="SPAN_KIND_SERVER",campaign_id=""}';
    expect(await value(`${DURATION}_sum${of}`)).toBeCloseTo(0.005);
    expect(await value(`${DURATION}_count${of}`)).toBe(2);
    expect(
      await ask(
        `sum by (le) (${DURATION}_bucket{span_kind="SPAN_KIND_SERVER",campaign_id="",le=~"0.002|0.004|15|[+]Inf"})`,
      ),
    ).toEqual(['le="+Inf" 2', 'le="0.002" 1', 'le="0.004" 2', 'le="15" 2']);
    expect(await ask(`sum by (le) (${DURATION}_bucket{campaign_id="summer",le=~"15|[+]Inf"})`)).toEqual([
      'le="+Inf" 1',
      'le="15" 0',
    ]);
    expect(await ask(`count by (le) (${DURATION}_bucket{campaign_id="summer"})`)).toHaveLength(17);
    const metadata = await queryable.metadata({});
    expect(metadata.get(CALLS)?.[0]?.type).toBe('counter');
    expect(metadata.get(DURATION)?.[0]).toMatchObject({ type: 'histogram', unit: 'seconds' });
  });

  it('grow by what comes, late and twice too, and not by a load that is repeated', async () => {
    const late = span({ startNano: NOW_NANO - 3n * DAY_NANOS });
    await load([span(), span()]);
    await load([late, late]);
    expect(await value(CALLS)).toBe(4);
    const segment = seal([span()]);
    const bytes = readFileSync(segment.path);
    await store.loaded();
    store.segments.addAgain(segment, bytes);
    await store.loaded();
    await load([span()]);
    expect(await value(CALLS)).toBe(6);
    // Each series says when it began, so that its first value is growth too.
    const odd = await store.rows(
      `SELECT countIf(toUnixTimestamp64Milli(start) = 0 OR start > ts) AS n FROM samples`,
    );
    expect(odd).toEqual([{ n: '0' }]);
    expect(published.length).toBeGreaterThan(1);
  });

  it('of a load that nobody had time to publish come with the next start', async () => {
    await load([span()]);
    await store.start();
    seal([span(), span()]);
    await store.loaded();
    expect(await value(CALLS)).toBe(1);
    await start();
    await until(async () => (await publishedCalls()) === 3, 60);
    expect(await value(CALLS)).toBe(3);
  });

  it('have exemplars that open the trace, of the buckets that grew', async () => {
    const slow = span({ ms: 300 });
    await load([span({ ms: 5 }), slow]);
    const [only, ...more] = await queryable.exemplars({
      selectors: [
        [
          { name: '__name__', operator: '=', value: `${DURATION}_bucket` },
          { name: 'le', operator: '=', value: '0.4' },
        ],
      ],
      startMs: 0,
      endMs: Date.now() + 60_000,
      limit: 100,
    });
    expect(more).toEqual([]);
    expect(only?.exemplars.map(({ labels, value }) => ({ ...labels.toLabels(), value }))).toEqual([
      { trace_id: slow.traceId, span_id: slow.spanId, value: 0.3 },
    ]);
  });

  it('have the dimensions that were asked for, of the span before its resource', async () => {
    await start({ dimensions: ['http.route', 'deployment.environment.name'] });
    await load(
      [
        span({ attributes: { 'http.route': '/orders' } }),
        span({ attributes: { 'deployment.environment.name': 'canary' } }),
      ],
      {
        'deployment.environment.name': 'production',
      },
    );
    expect(await ask(`sum by (http_route, deployment_environment_name) (${CALLS})`)).toEqual([
      'deployment_environment_name="canary" 1',
      'deployment_environment_name="production",http_route="/orders" 1',
    ]);
  });

  it('count operations beyond the limit together, and go on with those that they know', async () => {
    await start({ operationsPerService: 2 });
    await load([span({ name: 'a' }), span({ name: 'b' }), span({ name: 'c' }), span({ name: 'd' })]);
    await load([span({ name: 'e' }), span({ name: 'a' }), span({ name: 'other' })]);
    await load([span({ name: 'c' })], { 'service.name': 'dispatch' });
    expect(await ask(`sum by (service_name, span_name, otel_metric_overflow) (${CALLS})`)).toEqual([
      'otel_metric_overflow="true",service_name="order",span_name="other" 4',
      'service_name="dispatch",span_name="c" 1',
      'service_name="order",span_name="a" 2',
      'service_name="order",span_name="b" 1',
    ]);
  });
});
