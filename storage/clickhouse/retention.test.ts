import { afterAll, beforeAll, expect, it } from 'vitest';
import { openTestStore, type TestStore } from '../testing/store.ts';
import { applyRetention } from './migrate.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

it('takes series out of their table when their last sample is past retention', async () => {
  await applyRetention(store.clickhouse, {
    spansDays: 7,
    keptTracesDays: 7,
    logsDays: 7,
    samplesDays: 30,
    rolledUpDays: 30,
  });
  for (const [id, days] of [
    [1, 40],
    [1, 20],
    [2, 40],
    [3, 1],
  ]) {
    await store.clickhouse.command({
      sql: `INSERT INTO series (family, name, id, labels, first, last, written)
        SELECT 'up', 'up', {id:UInt64}, map('pod', 'a'), now64(3) - toIntervalDay({days:UInt32} + 1), now64(3) - toIntervalDay({days:UInt32}), now64(3)`,
      parameters: { id: id!, days: days! },
      what: 'test',
    });
  }
  await store.clickhouse.command({ sql: 'OPTIMIZE TABLE series FINAL', what: 'test' });
  const left = await store.clickhouse.rows({ sql: 'SELECT id FROM series ORDER BY id', what: 'test' });
  expect(left.map(({ id }) => id)).toEqual(['1', '3']);
});
