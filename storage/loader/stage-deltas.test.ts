import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import { type LoadingStore, openLoadingStore } from '../testing/loading-store.ts';
import { encodeMetrics } from './testing/otlp-encode.ts';

const MIDNIGHT_MS = Date.UTC(2026, 10, 22);
const at = (seconds: number) => BigInt(MIDNIGHT_MS + seconds * 1000) * 1_000_000n;

let store: LoadingStore;
/** What happens instead of a statement; `undefined` lets it run. */
let instead: (sql: string) => ((run: (sql: string) => Promise<unknown>) => Promise<never>) | undefined;

beforeAll(async () => {
  store = await openLoadingStore();
});
beforeEach(async () => {
  instead = () => undefined;
  const clickhouse: ClickHouse = {
    ...store.clickhouse,
    command: async (request) => {
      const fail = instead(request.sql);
      if (fail !== undefined) await fail((sql) => store.clickhouse.command({ ...request, sql }));
      return store.clickhouse.command(request);
    },
  };
  await store.start({ clickhouse });
});
afterEach(() => store.empty());
afterAll(() => store.close());

async function load(...values: readonly (readonly [seconds: number, value: number])[]): Promise<void> {
  const points = values.map(([seconds, value]) => ({ timeNano: at(seconds), value }));
  const exponential = values.map(([seconds, value]) => ({
    timeNano: at(seconds),
    count: BigInt(Math.abs(value)),
    sum: 0.1,
    scale: 20,
    zeroCount: BigInt(Math.abs(value)),
  }));
  const bytes = encodeMetrics({}, [
    { name: 'q', sum: { temporality: 1, monotonic: false, points } },
    { name: 'h', exponential: { temporality: 1, points: exponential } },
  ]);
  const rows = 2 * values.length;
  store.segments.add(
    'metrics',
    [{ bytes, items: rows, rows }],
    [MIDNIGHT_MS - 86_400_000, MIDNIGHT_MS + 3_600_000],
  );
  await store.loaded();
}

/** The first statement that begins so does `first` and fails; those after it run. */
function cutOff(
  begin: string,
  first: (run: (sql: string) => Promise<unknown>, sql: string) => Promise<unknown>,
) {
  let left = 1;
  instead = (sql) => {
    if (!sql.startsWith(begin) || left-- <= 0) return undefined;
    return async (run) => {
      await first(run, sql);
      throw new StoreError('unavailable', 'the engine was killed');
    };
  };
  return () => left <= 0;
}

const totals = async (sql: string) =>
  (await store.rows(`SELECT toUnixTimestamp(ts) - ${MIDNIGHT_MS / 1000} AS at, ${sql}`)).map((row) => [
    Number(row.at),
    Number(row.total),
  ]);
const sums = () => totals('max(value) AS total FROM samples GROUP BY ts ORDER BY ts');
const histograms = () => totals('max(count) AS total FROM native_histograms GROUP BY ts ORDER BY ts');

it.each([
  [
    'samples',
    'INSERT INTO samples (id, ts, int, float, start) SELECT id, ts, int, float, start FROM load_deltas',
  ],
  ['native histograms', 'INSERT INTO native_histograms'],
])('a late delta reaches both days when its %s were cut off between them', async (_, begin) => {
  await load([-30, 1], [-10, 2], [10, 4], [30, 8]);
  const happened = cutOff(begin, (run, sql) =>
    run(`${sql} WHERE ts < toDateTime64('2026-11-22 00:00:00', 3, 'UTC')`),
  );
  await load([-20, 100]);
  expect(happened()).toBe(true);
  const expected = [
    [-30, 1],
    [-20, 101],
    [-10, 103],
    [10, 107],
    [30, 115],
  ];
  expect(await sums()).toEqual(expected);
  expect(await histograms()).toEqual(expected);
});

it('a late delta that lowers what came after it does so when it was cut off before the larger ones were removed', async () => {
  await load([10, 10], [30, 5], [40, 5]);
  const happened = cutOff('DELETE FROM samples', async () => {});
  await load([20, -7]);
  expect(happened()).toBe(true);
  expect(await sums()).toEqual([
    [10, 10],
    [20, 3],
    [30, 8],
    [40, 13],
  ]);
});

it('sums of histograms are kept to the last bit', async () => {
  for (let second = 1; second <= 7; second++) await load([second, 1]);
  const [row] = await store.rows('SELECT max(sum) AS sum FROM native_histograms');
  expect(row?.sum).toBe(0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1 + 0.1);
});
