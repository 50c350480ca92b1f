import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, epochMs } from '../../model/units.ts';
import { createPromql, type Promql } from '../../promql/engine.ts';
import { pointsOf } from '../../promql/result.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { applyRetention } from '../clickhouse/migrate.ts';
import { createClickHouseQueryable } from '../queryable/clickhouse-queryable.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { type RollUpOptions, rollUpDue } from './roll-up.ts';
import { rollUpMetrics } from './roll-up-metrics.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** The day that is rolled up: the real clock's, because the store's retention goes by that one. */
const DAY = Math.floor(Date.now() / DAY_MS) * DAY_MS - 33 * DAY_MS;
const clock: Clock = { ...machineClock, now: () => epochMs(DAY + 33 * DAY_MS) };

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
  await applyRetention(store.clickhouse, {
    spansDays: 7,
    keptTracesDays: 7,
    logsDays: 7,
    samplesDays: 30,
    rolledUpDays: 400,
  });
  await insertSeries();
});
afterAll(() => store.close());

const run = (sql: string) => store.clickhouse.command({ sql, what: 'test' });
const numberOf = async (sql: string) => Number((await store.clickhouse.rows({ sql, what: 'test' }))[0]?.n);
const at = (ms: number) =>
  `toDateTime64('${new Date(ms).toISOString().slice(0, -1).replace('T', ' ')}', 3, 'UTC')`;

/**
 * A counter with resets, a gauge that goes up and down, and one that ends with a marker and begins anew, every 15 s (not quite: up to 4 s
 * later) over the old day; the counter and the gauge also on the day after the boundary.
 */
async function insertSeries() {
  const series: readonly (readonly [id: number, name: string, type: string])[] = [
    [1, 'sold_total', 'counter'],
    [2, 'queue', 'gauge'],
    [3, 'gap', 'gauge'],
  ];
  for (const [id, name, type] of series) {
    await run(`INSERT INTO series (family, name, id, labels, first, last, written)
      VALUES ('${name}', '${name}', ${id}, map('job', 'x'), ${at(DAY)}, ${at(DAY + 10 * DAY_MS)}, now64(3))`);
    await run(`INSERT INTO metric_meta VALUES ('${name}', '${type}', '', '', now64(3))`);
  }
  const times = (
    from: number,
  ) => `SELECT ${at(from)} + toIntervalMillisecond(n * 15000 + 100 + cityHash64(n) % 4000) AS ts, n
    FROM (SELECT number AS n FROM numbers(5760))`;
  for (const from of [DAY, DAY + 5 * DAY_MS]) {
    await run(
      `INSERT INTO samples (id, ts, int, float, start) SELECT 1, ts, (n * 3) % 1000, 0, 0 FROM (${times(from)})`,
    );
    await run(
      `INSERT INTO samples (id, ts, int, float, start) SELECT 2, ts, 0, 50.5 + 40 * sin(n / 7), 0 FROM (${times(from)})`,
    );
  }
  await run(`INSERT INTO samples (id, ts, int, float, start)
    SELECT 3, ts, 0, if(n = 1000, reinterpretAsFloat64(toUInt64(9218868437227405314)), 0.5 + n), 0 FROM (${times(DAY)})
    WHERE n <= 1000 OR n > 1100`);
}

function rollUpOptions(clickhouse: ClickHouse = store.clickhouse): RollUpOptions {
  return {
    clickhouse,
    clock,
    logger: pino({ level: 'silent' }),
    metrics: rollUpMetrics(new Registry()),
    samplesDays: 30,
    rolledUpDays: 400,
    settleMs: 0,
  };
}
const rollUp = (clickhouse?: ClickHouse) =>
  rollUpDue(rollUpOptions(clickhouse), new AbortController().signal);

/** Engines that know the boundary as it is now. */
function engines(): { pushed: Promql; sampled: Promql } {
  const queryable = createClickHouseQueryable({
    clickhouse: store.clickhouse,
    clock,
    logger: pino({ level: 'silent' }),
    registry: new Registry(),
  });
  return {
    pushed: createPromql({ queryable, clock }),
    sampled: createPromql({ queryable, clock, pushdown: false }),
  };
}

type Points = readonly (readonly [timeMs: number, value: number])[];
async function range(
  promql: Promql,
  query: string,
  startMs: number,
  endMs: number,
  stepMs: number,
): Promise<Points> {
  const result = await promql.range(query, startMs, endMs, stepMs);
  if (!result.ok) throw new Error(`${query}: ${result.error.message}`);
  if (result.value.type !== 'matrix') throw new Error(`${query} gives a ${result.value.type}`);
  return result.value.series
    .flatMap(pointsOf)
    .map(({ timeMs, value }) => [timeMs, value ?? Number.NaN] as const);
}

async function resolution(query: string, startMs: number, endMs: number): Promise<string> {
  const result = await engines().sampled.range(query, startMs, endMs, HOUR_MS, { explain: true });
  if (!result.ok) throw new Error(result.error.message);
  return /"resolution":"([^"]+)"/.exec(JSON.stringify(result.explain))?.[1] ?? '';
}

const NOON = DAY + 12 * HOUR_MS;
const OVER_RANGES = [
  'sum_over_time(queue[6h])',
  'avg_over_time(queue[6h])',
  'count_over_time(queue[6h])',
  'min_over_time(queue[6h])',
  'max_over_time(queue[6h])',
  'count_over_time(sold_total[1h])',
  'max_over_time(sold_total[1h])',
  'min_over_time(sold_total[1h])',
  'resets(sold_total[6h])',
  'count_over_time(gap[6h])',
];
/** With the hours of their range: its ends are extrapolated by up to a window. */
const RATES = [
  ['increase(sold_total[6h])', 6],
  ['rate(sold_total[2h])', 2],
  ['increase(sold_total[1d])', 24],
] as const;

describe('a day that is rolled up', () => {
  const before = new Map<string, Points>();
  const presence = new Map<string, Points>();

  beforeAll(async () => {
    const { pushed } = engines();
    for (const query of [...OVER_RANGES, ...RATES.map(([rate]) => rate)])
      before.set(query, await range(pushed, query, NOON, DAY + DAY_MS, HOUR_MS));
    for (const query of ['gap', 'queue', 'sold_total'])
      presence.set(query, await range(pushed, query, DAY + 3 * HOUR_MS, DAY + 6 * HOUR_MS, 7_000));
    expect(await resolution('queue', NOON, NOON + HOUR_MS)).toBe('raw');
    await rollUp();
  });

  it('leaves its table, and younger days stay as they are', async () => {
    expect(await numberOf(`SELECT count() AS n FROM samples WHERE ts < ${at(DAY + DAY_MS)}`)).toBe(0);
    expect(await numberOf('SELECT count() AS n FROM samples_rolling')).toBe(0);
    expect(await numberOf('SELECT count() AS n FROM samples')).toBe(2 * 5760);
  });

  it.each(OVER_RANGES)('gives the same for %s', async (query) => {
    for (const promql of Object.values(engines())) {
      const after = await range(promql, query, NOON, DAY + DAY_MS, HOUR_MS);
      expect(after.length).toBe(before.get(query)!.length);
      after.forEach(([timeMs, value], i) => {
        const [expectedMs, expected] = before.get(query)![i]!;
        expect(timeMs).toBe(expectedMs);
        expect(Math.abs(value - expected), `${query} at ${timeMs}: ${value}, not ${expected}`).toBeLessThan(
          1e-9 * Math.abs(expected) + 1e-9,
        );
      });
    }
  });

  it.each(RATES)('loses no increase of %s over its resets', async (query, hours) => {
    for (const promql of Object.values(engines())) {
      const after = await range(promql, query, NOON, DAY + DAY_MS, HOUR_MS);
      expect(after.length).toBe(before.get(query)!.length);
      after.forEach(([, value], i) => {
        const expected = before.get(query)![i]![1];
        expect(Math.abs(value / expected - 1), `${query}: ${value}, not ${expected}`).toBeLessThan(
          5 / 60 / hours,
        );
      });
    }
  });

  it.each(['gap', 'queue', 'sold_total'])(
    'has %s at exactly the times at which it was there',
    async (query) => {
      for (const promql of Object.values(engines())) {
        const after = await range(promql, query, DAY + 3 * HOUR_MS, DAY + 6 * HOUR_MS, 7_000);
        expect(after.map(([timeMs]) => timeMs)).toEqual(presence.get(query)!.map(([timeMs]) => timeMs));
      }
      expect(presence.get('gap')!.length).toBeLessThan(presence.get('queue')!.length);
    },
  );

  it('says which resolution was read', async () => {
    expect(await resolution('queue', NOON, NOON + HOUR_MS)).toBe('5m');
    expect(await resolution('queue', NOON, DAY + 6 * DAY_MS)).toBe('mixed');
    expect(await resolution('queue', DAY + 5 * DAY_MS, DAY + 6 * DAY_MS)).toBe('raw');
  });

  it('takes a tenth of the rows to read', async () => {
    expect(
      await numberOf("SELECT count() AS n FROM samples_5m WHERE id = 2 AND role = 'last'"),
    ).toBeLessThanOrEqual(288);
  });

  it('goes on over the border', async () => {
    const { pushed, sampled } = engines();
    const [[, count]] = (await range(
      pushed,
      'count_over_time(queue[8d])',
      DAY + 7 * DAY_MS,
      DAY + 7 * DAY_MS,
      1_000,
    )) as [[number, number]];
    expect(count).toBe(2 * 5760);
    const query = 'sum(increase(sold_total[4d]))';
    const ends = [DAY + 4 * DAY_MS, DAY + 6 * DAY_MS, DAY_MS] as const;
    const close = (await range(sampled, query, ...ends)).map(([, value]) => expect.closeTo(value, 3));
    expect((await range(pushed, query, ...ends)).map(([, value]) => value)).toEqual(close);
  });

  it('takes samples in that come late', async () => {
    const count = 'count_over_time(queue[1d])';
    const [[, was]] = (await range(engines().pushed, count, DAY + DAY_MS, DAY + DAY_MS, 1_000)) as [
      [number, number],
    ];
    await run(
      `INSERT INTO samples (id, ts, int, float, start) SELECT 2, ${at(NOON)} + toIntervalMillisecond(7 + number * 60000), 1000, 0, 0 FROM numbers(20)`,
    );
    const now = async () => ({
      count: (await range(engines().pushed, count, DAY + DAY_MS, DAY + DAY_MS, 1_000))[0]?.[1],
      max: (
        await range(engines().pushed, 'max_over_time(queue[1d])', DAY + DAY_MS, DAY + DAY_MS, 1_000)
      )[0]?.[1],
    });
    const expected = { count: was + 20, max: 1000 };
    expect(await now()).toEqual(expected);
    await rollUp();
    expect(await numberOf(`SELECT count() AS n FROM samples WHERE ts < ${at(DAY + DAY_MS)}`)).toBe(0);
    expect(await now()).toEqual(expected);
  });
});

it('goes on after it was cut off anywhere, and nothing is there twice', async () => {
  const day = DAY - DAY_MS;
  const insert = () =>
    run(
      `INSERT INTO samples (id, ts, int, float, start) SELECT 2, ${at(day)} + toIntervalSecond(number * 15), number, 0, 0 FROM numbers(5760)`,
    );
  const state = `SELECT sum(cityHash64(role, ts, int, float, count)) AS n FROM samples_5m WHERE toDate(ts) = toDate(${at(day)})`;
  const rows = `SELECT count() AS n FROM samples_5m WHERE toDate(ts) = toDate(${at(day)})`;
  await insert();
  // Dies after so many statements, before the store's answer is there: what was asked is done all the same.
  for (const allowed of [1, 2, 4, 25, 27]) {
    let left = allowed;
    const dying: ClickHouse = {
      ...store.clickhouse,
      command: async (request) => {
        const written = await store.clickhouse.command(request);
        if (--left <= 0) throw new Error('killed');
        return written;
      },
    };
    await rollUp(dying).catch((error: Error) => expect(error.message).toBe('killed'));
  }
  await rollUp();
  const counted = await numberOf(
    `SELECT sum(count) AS n FROM samples_5m WHERE role = 'sum' AND toDate(ts) = toDate(${at(day)})`,
  );
  expect(counted).toBe(5760);
  expect(await numberOf(rows)).toBeGreaterThan(288 * 2);
  const whole = await numberOf(state);
  // The same samples once more are the same run: they change nothing.
  await insert();
  await rollUp();
  expect(await numberOf(state)).toBe(whole);
  expect(await numberOf(`SELECT count() AS n FROM samples WHERE ts < ${at(DAY)}`)).toBe(0);
});
