import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPromql } from '../../promql/engine.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { createClickHouseQueryable } from './clickhouse-queryable.ts';

const MINUTE = 60_000;
const NOW = Math.floor(Date.now() / MINUTE) * MINUTE;

let store: TestStore;
let warnings: (query: string, atMs: number) => Promise<readonly string[]>;

beforeAll(async () => {
  store = await openTestStore();
  await store.clickhouse.command({
    sql: `INSERT INTO series_refusals (metric, campaign, minute, allowed, series, samples, exemplars)
      SELECT metric, campaign, fromUnixTimestamp({minute:Int64}), 50000, uniqCombinedState(12)(number), count(), 0
      FROM (SELECT ['wait_seconds', 'carts'][number % 2 + 1] AS metric, if(metric = 'carts', 'sale', '') AS campaign, number FROM numbers(200))
      GROUP BY metric, campaign`,
    parameters: { minute: (NOW - 30 * MINUTE) / 1_000 },
    what: 'test',
  });
  const queryable = createClickHouseQueryable({
    clickhouse: store.clickhouse,
    clock: machineClock,
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
  });
  const promql = createPromql({ queryable, clock: machineClock });
  warnings = async (query, atMs) => {
    const result = await promql.instant(query, atMs);
    if (!result.ok) throw new Error(result.error.message);
    return result.warnings;
  };
});
afterAll(() => store.close());

describe('a query of a metric whose series were refused', () => {
  it('says which metric, campaign and limit, how much is missing, and what to do', async () => {
    const [text, ...more] = await warnings('sum(carts)', NOW - 29 * MINUTE);
    expect(more).toEqual([]);
    expect(text).toMatch(
      /^PromQL warning: about (99|100|101) new series of metric "carts" in campaign "sale" were refused in this range, beyond 50000 active ones: sums and counts may be too low\. Drop the label whose values explode, or raise limits\.seriesPerMetric \(1:5\)$/,
    );
  });

  it('is told of any part of a histogram, and when it is anywhere in the range', async () => {
    const query = 'rate(wait_seconds_bucket{le="1"}[1h])';
    expect(await warnings(query, NOW)).toEqual([
      expect.stringContaining('"wait_seconds" outside of campaigns'),
    ]);
    expect(await warnings(query, NOW + 60 * MINUTE)).toEqual([]);
    expect(await warnings('wait_seconds_sum offset 27m', NOW)).toHaveLength(1);
    expect(await warnings('wait_seconds_sum', NOW)).toEqual([]);
  });

  it('is told only of what its matchers may select', async () => {
    const at = NOW - 29 * MINUTE;
    expect(await warnings('carts{campaign_id="tour"}', at)).toEqual([]);
    expect(await warnings('carts{campaign_id=~"sa.*",session="x"}', at)).toHaveLength(1);
    expect(await warnings('{__name__=~".+"}', at)).toHaveLength(2);
    expect(await warnings('up', at)).toEqual([]);
  });
});
