import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Clock, epochMs } from '../../model/units.ts';
import { hex, type SpanSketch, sketchTrace } from '../../traceql/testing/shop.ts';
import type { Trace } from '../../traceql/trace.ts';
import type { ClickHouse } from '../clickhouse/clickhouse.ts';
import { applyRetention } from '../clickhouse/migrate.ts';
import { machineClock, openTestStore, type TestStore, until } from '../testing/store.ts';
import { loadTraces } from '../traceql/testing/load-traces.ts';
import { getTrace } from '../traces.ts';
import { type KeepingOptions, thinDue } from './keeping.ts';
import { keepingMetrics } from './keeping-metrics.ts';
import type { KeepPolicy } from './policy.ts';
import { previewKeeping } from './preview.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const TODAY = Math.floor(machineClock.now() / DAY_MS) * DAY_MS;
const ago = (days: number): number => TODAY - days * DAY_MS;
const SPANS_DAYS = 7;
const KEPT_DAYS = 200;

const NOTHING: KeepPolicy = {
  errors: false,
  slow: { quantile: 1, timesMedian: 0, minTraces: 1 },
  sampledShare: 0,
  incidents: false,
  incidentMarginMinutes: 15,
  matching: [],
};
const ERRORS: KeepPolicy = { ...NOTHING, errors: true };

let store: TestStore;
let pinned: string[] = [];
let now = TODAY + 12 * HOUR_MS;
let metrics: ReturnType<typeof keepingMetrics>;

beforeAll(async () => {
  store = await openTestStore();
  const retention = {
    spansDays: SPANS_DAYS,
    keptTracesDays: KEPT_DAYS,
    logsDays: 7,
    samplesDays: 7,
    rolledUpDays: 7,
  };
  await applyRetention(store.clickhouse, retention);
});
afterAll(() => store?.close());

function options(policy: KeepPolicy, more: Partial<KeepingOptions> = {}): KeepingOptions {
  metrics = keepingMetrics(new Registry());
  const clock: Clock = { ...machineClock, now: () => epochMs(now) };
  return {
    ...{ clickhouse: store.clickhouse, clock, logger: pino({ level: 'silent' }), metrics, policy },
    ...{
      spansDays: SPANS_DAYS,
      keptTracesDays: KEPT_DAYS,
      incidents: async () => [],
      pinned: async () => pinned,
    },
    ...more,
  };
}
const thin = (policy: KeepPolicy, more?: Partial<KeepingOptions>) =>
  thinDue(options(policy, more), new AbortController().signal);

let loads = 0;
const load = (...traces: readonly Trace[]) => loadTraces(store, `keeping-${loads++}`, traces);

/** A trace of one root of 10 ms, or of these spans. */
const trace = (id: number, startMs: number, ...spans: readonly Partial<SpanSketch>[]): Trace =>
  sketchTrace(
    id,
    startMs,
    (spans.length === 0 ? [{}] : spans).map((span, index) => ({
      ...{ id: id * 16 + index + 1, name: 'POST /orders', durationNanos: 10e6 + id },
      ...(index > 0 && { parent: id * 16 + 1 }),
      ...span,
    })),
  );
const failing = (id: number, startMs: number) => trace(id, startMs, {}, { status: 'error' });

/** Spans by trace that are left of a day, and that the table of traces says are. */
async function left(dayMs: number): Promise<Record<number, number>> {
  const day = new Date(dayMs).toISOString().slice(0, 10);
  const count = async (sql: string) =>
    Object.fromEntries(
      (await store.clickhouse.rows({ sql, parameters: { day }, what: 'test' })).map(({ id, spans }) => [
        Number.parseInt(String(id), 16),
        Number(spans),
      ]),
    );
  const spans = await count(
    'SELECT hex(trace_id) AS id, count() AS spans FROM spans WHERE toDate(time) = toDate({day:String}) GROUP BY id',
  );
  const traces = await count(
    'SELECT hex(trace_id) AS id, sum(spans) AS spans FROM (SELECT trace_id, spans FROM traces WHERE day = toDate({day:String})) GROUP BY id',
  );
  expect(traces).toEqual(spans);
  return spans;
}

describe('what is kept when a day leaves the hot range', () => {
  const day = ago(9);
  const at = day + 10 * HOUR_MS;
  const plain = Array.from({ length: 200 }, (_, index) => trace(index + 1, at + index * 1000));
  const tea = { attributes: { 'campaign.id': 'free-tea' } };
  const policy: KeepPolicy = {
    errors: true,
    slow: { quantile: 0.99, timesMedian: 5, minTraces: 100 },
    sampledShare: 0.1,
    incidents: true,
    incidentMarginMinutes: 15,
    matching: ['{ span.amount > 1000 }', '{ name = "cancel" && status = ok }'],
  };
  const incidents = async () => [
    { campaignId: 'free-tea', openedAtMs: at + 10 * 60_000, resolvedAtMs: at + HOUR_MS },
    { campaignId: 'other', openedAtMs: day, resolvedAtMs: null },
  ];
  let sampled: number[];

  beforeAll(async () => {
    pinned = [hex(304, 32)];
    await load(
      ...plain,
      trace(201, at, { durationNanos: 500e6 }),
      // As slow, and of an operation that is too rare to say what is slow.
      trace(202, at, { name: 'rare', durationNanos: 500e6 }),
      failing(300, at),
      trace(301, at, tea, {}),
      trace(302, at + 5 * HOUR_MS, tea),
      trace(303, at, {}, { attributes: { amount: 2000 } }),
      trace(304, at),
      // Over midnight: the error is on the next day, or none is anywhere.
      trace(305, day + DAY_MS - 1000, { name: 'night' }, { atMs: 6000, status: 'error' }),
      trace(306, day + DAY_MS - 1000, { name: 'night' }, { atMs: 6000 }),
      trace(400, ago(3)),
    );
    const ids = [...plain.map(({ traceId }) => traceId), ...[202, 302, 306, 400].map((id) => hex(id, 32))];
    sampled = (
      await store.clickhouse.rows({
        sql: `SELECT id FROM (SELECT arrayJoin({ids:Array(String)}) AS id) WHERE sipHash64(toFixedString(unhex(id), 16)) % 1000000 < 100000`,
        parameters: { ids },
        what: 'test',
      })
    ).map(({ id }) => Number.parseInt(String(id), 16));
  });

  it('says before what it would be, by reason', async () => {
    const preview = await previewKeeping(store.clickhouse, {
      ...{ policy, incidents: await incidents(), pinned, fromMs: day, toMs: day + DAY_MS },
    });
    expect(preview.bytesPerSpan).toBeGreaterThan(0);
    expect(preview.all).toMatchObject({ traces: 209, spans: 214 });
    const by = Object.fromEntries(preview.reasons.map(({ reason, ...amount }) => [reason, amount]));
    expect(by.error).toMatchObject({ traces: 2, spans: 4 });
    expect(by.slow).toMatchObject({ traces: 1, spans: 1 });
    expect(by.incident).toMatchObject({ traces: 1, spans: 2 });
    expect(by.matching).toMatchObject({ traces: 1, spans: 2 });
    expect(by.evidence).toMatchObject({ traces: 1, spans: 1 });
    expect(by.sampled!.traces).toBeGreaterThanOrEqual(sampled.filter((id) => id < 400).length);
    expect(preview.kept.bytes).toBe(Math.round(preview.kept.spans * preview.bytesPerSpan));
  });

  it('keeps what the policy says, whole, also over midnight, and leaves hot days alone', async () => {
    await thin(policy, { incidents });
    const spans = await left(day);
    const expected = [201, 300, 301, 303, 304, 305, ...sampled.filter((id) => id !== 400)];
    expect(Object.keys(spans).map(Number)).toEqual(expected.sort((a, b) => a - b));
    expect(spans).toMatchObject({ 201: 1, 300: 2, 301: 2, 303: 2, 304: 1, 305: 1 });
    expect(await left(day + DAY_MS)).toEqual({ 305: 1, ...(sampled.includes(306) && { 306: 1 }) });
    expect(await left(ago(3))).toEqual({ 400: 1 });
    expect((await getTrace(store.clickhouse, hex(305, 32)))?.spans).toHaveLength(2);
    expect(await getTrace(store.clickhouse, hex(302, 32))).toEqual(
      sampled.includes(302) ? expect.anything() : null,
    );
  });

  it('keeps what comes late to a kept trace, and judges what else comes', async () => {
    const before = await left(day);
    await load(trace(300, at, { id: 0x9999, parent: 1 }), failing(310, at), trace(311, at, { name: 'late' }));
    await thin({ ...policy, sampledShare: 0 });
    expect(await left(day)).toEqual({ ...before, 300: 3, 310: 2, 311: 1 });
    now += DAY_MS;
    await thin({ ...policy, sampledShare: 0 });
    expect(await left(day)).toEqual({ ...before, 300: 3, 310: 2 });
    now -= DAY_MS;
  });

  it('keeps evidence for ever, and until it is none any more', async () => {
    now += KEPT_DAYS * DAY_MS;
    await thin(policy);
    expect(await left(day)).toEqual({ 304: 1 });
    pinned = [];
    await thin(policy);
    expect(await left(day)).toEqual({ 304: 1 });
    now += DAY_MS;
    await thin(policy);
    expect(await left(day)).toEqual({});
    now = TODAY + 12 * HOUR_MS;
  });
});

describe('a day that is thinned out while things happen', () => {
  /** The store, and what happens before or after its n-th command; others as they come. */
  const watched = (
    happen: (sql: string, index: number) => Promise<void>,
    when: 'before' | 'after' = 'before',
  ): ClickHouse => {
    let index = 0;
    return {
      ...store.clickhouse,
      command: async (request) => {
        const own = index++;
        if (when === 'before') await happen(request.sql, own);
        const written = await store.clickhouse.command(request);
        if (when === 'after') await happen(request.sql, own);
        return written;
      },
    };
  };

  it('has what came meanwhile, once', async () => {
    const day = ago(11);
    await load(failing(501, day + HOUR_MS), trace(502, day + HOUR_MS));
    let came = false;
    const clickhouse = watched(async (sql) => {
      if (came || !sql.includes('MOVE PARTITION')) return;
      came = true;
      await load(trace(501, day + HOUR_MS, { id: 0x7777, parent: 1 }));
    }, 'before');
    await thin(ERRORS, { clickhouse });
    expect(await left(day)).toEqual({ 501: 3 });
  });

  it('has what was pinned meanwhile', async () => {
    const day = ago(12);
    await load(failing(511, day + HOUR_MS), trace(512, day + HOUR_MS));
    const clickhouse = watched(async (sql) => {
      if (sql.includes('MOVE PARTITION')) pinned = [hex(512, 32)];
    }, 'before');
    await thin(ERRORS, { clickhouse });
    expect(await left(day)).toEqual({ 511: 2, 512: 1 });
    pinned = [];
  });

  it('is whole and once, wherever it was cut off', async () => {
    const commands: string[] = [];
    await load(failing(521, ago(13) + HOUR_MS), trace(522, ago(13) + HOUR_MS));
    await thin(ERRORS, { clickhouse: watched(async (sql) => void commands.push(sql), 'before') });
    expect(await left(ago(13))).toEqual({ 521: 2 });
    // Whatever is done after a command is what is there before the next one; making a table is done again by itself.
    const turns = commands.flatMap((sql, index) =>
      /^(CREATE|DROP) TABLE|_keeping \(/.test(sql) ? [] : [index],
    );
    const cuts = turns.filter(
      (index) => !commands[index]!.includes('traces_') || commands[index]!.includes('MOVE'),
    );
    expect(cuts.length).toBeGreaterThan(9);
    for (const [round, cut] of cuts.entries()) {
      const dayMs = ago(14 + round);
      const [kept, other] = [1000 + round * 2, 1001 + round * 2];
      await load(failing(kept, dayMs + HOUR_MS), trace(other, dayMs + HOUR_MS));
      const clickhouse = watched(
        async (_, index) => {
          if (index === cut) throw new Error('cut off');
        },
        round % 2 === 0 ? 'before' : 'after',
      );
      await expect(thin(ERRORS, { clickhouse })).rejects.toThrow('cut off');
      await thin(ERRORS);
      expect(await left(dayMs), `cut off at ${commands[cut]}`).toEqual({ [kept]: 2 });
    }
    await thin(ERRORS);
    const rest = await store.clickhouse.rows({
      sql: `SELECT name FROM system.tables WHERE database = currentDatabase() AND (name LIKE '%\\_keeping' OR name LIKE '%\\_leaving') AND total_rows > 0`,
      what: 'test',
    });
    expect(rest).toEqual([]);
  }, 300_000);

  it('is whole and once when the store is killed on the way', { timeout: 600_000 }, async () => {
    const commands: string[] = [];
    await load(failing(2_000, ago(40) + HOUR_MS), trace(2_001, ago(40) + HOUR_MS));
    await thin(ERRORS, { clickhouse: watched(async (sql) => void commands.push(sql), 'before') });
    const cuts = commands.flatMap((sql, index) =>
      /ALTER TABLE spans\w* (MOVE|DROP) PARTITION|INSERT INTO spans_keeping/.test(sql) ? [index] : [],
    );
    expect(cuts.length).toBeGreaterThan(3);
    for (const [round, cut] of cuts.entries()) {
      const dayMs = ago(41 + round);
      const [kept, other] = [2_002 + round * 2, 2_003 + round * 2];
      await load(failing(kept, dayMs + HOUR_MS), trace(other, dayMs + HOUR_MS));
      await thin(ERRORS, { clickhouse: killedAt(cut) }).catch(() => {});
      await until(() => thin(ERRORS).then(always, never), 120);
      expect(await left(dayMs), `killed at ${commands[cut]}`).toEqual({ [kept]: 2 });
    }
  });

  const always = () => true;
  const never = () => false;

  /** The store, whose engine is killed when it has just been sent its n-th command. */
  const killedAt = (cut: number): ClickHouse => {
    let index = 0;
    return {
      ...store.clickhouse,
      command: (request) => {
        const written = store.clickhouse.command(request);
        const pid = store.engine.pid();
        if (index++ === cut && pid !== null) process.kill(pid, 'SIGKILL');
        return written;
      },
    };
  };
});
