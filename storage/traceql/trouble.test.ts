/** Telemetry as it comes on a bad day, through the loader: what is asked is answered sensibly, and nothing stands still. */

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { durationMs } from '../../model/units.ts';
import { parseQuery } from '../../traceql/parser.ts';
import { hex, type SpanSketch, sketchTrace } from '../../traceql/testing/shop.ts';
import type { Trace, TraceSpan } from '../../traceql/trace.ts';
import type { TraceSearchAnswer } from '../../traceql/trace-store.ts';
import type { Reader } from '../clickhouse/clickhouse.ts';
import { StoreError } from '../clickhouse/errors.ts';
import { machineClock, openTestStore, type TestStore } from '../testing/store.ts';
import { getTrace } from '../traces.ts';
import { createClickHouseTraceStore } from './clickhouse-trace-store.ts';
import { loadTraces } from './testing/load-traces.ts';

const HOUR_MS = 3_600_000;
const START_MS = Math.floor(machineClock.now() / HOUR_MS) * HOUR_MS - HOUR_MS;

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store?.close());

let loads = 0;
const load = (...traces: readonly Trace[]): Promise<void> => loadTraces(store, `trouble-${loads++}`, traces);

function search(
  query: string,
  options: { maxMs?: number; startMs?: number } = {},
): Promise<TraceSearchAnswer> {
  const parsed = parseQuery(query);
  if (parsed.kind !== 'search') throw new Error(`${query} is no search`);
  return createClickHouseTraceStore({
    clickhouse: store.clickhouse,
    clock: machineClock,
    maxMs: options.maxMs,
  }).search({
    pipeline: parsed.pipeline,
    startMs: options.startMs ?? START_MS,
    endMs: START_MS + HOUR_MS,
    limit: 20,
    spansPerSpanset: 0,
  });
}

const names = ({ traces }: TraceSearchAnswer): readonly string[] =>
  traces.flatMap(({ spansets }) => spansets.flatMap(({ spans }) => spans.map(({ name }) => name))).sort();

const sized = (id: number, sketches: readonly SpanSketch[], startMs = START_MS): Trace =>
  sketchTrace(id, startMs, sketches);

describe('spans', () => {
  it('that come one by one, children first, and twice make one whole trace', async () => {
    const whole = sized(0x101, [
      { id: 0x10101, name: 'root one' },
      { id: 0x10102, parent: 0x10101, atMs: 5, name: 'child one' },
      { id: 0x10103, parent: 0x10102, atMs: 9, name: 'grandchild one' },
    ]);
    for (const index of [2, 1, 0, 1, 2]) await load({ ...whole, spans: [whole.spans[index] as TraceSpan] });
    expect(names(await search('{ name = "root one" } >> { true }'))).toEqual(['child one', 'grandchild one']);
    const [found] = (await search('{ name =~ ".* one" } | count() = 3')).traces;
    expect(found).toMatchObject({ rootName: 'root one', services: { order: { spans: 3 } } });
    expect((await getTrace(store.clickhouse, whole.traceId))?.spans).toHaveLength(3);
  });

  it('that are days late join the trace they belong to', async () => {
    const [early, late] = [START_MS - 26 * HOUR_MS, START_MS - 25 * HOUR_MS];
    await load(sized(0x102, [{ id: 0x10201, name: 'root two' }], early));
    await load(sized(0x102, [{ id: 0x10202, parent: 0x10201, name: 'late two' }], late));
    const found = await search('{ name = "root two" } > { true }', { startMs: early - HOUR_MS });
    expect(names(found)).toEqual(['late two']);
  });

  it('without a parent that ever comes, and of another service, are found, and belong to no root', async () => {
    await load(
      sized(0x103, [
        { id: 0x10301, parent: 0x999, name: 'orphan three', resource: { 'service.name': 'dispatch' } },
        { id: 0x10302, parent: 0x10301, atMs: 1, name: 'under it three' },
      ]),
    );
    const found = await search('{ name =~ ".* three" }');
    expect(found.traces[0]).toMatchObject({ rootName: '', rootService: '' });
    expect(names(await search('{ name = "orphan three" } > { true }'))).toEqual(['under it three']);
  });

  it('that are each other’s parents, or their own, do not go round for ever', async () => {
    await load(
      sized(0x104, [
        { id: 0x10401, parent: 0x10402, name: 'a four' },
        { id: 0x10402, parent: 0x10403, atMs: 1, name: 'b four' },
        { id: 0x10403, parent: 0x10401, atMs: 2, name: 'c four' },
        { id: 0x10404, parent: 0x10404, atMs: 3, name: 'self four' },
      ]),
    );
    expect(names(await search('{ name =~ ".* four" } << { true }')).length).toBeGreaterThan(0);
    expect((await search('{ name =~ ".* four" }')).traces[0]?.spansets[0]?.matched).toBe(4);
  });

  it('of no and of negative duration last no time', async () => {
    await load(
      sized(0x105, [
        { id: 0x10501, name: 'none five', durationNanos: 0 },
        { id: 0x10502, atMs: 4, name: 'negative five', durationNanos: -5_000_000 },
      ]),
    );
    expect(names(await search('{ name =~ ".* five" && duration = 0s }'))).toEqual([
      'negative five',
      'none five',
    ]);
    expect((await search('{ name =~ ".* five" }')).traces[0]?.durationNanos).toBe(4_000_000);
  });

  it('with hostile names and values are found by them, and change no query', async () => {
    const name = `'); DROP TABLE spans; -- "\\ \u0000 {} | <script>`.replace('\u0000', '\u0001');
    await load(
      sized(0x106, [{ id: 0x10601, name, attributes: { [name]: name, constructor: 'x', empty: '' } }]),
    );
    const quoted = JSON.stringify(name).replace('\\u0001', '\\x01');
    expect(names(await search(`{ name = ${quoted} }`))).toEqual([name]);
    const key = name.replaceAll('\\', '\\\\').replaceAll('"', '\\"');
    expect(names(await search(`{ span."${key}" = ${quoted} && span.constructor = "x" }`))).toEqual([name]);
    expect(names(await search('{ span.empty = "" }'))).toEqual([name]);
    expect((await search('{ span.toString != nil && name = "none five" }')).traces).toEqual([]);
  });
});

describe('a span', () => {
  it('whose attribute has no name is found by it', async () => {
    await load(
      sized(0x107, [
        {
          id: 0x10701,
          name: 'nameless seven',
          attributes: { '': 'no name', named: 1 },
          resource: { 'service.name': 'order', '': 7 },
          scopeAttributes: { '': true },
          events: [{ atNanos: BigInt(START_MS) * 1_000_000n, name: 'e', attributes: { '': 'x' } }],
        },
        { id: 0x10702, name: 'named seven', attributes: { named: 1 } },
      ]),
    );
    for (const condition of [
      '."" = "no name"',
      'span."" =~ "no.*"',
      'span."" != ""',
      'span."" != nil',
      'resource."" = 7',
      'instrumentation.""',
      'event."" = "x"',
      'span."" != nil && named != nil'.replace('named', '.named'),
    ])
      expect([condition, names(await search(`{ name =~ ".* seven" && ${condition} }`))]).toEqual([
        condition,
        ['nameless seven'],
      ]);
    expect(names(await search('{ name =~ ".* seven" && span."" = nil }'))).toEqual(['named seven']);
  });

  it('of 10 MB of text and 50,000 attributes is kept, found and shown', async () => {
    const many = Object.fromEntries(Array.from({ length: 50_000 }, (_, i) => [`key.${i}`, i]));
    await load(
      sized(0x201, [
        { id: 0x20101, name: 'huge', attributes: { text: 'x'.repeat(10 * 1024 ** 2), ...many } },
      ]),
    );
    const { traces } = await search('{ span.key.49999 = 49999 } | select(span.key.7)');
    expect(traces[0]?.spansets[0]?.spans[0]?.attributes).toContainEqual({
      name: 'span.key.7',
      value: { type: 'int', value: 7 },
    });
    const shown = await getTrace(store.clickhouse, hex(0x201, 32));
    expect(Object.keys(shown?.spans[0]?.attributes.texts ?? {})).toHaveLength(50_001);
  });
});

describe('a search that is too wide', () => {
  it('answers with what it has when its time is over, and says so', async () => {
    const answer = await search('{ name = "nobody has this" }', {
      maxMs: -1,
      startMs: START_MS - 100 * HOUR_MS,
    });
    expect(answer.traces).toEqual([]);
    expect(answer.partial).toMatch(/^Only what began since \d{4}-.* was looked at: shorten the range/);
  });

  it('says so too when its time is over while it reads what it found', async () => {
    const found = 4;
    await load(
      ...Array.from({ length: found }, (_, i) =>
        sized(0x400 + i, [{ id: 0x40001 + i, name: 'one of many' }]),
      ),
    );
    // All of them are too much at once; after the first half the time is over.
    let nowMs = 0;
    const clickhouse: Reader = {
      ...store.clickhouse,
      rows: (request) => {
        if (request.what !== 'search traces') return store.clickhouse.rows(request);
        nowMs += 6_000;
        if (nowMs === 6_000) throw new StoreError('memory', 'too little memory');
        return store.clickhouse.rows(request);
      },
    };
    const parsed = parseQuery('{ name = "one of many" }');
    if (parsed.kind !== 'search') throw new Error('no search');
    const { traces, partial } = await createClickHouseTraceStore({
      clickhouse,
      clock: { monotonic: () => durationMs(nowMs) },
    }).search({
      pipeline: parsed.pipeline,
      startMs: START_MS,
      endMs: START_MS + HOUR_MS,
      limit: found,
      spansPerSpanset: 1,
    });
    expect(traces.length).toBeGreaterThan(0);
    expect(traces.length).toBeLessThan(found);
    expect(partial).toContain('was looked at: shorten the range');
  });

  it('ends when nobody waits for it', async () => {
    const gone = new AbortController();
    gone.abort();
    const parsed = parseQuery('{}');
    if (parsed.kind !== 'search') throw new Error('no search');
    const asked = createClickHouseTraceStore({ clickhouse: store.clickhouse, clock: machineClock }).search({
      pipeline: parsed.pipeline,
      startMs: START_MS,
      endMs: START_MS + HOUR_MS,
      limit: 1,
      spansPerSpanset: 1,
      abort: gone.signal,
    });
    await expect(asked).rejects.toThrow(StoreError);
  });
});

describe('a metric that is too wide', () => {
  const [STEPS, STEP_MS] = [6, 60_000];
  beforeAll(() =>
    load(
      ...Array.from({ length: STEPS }, (_, step) =>
        sized(0x300 + step, [{ id: 0x30001 + step, name: 'wide' }], START_MS + step * STEP_MS),
      ),
    ),
  );

  /** A store that is asked for more than so many milliseconds at once, and gives up. */
  const narrow = (mostMs: number): Reader => ({
    ...store.clickhouse,
    rows: (request) => {
      const { from = 0, to = 0 } = (request.parameters ?? {}) as { from?: number; to?: number };
      if (request.what === 'trace metrics' && to - from > mostMs)
        throw new StoreError('memory', 'too little memory');
      return store.clickhouse.rows(request);
    },
  });

  /** A store that gives up on every search that reaches before a time. */
  const noneBefore = (startMs: number): Reader => ({
    ...store.clickhouse,
    bytes: (request, format) => {
      const { from = 0 } = (request.parameters ?? {}) as { from?: number };
      if (request.what === 'search traces' && from < startMs)
        throw new StoreError('memory', 'too little memory');
      return store.clickhouse.bytes(request, format);
    },
  });

  async function counts(
    clickhouse: Reader,
    { steps = STEPS, maxMs = 10_000, query = '{ name = "wide" } | count_over_time()' } = {},
  ) {
    const parsed = parseQuery(query);
    if (parsed.kind !== 'metrics' || parsed.metrics.kind !== 'metrics_aggregate')
      throw new Error('no metric');
    const traces = createClickHouseTraceStore({ clickhouse, clock: machineClock, maxMs });
    const grid = { startMs: START_MS, stepMs: (STEPS * STEP_MS) / steps, steps };
    const { series, partial } = await traces.aggregate({ aggregate: parsed.metrics, grid });
    return { values: series.map(({ values }) => [...values]), partial };
  }

  it('is counted in parts', async () => {
    const whole = { values: [[1, 1, 1, 1, 1, 1]], partial: null };
    expect(await counts(store.clickhouse)).toEqual(whole);
    expect(await counts(narrow(2 * STEP_MS))).toEqual(whole);
  });

  it('is counted since when it can be, and says so', async () => {
    expect(await counts(narrow(STEP_MS * 1.5), { steps: 1 })).toEqual({
      values: [[1]],
      partial: expect.stringMatching(/^Only what began since \d{4}-.* was counted: shorten the range/),
    });
  });

  it('that compares is told of its newest part', async () => {
    const query = '{ name = "wide" } | compare({ status = error }, 1)';
    const { values, partial } = await counts(narrow(STEP_MS), { query });
    expect(values).toContainEqual([Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1]);
    expect(partial).toContain('Only what began since');
  });

  it('trace by trace has no steps that it did not come to', async () => {
    const query = '{ name = "wide" } && { true } | count_over_time()';
    expect(await counts(store.clickhouse, { query })).toEqual({
      values: [[1, 1, 1, 1, 1, 1]],
      partial: null,
    });
    const sinceMs = START_MS + 4 * STEP_MS;
    expect(await counts(noneBefore(sinceMs), { query })).toEqual({
      values: [[Number.NaN, Number.NaN, Number.NaN, Number.NaN, 1, 1]],
      partial: `Only what began since ${new Date(sinceMs).toISOString()} was looked at: shorten the range or ask for something rarer`,
    });
  });

  it('has nothing when its time is over, and says so', async () => {
    expect(await counts(store.clickhouse, { maxMs: -1 })).toEqual({
      values: [],
      partial: expect.stringContaining('Only what began since'),
    });
  });
});
