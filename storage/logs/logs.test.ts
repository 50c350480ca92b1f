import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Loaded } from '../../model/telemetry.ts';
import { durationMs } from '../../model/units.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { readArrivals } from './arrivals.ts';
import { countLogs } from './count-logs.ts';
import type { LogFilter } from './log-filter.ts';
import { type LogCursor, type LogSearch, searchLogs } from './search-logs.ts';
import { loadLogs } from './testing/load-logs.ts';

const HOUR_MS = 3_600_000;
const NOW_MS = Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS;
const TRACE = 'a'.repeat(32);
const SPAN = 'b'.repeat(16);
const nano = (ms: number): bigint => BigInt(ms) * 1_000_000n;
let store: TestStore;
let reads: Parameters<typeof searchLogs>[0];
const loads: Loaded[] = [];

beforeAll(async () => {
  store = await openTestStore();
  reads = { clickhouse: store.clickhouse, clock: machineClock };
  const at = (agoMs: number) => nano(NOW_MS - agoMs);
  const order = { 'service.name': 'order', 'host.name': 'h1' };
  loads.push(
    await loadLogs(store, NOW_MS - 1_000, order, [
      {
        ...{ timeNano: at(5_000), severity: 17, severityText: 'ERROR', body: 'Payment REFUSED' },
        ...{ traceId: TRACE, spanId: SPAN, attributes: { code: 7, paid: false, 'campaign.id': 'free-tea' } },
      },
      { timeNano: at(4_000), severity: 9, body: { map: { paid: true } }, attributes: { code: '7' } },
      {
        timeNano: at(30 * HOUR_MS),
        severity: 13,
        body: 'slow',
        attributes: { code: 8.5, 'host.name': 'h2' },
      },
    ]),
    // Ten at the same nanosecond, as a service that logs in seconds writes them.
    await loadLogs(
      store,
      NOW_MS - 500,
      { 'service.name': 'dispatch' },
      Array.from({ length: 10 }, (_, index) => ({ timeNano: at(2_000), severity: 1, body: `tick ${index}` })),
    ),
  );
});
afterAll(() => store?.close());

const range = { startMs: NOW_MS - 48 * HOUR_MS, endMs: NOW_MS, limit: 100 };
const bodies = async (search: Partial<LogSearch>) =>
  (await searchLogs(reads, { ...range, ...search })).records.map(({ body }) => body);
const text = (value: string) => ({ type: 'string', value }) as const;
const number = (value: number) => ({ type: 'float', value }) as const;
const where = (
  key: string,
  operator: '=' | '!=' | '<' | '>=',
  ...values: ReturnType<typeof text | typeof number>[]
): LogFilter => ({
  service: 'order',
  attributes: [{ key, operator, values }],
});

describe('searchLogs', () => {
  it('gives the newest first, typed', async () => {
    const { records, partial, next } = await searchLogs(reads, { ...range, service: 'order' });
    expect({ partial, next }).toEqual({ partial: null, next: null });
    expect(records.map(({ body }) => body)).toEqual([{ paid: true }, 'Payment REFUSED', 'slow']);
    expect(records[1]).toMatchObject({
      ...{ service: 'order', severity: 17, severityText: 'ERROR', traceId: TRACE, spanId: SPAN },
      ...{ campaignId: 'free-tea', attributes: { code: 7, paid: false }, resource: { 'host.name': 'h1' } },
    });
  });

  it.each<[string, LogFilter, number]>([
    ['severity', { minSeverity: 13 }, 2],
    ['text in any case', { text: 'payment refused' }, 1],
    ['trace', { traceId: TRACE }, 1],
    ['span', { spanId: SPAN.toUpperCase() }, 1],
    ['campaign', { campaignId: 'free-tea' }, 1],
    ['service', { service: "nobody' OR 1" }, 0],
    ['an attribute of any type', where('code', '=', text('7'), number(7)), 2],
    ['an attribute that is a number', where('code', '=', number(7)), 1],
    ['an attribute that is text', where('code', '=', text('7')), 1],
    ['an attribute that is larger', where('code', '>=', number(7.5)), 1],
    ['an attribute that is not so, or not there', where('paid', '!=', text('x')), 3],
    ["the resource's attribute where the record has none", where('host.name', '=', text('h1')), 2],
  ])('by %s', async (_, filter, expected) => {
    expect(await bodies(filter)).toHaveLength(expected);
  });

  it('goes on page by page, also among records of one time', async () => {
    const seen: unknown[] = [];
    let before: LogCursor | null | undefined;
    do {
      const page = await searchLogs(reads, { ...range, limit: 3, ...(before && { before }) });
      seen.push(...page.records.map(({ body }) => JSON.stringify(body)));
      before = page.next;
    } while (before !== null && seen.length < 100);
    expect(seen).toHaveLength(13);
    expect(new Set(seen)).toHaveLength(13);
  });

  it('stops when time is over, says so, and goes on from there', async () => {
    let asked = 0;
    const monotonic = () => {
      asked += 6_000;
      return durationMs(asked);
    };
    const slow = { ...reads, clock: { monotonic } };
    const page = await searchLogs(slow, range);
    expect(page.records).toHaveLength(12);
    expect(page.partial).toMatch(/^Only what was written since \d{4}-/);
    expect(await bodies({ before: page.next! })).toEqual(['slow']);
  });
});

describe('countLogs', () => {
  it('counts by step and severity, with the steps in which there was nothing', async () => {
    const asked = { startMs: NOW_MS - 30 * HOUR_MS, endMs: NOW_MS, stepMs: HOUR_MS };
    const { points, partial } = await countLogs(reads, asked);
    expect(partial).toBeNull();
    expect(points).toHaveLength(30);
    expect(points[0]).toMatchObject({ atMs: NOW_MS - 30 * HOUR_MS, warn: 1, error: 0 });
    expect(points[1]).toMatchObject({ warn: 0, trace: 0 });
    expect(points.at(-1)).toEqual({
      ...{ atMs: NOW_MS - HOUR_MS, unset: 0, trace: 10, debug: 0, info: 1, warn: 0, error: 1, fatal: 0 },
    });
    const errors = await countLogs(reads, { ...asked, minSeverity: 17 });
    expect(errors.points.at(-1)).toMatchObject({ trace: 0, info: 0, error: 1 });
  });
});

describe('readArrivals', () => {
  const arrivals = (filter: LogFilter, some: readonly Loaded[], limit = 100) =>
    readArrivals(reads, filter, some, limit, new AbortController().signal);

  it('gives what came with a load, oldest first, late records too, and nothing else', async () => {
    const first = await arrivals({}, loads.slice(0, 1));
    expect(first.records.map(({ body }) => body)).toEqual(['slow', 'Payment REFUSED', { paid: true }]);
    expect((await arrivals({}, loads.slice(1))).records).toHaveLength(10);
    expect((await arrivals({ minSeverity: 9 }, loads)).records).toHaveLength(3);
  });

  it('counts what it leaves out', async () => {
    const some = await arrivals({ service: 'dispatch' }, loads, 4);
    expect(some.records).toHaveLength(4);
    expect(some.dropped).toBe(6);
  });
});
