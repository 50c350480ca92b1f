import { afterAll, beforeAll, expect, it } from 'vitest';
import { outlineBytes, readOutline, type TraceOutline } from '../model/api/trace-outline.ts';
import { plainSpans } from '../model/testing/outline-columns.ts';
import { openTestStore, type TestStore } from './testing/store.ts';
import { readOutlineRows } from './trace-outline-rows.ts';

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
}, 60_000);
afterAll(() => store?.close());

const START = 1_800_000_000_123_456_789n;

/** Rows as a trace's are: each the child of the one before, a millisecond later; every 30,000th has links and two events. */
const rows = (count: number, names: number): string => `SELECT
  fromUnixTimestamp64Nano(toInt64(${START} + number * 1000000)) AS time,
  reinterpretAsFixedString(number + 1) AS span_id, reinterpretAsFixedString(number) AS parent_span_id,
  CAST(number % 6, 'Enum8(''unspecified'' = 0, ''internal'' = 1, ''server'' = 2, ''client'' = 3, ''producer'' = 4, ''consumer'' = 5)')
    AS kind,
  CAST(number % 3, 'Enum8(''unset'' = 0, ''ok'' = 1, ''error'' = 2)') AS status,
  toUInt64(if(number = 1, 18446744073709551615, number)) AS duration,
  toLowCardinality('order') AS service, toLowCardinality(concat('step ', toString(number % ${names}))) AS name,
  toLowCardinality(if(number = 0, 'tea', '')) AS campaign_id, toLowCardinality(toString(number % 2)) AS clock,
  if(number % 30000 = 29999, [time, fromUnixTimestamp64Nano(toInt64(${START} - 5))], []) AS event_times,
  CAST(if(number % 30000 = 29999, ['重试', ''], []), 'Array(LowCardinality(String))') AS event_names,
  toUInt32(if(number % 30000 = 29999, 3, 0)) AS links
  FROM numbers(${count})`;

/** As it arrives at the page. */
async function outlineOf(count: number, names: number, most: number): Promise<TraceOutline | null> {
  const sql = `${rows(count, names)} ORDER BY time`;
  const bytes = await store.clickhouse.bytes({ sql, what: 'rows of a test' }, 'Native');
  const found = readOutlineRows(bytes, most);
  return found === null ? null : readOutline(outlineBytes({ traceId: 'a'.repeat(32), ...found }).buffer);
}

const [FIRST, SECOND] = ['0100000000000000', '0200000000000000'];

it.each([
  ['few texts', 7],
  ['more than a byte counts', 300],
  ['more than two bytes count', 70_000],
])('an outline of many blocks has each span with its own: %s', async (_, names) => {
  const outline = (await outlineOf(150_000, names, 150_000))!;
  expect(outline).toMatchObject({ cut: false, size: 150_000, startUnixNano: String(START) });
  const spans = plainSpans(outline);
  expect(spans[0]).toEqual({
    ...{ spanId: FIRST, parentSpanId: null, service: 'order', name: 'step 0', kind: 'unspecified' },
    ...{
      status: 'unset',
      clock: '0',
      campaignId: 'tea',
      startNano: 0,
      durationNano: 0,
      events: [],
      links: 0,
    },
  });
  // A length that no number holds is as long as numbers are.
  expect(spans[1]).toMatchObject({ parentSpanId: FIRST, spanId: SECOND, durationNano: 2 ** 53 - 1 });
  const last = { startNano: 149_999e6, links: 3, name: `step ${149_999 % names}`, kind: 'consumer' };
  expect(spans.at(-1)).toMatchObject({
    ...{ ...last, status: 'error', clock: '1', campaignId: null, durationNano: 149_999 },
    events: [
      { atNano: 149_999e6, name: '重试' },
      { atNano: -5, name: '' },
    ],
  });
  expect(spans.filter(({ events, links }) => events.length > 0 && links > 0)).toHaveLength(5);
  expect(spans.every(({ name }, index) => name === `step ${index % names}`)).toBe(true);
});

it('an outline of more spans than are shown has the first, and says so', async () => {
  const outline = (await outlineOf(100_000, 7, 70_000))!;
  expect(outline).toMatchObject({ cut: true, size: 70_000 });
  const spans = plainSpans(outline);
  expect(spans.at(-1)).toMatchObject({ startNano: 69_999e6, name: `step ${69_999 % 7}` });
  expect(spans.filter(({ events, links }) => events.length > 0 && links > 0)).toHaveLength(2);
});

it('an outline of nothing is none', async () => {
  expect(await outlineOf(0, 7, 10)).toBeNull();
});
