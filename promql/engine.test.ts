import { describe, expect, it } from 'vitest';
import { durationMs } from '../model/units.ts';
import { createPromql, type Promql, type PromqlLimits } from './engine.ts';
import { LabelSet } from './label-set.ts';
import { MemoryStore } from './memory-store.ts';
import type { Queryable } from './queryable.ts';
import type { QueryError } from './result.ts';

const MINUTE_MS = 60_000;

/** `up{instance="0"…}` with a sample a minute, rising by one. */
function storeWith(series: number, minutes: number): MemoryStore {
  const store = new MemoryStore();
  for (let i = 0; i < series; i++) {
    const labels = LabelSet.fromLabels({ __name__: 'up_total', instance: String(i) });
    for (let minute = 0; minute < minutes; minute++) store.append(labels, minute * MINUTE_MS, minute);
  }
  return store;
}

/** A clock that goes on by `tickMs` each time it is read. */
const tickingClock = (tickMs: number) => {
  let now = 0;
  return {
    monotonic: () => {
      now += tickMs;
      return durationMs(now);
    },
  };
};

function engineOver(queryable: Queryable, limits: Partial<PromqlLimits> = {}, tickMs = 0): Promql {
  return createPromql({ queryable, clock: tickingClock(tickMs), limits });
}

async function errorOf(promql: Promql, query: string, options = {}): Promise<QueryError> {
  const result = await promql.range(query, 0, 10 * MINUTE_MS, MINUTE_MS, options);
  if (result.ok) throw new Error('expected an error');
  return result.error;
}

describe('errors', () => {
  const store = storeWith(3, 20);

  it('of the query have a place', async () => {
    const error = await errorOf(engineOver(store), 'sum(up_total) +');
    expect(error).toMatchObject({ type: 'bad_data', message: '1:16: parse error: unexpected end of input' });
    expect(error.position).toEqual({ start: 15, end: 15 });
  });

  it('of the range are bad data', async () => {
    const promql = engineOver(store);
    const of = async (start: number, end: number, step: number) => {
      const result = await promql.range('up_total', start, end, step);
      return result.ok ? 'no error' : result.error.message;
    };
    expect(await of(10, 0, 1)).toBe('end timestamp must not be before start time');
    expect(await of(0, 10, 0)).toMatch(/^zero or negative query resolution step/);
    expect(await of(0, 11_001_000, 1_000)).toMatch(
      /^exceeded maximum resolution of 11,000 points per timeseries/,
    );
    expect(await errorOf(promql, 'up_total[5m]')).toEqual({
      type: 'bad_data',
      message: 'invalid expression type "range vector" for range query, must be Scalar or instant Vector',
      parameter: 'query',
    });
  });

  it('of evaluation are those of Prometheus', async () => {
    const promql = engineOver(store);
    expect(await errorOf(promql, 'up_total + on () up_total')).toMatchObject({
      type: 'execution',
      message: expect.stringMatching(
        /^found duplicate series for the match group \{\} on the right hand-side of the operation/,
      ),
    });
    expect((await errorOf(promql, 'label_replace(up_total, "instance", "x", "", "")')).message).toBe(
      'vector cannot contain metrics with the same labelset',
    );
  });

  it('of too many samples name the limit and how to narrow', async () => {
    const error = await errorOf(engineOver(store, { maxSamples: 20 }), 'sum(up_total)');
    expect(error.type).toBe('too_many');
    expect(error.message).toMatch(
      /^query processing would load too many samples into memory in query execution \(limit 20\): narrow/,
    );
    const subquery = await errorOf(
      engineOver(store, { maxSamples: 1_000 }),
      'max_over_time(vector(1)[1y:1ms])',
    );
    expect(subquery.message).toMatch(/^query processing would load too many samples/);
  });

  it('of time', async () => {
    const error = await errorOf(
      engineOver(store, { timeoutMs: 1_000 }, 400),
      'sum(up_total) + sum(up_total)',
    );
    expect(error).toEqual({ type: 'timeout', message: expect.stringMatching(/^query timed out in /) });
  });

  it('of a caller that went away, while the store is reading too', async () => {
    const promql = engineOver(store);
    const gone = await errorOf(promql, 'up_total', { abort: AbortSignal.abort() });
    expect(gone).toEqual({ type: 'canceled', message: 'query was canceled in query execution' });
    const abort = new AbortController();
    const slow: Queryable = Object.assign(Object.create(store) as MemoryStore, {
      select: ({ abort: signal }: { abort?: AbortSignal }) =>
        new Promise<never>((_, reject) => {
          signal?.addEventListener('abort', () => reject(signal.reason));
          abort.abort();
        }),
    });
    expect((await errorOf(engineOver(slow), 'up_total', { abort: abort.signal })).type).toBe('canceled');
  });

  it('of the store do not escape', async () => {
    const broken: Queryable = Object.assign(Object.create(store) as MemoryStore, {
      select: () => Promise.reject(new Error('the disk is gone')),
    });
    const error = await errorOf(engineOver(broken), 'sum(up_total) / count(up_total)');
    expect(error).toEqual({ type: 'execution', message: 'the disk is gone' });
  });
});

describe('values', () => {
  const promql = engineOver(storeWith(12, 20));

  it('of an instant query', async () => {
    const result = await promql.instant('sum(rate(up_total[5m])) * 60', 10 * MINUTE_MS);
    expect(result).toMatchObject({
      ok: true,
      value: { type: 'vector', samples: [{ labels: {}, point: { timeMs: 600_000, value: 12 } }] },
      warnings: [],
    });
  });

  it('of a range query, ordered by labels', async () => {
    const result = await promql.range('up_total{instance=~"1.?"}', 0, 2 * MINUTE_MS, MINUTE_MS);
    if (!result.ok || result.value.type !== 'matrix') throw new Error('expected a matrix');
    expect(result.value.series.map(({ labels }) => labels.instance)).toEqual(['1', '10', '11']);
    expect([...result.value.series[0]!.values]).toEqual([0, 1, 2]);
  });

  it('look back as far as they are told', async () => {
    const late = 22 * MINUTE_MS;
    const found = async (lookbackMs: number) => {
      const result = await promql.instant('count(up_total)', late, { lookbackMs });
      return result.ok && result.value.type === 'vector' ? result.value.samples.length : undefined;
    };
    expect(await found(3 * MINUTE_MS + 1)).toBe(1);
    expect(await found(3 * MINUTE_MS)).toBe(0);
  });

  it('take a start time for a sample of zero', async () => {
    const store = new MemoryStore();
    const labels = LabelSet.fromLabels({ __name__: 'sold_total' });
    store.append(labels, 50_000, 40, 20_000);
    const result = await engineOver(store).instant('increase(sold_total[1m])', 60_000);
    expect(result).toMatchObject({ value: { samples: [{ point: { value: 40 } }] } });
  });

  it('survive a chain of a thousand operators', async () => {
    const result = await promql.instant(`0${' + 1'.repeat(1_000)}`, 0);
    expect(result).toMatchObject({ value: { type: 'scalar', value: 1_000 } });
  });
});

it('formats queries', () => {
  const promql = engineOver(new MemoryStore());
  expect(promql.format('sum(x)by(a)')).toEqual({ ok: true, text: 'sum by (a) (x)' });
  expect(promql.format('sum(')).toMatchObject({ ok: false, error: { type: 'bad_data' } });
});
