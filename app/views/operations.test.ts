import { beforeEach, expect, it } from 'vitest';
import { serviceOperations } from '../../model/api/service.ts';
import { durationMs } from '../../model/units.ts';
import { createPromql, type Promql } from '../../promql/engine.ts';
import { LabelSet } from '../../promql/label-set.ts';
import { MemoryStore } from '../../promql/memory-store.ts';
import { operationsOf } from './operations.ts';

const NOW = 1_795_320_000_000;
const RANGE = { startMs: NOW - 600_000, endMs: NOW };
const abort = new AbortController().signal;

let store: MemoryStore;
let promql: Promql;

beforeEach(() => {
  store = new MemoryStore();
  promql = createPromql({
    queryable: store,
    clock: { monotonic: () => durationMs(0) },
  });
});

/** An operation whose calls grow evenly by `calls` in ten minutes, each of 50 to 100 ms. */
function operation(labels: Readonly<Record<string, string>>, calls: number): void {
  const all = {
    service_name: 'order',
    span_kind: 'SPAN_KIND_SERVER',
    status_code: 'STATUS_CODE_UNSET',
    ...labels,
  };
  for (let minute = 0; minute <= 10; minute++) {
    const append = (name: string, value: number, more = {}) =>
      store.append(
        LabelSet.fromLabels({ __name__: name, ...all, ...more }),
        NOW - (10 - minute) * 60_000 - 1,
        value,
      );
    append('traces_span_metrics_calls_total', (calls * minute) / 10);
    for (const [le, share] of [
      ['0.05', 0],
      ['0.1', 1],
      ['+Inf', 1],
    ] as const)
      append('traces_span_metrics_duration_seconds_bucket', (share * calls * minute) / 10, { le });
  }
}

it('says how often, how well and how fast each operation answered, the busiest first', async () => {
  operation({ span_name: 'GET /menu' }, 60);
  operation({ span_name: 'POST /orders' }, 90);
  operation({ span_name: 'POST /orders', status_code: 'STATUS_CODE_ERROR' }, 30);
  operation({ span_name: 'POST /orders', service_name: 'other' }, 1_000);
  operation({ span_name: 'other', span_kind: 'SPAN_KIND_CLIENT', otel_metric_overflow: 'true' }, 6);
  const answer = serviceOperations.parse(await operationsOf(promql, { service: 'order', ...RANGE }, abort));
  expect(
    answer.operations.map(({ name, kind, overflow, requests, errors }) => [
      name,
      kind,
      overflow,
      Math.round(requests),
      Math.round(errors),
    ]),
  ).toEqual([
    ['POST /orders', 'server', false, 120, 30],
    ['GET /menu', 'server', false, 60, 0],
    ['other', 'client', true, 6, 0],
  ]);
  expect(answer.operations[0]?.ratePerS).toBeCloseTo(0.2, 2);
  expect(answer.operations[0]?.p50Ms).toBeCloseTo(75);
  expect(answer.operations[0]?.p99Ms).toBeCloseTo(99.5);
});

it('keeps to a campaign, and to a service of any name', async () => {
  operation({ span_name: 'a', campaign_id: 'summer' }, 10);
  operation({ span_name: 'b', campaign_id: 'winter' }, 10);
  operation({ span_name: 'c', service_name: 'say "hi"\\' }, 10);
  const names = async (service: string, campaignId?: string) => {
    const query = { service, ...RANGE, ...(campaignId !== undefined && { campaignId }) };
    return (await operationsOf(promql, query, abort)).operations.map(({ name }) => name);
  };
  expect(await names('order', 'winter')).toEqual(['b']);
  expect(await names('say "hi"\\')).toEqual(['c']);
  expect(await names('nobody')).toEqual([]);
});

it('fails as the query does', async () => {
  const gone = {
    ...promql,
    instant: async () => ({ ok: false, error: { type: 'unavailable', message: 'gone' } }),
  };
  await expect(
    operationsOf(gone as unknown as Promql, { service: 'order', ...RANGE }, abort),
  ).rejects.toMatchObject({
    code: 'store_unavailable',
  });
});
