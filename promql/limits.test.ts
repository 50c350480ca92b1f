import { describe, expect, it } from 'vitest';
import { durationMs, MINUTE_MS } from '../model/units.ts';
import { createPromql, type PromqlDependencies } from './engine.ts';
import { SamplePool } from './evaluate/sample-pool.ts';
import { LabelSet } from './label-set.ts';
import { MemoryStore } from './memory-store.ts';

/** Ten counters, a sample every 15 s for ten minutes. */
function tenCounters(): MemoryStore {
  const store = new MemoryStore();
  for (let i = 0; i < 10; i++)
    for (let second = 0; second <= 600; second += 15)
      store.append(LabelSet.fromLabels({ __name__: 'x_total', i: `${i}` }), second * 1_000, second * i);
  return store;
}

const engine = (options: Partial<PromqlDependencies> = {}) =>
  createPromql({
    queryable: tenCounters(),
    clock: { monotonic: () => durationMs(performance.now()) },
    ...options,
  });

const END_MS = 10 * MINUTE_MS;

describe('a query that would take too much', () => {
  it.each([
    [
      'holds too many samples',
      'x_total[10m]',
      'too_many',
      'query processing would load too many samples into memory in query execution (limit 300): narrow the time range, the label matchers or the range in brackets',
    ],
    [
      'makes too many in a subquery',
      'sum_over_time(vector(1)[10m:1s])',
      'too_many',
      'query processing would load too many samples into memory in query execution (limit 300): narrow the time range, the label matchers or the range in brackets',
    ],
    [
      'has a subquery of too many steps',
      'sum_over_time(vector(1)[500d:1s])',
      'execution',
      'query processing would load too many samples into memory in query execution (a subquery has 43200000 steps, limit 1000000): use a longer step or a shorter range',
    ],
    [
      'matches everything, empty names too',
      '{__name__=~".*"}',
      'bad_data',
      '1:1: parse error: vector selector must contain at least one non-empty matcher',
    ],
    [
      'nests without end',
      `${'('.repeat(10_000)}1${')'.repeat(10_000)}`,
      'bad_data',
      '1:251: parse error: expression is nested deeper than 250 levels',
    ],
    [
      'asks for times that there are not',
      'x_total @ 1e300',
      'bad_data',
      '1:11: parse error: timestamp out of bounds for @ modifier: 1e+300',
    ],
    [
      'looks back further than time goes',
      'x_total offset 99999999y',
      'bad_data',
      '1:16: parse error: not a valid duration string: "99999999y"',
    ],
  ])('because it %s says so', async (_, query, type, message) => {
    const result = await engine({ limits: { maxSamples: 300 } }).instant(query, END_MS);
    expect(result).toMatchObject({ ok: false, error: { type, message } });
  });

  it('of too many points is told to take a longer step', async () => {
    expect(await engine().range('x_total', 0, 11_001, 1)).toMatchObject({
      ok: false,
      error: {
        type: 'bad_data',
        message:
          'exceeded maximum resolution of 11,000 points per timeseries. Try decreasing the query resolution (?step=XX)',
      },
    });
    expect(await engine().range('1', 0, 11_000, 1)).toMatchObject({ ok: true });
  });
});

describe('what a query holds', () => {
  it('are the values that are needed at a time, not all that were made', async () => {
    // Ten series of 41 steps and as many samples fit; each further operator lets the one before it go.
    const promql = engine({ limits: { maxSamples: 10 * 41 * 4 } });
    const query = `x_total${' * 2'.repeat(50)}`;
    expect(await promql.range(query, 0, END_MS, 15_000)).toMatchObject({ ok: true });
    const both = '(x_total * 2) + (x_total * 3) + on (i) ((x_total * 2) + (x_total * 3))';
    expect(await promql.range(both, 0, END_MS, 15_000)).toMatchObject({ error: { type: 'too_many' } });
  });

  it('is bounded for all queries together, and given back', async () => {
    const pool = new SamplePool(500);
    const promql = engine({ pool });
    expect(await promql.instant('x_total[10m]', END_MS)).toMatchObject({ ok: true });
    expect(pool.take(500)).toBe(true);
    expect(await promql.instant('x_total[10m]', END_MS)).toMatchObject({
      error: {
        type: 'unavailable',
        message:
          'queries that run now hold as many samples as they may together (500): ask again in a moment, or for less',
      },
    });
    pool.give(500);
    expect(await promql.instant('x_total[10m]', END_MS)).toMatchObject({ ok: true });
  });
});

describe('a long query', () => {
  /** A clock that moves on a millisecond whenever it is looked at. */
  const busyClock = () => {
    let now = 0;
    return { monotonic: () => durationMs(now++) };
  };

  it.each([
    ['over one series', 'quantile_over_time(0.5, x_total{i="1"}[10m:1s])'],
    ['joining', 'x_total * on (i) x_total'],
    ['aggregating', 'sum(x_total)'],
    ['over many values', 'abs(x_total) + 1'],
  ])('%s lets others have the thread', async (_, query) => {
    let rests = 0;
    const rest = async () => {
      rests++;
    };
    const promql = engine({ clock: busyClock(), rest });
    expect(await promql.range(query, 0, END_MS, 1_000, { timeoutMs: 100_000 })).toMatchObject({ ok: true });
    expect(rests).toBeGreaterThan(0);
  });

  it('ends when it is told to while it computes', async () => {
    let looks = 0;
    const result = await engine().range('x_total * 2', 0, END_MS, 1_000, {
      interrupted: () => ++looks > 2,
    });
    expect(result).toMatchObject({ error: { type: 'canceled' } });
  });
});
