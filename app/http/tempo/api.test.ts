import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import express from 'express';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createInserter } from '../../../storage/loader/insert.ts';
import { delimited } from '../../../storage/loader/testing/otlp-encode.ts';
import { machineClock } from '../../../storage/testing/store.ts';
import { createClickHouseTraceStore } from '../../../storage/traceql/clickhouse-trace-store.ts';
import type { StoredTrace } from '../../../storage/traces.ts';
import { hex, sketchTrace } from '../../../traceql/testing/shop.ts';
import { answerTraces } from '../../trace-queries/trace-answers.ts';
import { ask, close, open, port } from '../testing/http-client.ts';
import { openShop, SHOP_START_MS, type Shop } from '../testing/shop.ts';
import { tempoApi } from './api.ts';
import { defaultStepMs } from './metrics.ts';

const START_S = SHOP_START_MS / 1_000;
const RANGE = `start=${START_S}&end=${START_S + 60}`;
let shop: Shop;

/** With values of every kind that a span can carry, long integers and lists within lists. */
const odd = sketchTrace(6, SHOP_START_MS + 5_000, [
  {
    id: 0x61,
    name: '',
    kind: 'unspecified',
    attributes: {
      '': 'no name',
      negative: -5,
      half: -0.5,
      none: null,
      nested: [1, [true, 'x'], { a: { b: 2.5 } }],
      'a "quoted" name': 'ä\n€',
      empty: '',
    },
  },
]);

beforeAll(async () => {
  shop = await openShop([odd]);
  const router = tempoApi({
    askTraces: answerTraces({
      ...shop.sources,
      byId: async (id, abort) => {
        const trace = await shop.byId(id === hex(0xc07, 32) ? hex(1, 32) : id, abort);
        return trace && { ...trace, cut: id === hex(0xc07, 32) };
      },
    }),
    version: '1.2.3',
    clock: machineClock,
    logger: pino({ level: 'silent' }),
  });
  // A store whose time is over before it looked at anything.
  const late = tempoApi({
    askTraces: answerTraces({
      ...shop.sources,
      store: createClickHouseTraceStore({
        clickhouse: shop.store.clickhouse,
        clock: machineClock,
        maxMs: -1,
      }),
    }),
    ...{ version: '', clock: machineClock, logger: pino({ level: 'silent' }) },
  });
  await open(express().set('query parser', 'simple').use('/tempo/api', router).use('/late', late));
}, 60_000);
afterAll(async () => {
  await close();
  await shop?.store.close();
});

const get = async (path: string) => {
  const { status, text } = await ask(`/tempo/api/${path}`);
  expect(status, text).toBe(200);
  return JSON.parse(text);
};
const query = (given: Record<string, string>): string => String(new URLSearchParams(given));

it('says that it is there', async () => {
  expect(await ask('/tempo/api/echo')).toMatchObject({ status: 200, text: 'echo' });
  expect(await get('status/buildinfo')).toMatchObject({ version: '1.2.3', revision: '' });
  expect(await ask('/tempo/api/nothing')).toMatchObject({ status: 404 });
});

describe('a trace by its id', () => {
  it('is ResourceSpans in protobuf’s JSON', async () => {
    const { batches } = await get(`traces/${hex(2, 32)}`);
    expect(batches).toHaveLength(2);
    expect(batches[0]).toMatchObject({
      resource: { attributes: [{ key: 'service.name', value: { stringValue: 'order' } }] },
      scopeSpans: [
        {
          scope: {
            name: 'tidewarden.test',
            version: '1.2.3',
            attributes: [
              { key: 'library', value: { stringValue: 'http' } },
              { key: 'generation', value: { intValue: '2' } },
            ],
          },
        },
        { scope: { name: 'tidewarden.test', version: '1.2.3' } },
      ],
    });
    const [span] = batches[0].scopeSpans[0].spans;
    expect(span).toEqual({
      traceId: Buffer.from(hex(2, 32), 'hex').toString('base64'),
      spanId: Buffer.from(hex(0x21, 16), 'hex').toString('base64'),
      name: 'POST /orders/{id}/cancel',
      kind: 'SPAN_KIND_SERVER',
      startTimeUnixNano: `${SHOP_START_MS + 1_000}000000`,
      endTimeUnixNano: `${SHOP_START_MS + 3_500}000000`,
      attributes: expect.arrayContaining([
        { key: 'http.status_code', value: { intValue: '504' } },
        { key: 'order.id', value: { stringValue: 'o-1' } },
        { key: 'paid', value: { boolValue: false } },
        { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'c' }] } } },
        { key: 'note', value: {} },
      ]),
      links: [
        {
          traceId: Buffer.from(hex(1, 32), 'hex').toString('base64'),
          spanId: Buffer.from(hex(0x11, 16), 'hex').toString('base64'),
          attributes: [{ key: 'why', value: { stringValue: 'order' } }],
        },
      ],
      status: { code: 'STATUS_CODE_ERROR' },
    });
    const v2 = await get(`v2/traces/${hex(2, 32)}`);
    expect(v2).toEqual({ trace: { resourceSpans: batches } });
  });

  it('is found by an id without its zeros, in either case, whatever range is asked', async () => {
    expect(await get('traces/2?start=1&end=2')).toEqual(await get(`traces/${hex(2, 32)}`));
  });

  it('says when it is cut', async () => {
    const v2 = await get(`v2/traces/${hex(0xc07, 32)}`);
    expect(v2).toMatchObject({ status: 'PARTIAL', message: expect.stringContaining('100000 spans') });
    expect(v2.trace.resourceSpans).toHaveLength(3);
  });

  it.each([
    ['traces/zz', 400, 'trace IDs can only contain hex characters'],
    [`traces/1${'0'.repeat(32)}`, 400, "trace IDs can't be larger than 128 bits"],
    ['traces/%27%20OR%201', 400, 'trace IDs can only contain hex characters'],
    [`v2/traces/${'f'.repeat(32)}`, 404, 'trace not found'],
    ['traces/1?start=5&end=5', 400, 'http parameter start must be before end. received start=5 end=5'],
  ])('refuses %s', async (path, status, text) => {
    expect(await ask(`/tempo/api/${path}`)).toMatchObject({ status, text });
  });

  it('is, in protobuf, what ClickHouse reads back as the same spans', async () => {
    const ids = [1, 2, 3, 4, 6].map((id) => hex(id, 32));
    const before = await Promise.all(ids.map((id) => shop.byId(id)));
    const protobuf = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${port()}/tempo/api/${path}`, {
        headers: { accept: 'application/protobuf' },
      });
      expect(response.headers.get('content-type')).toContain('application/protobuf');
      return Buffer.from(await response.arrayBuffer());
    };
    const bodies = await Promise.all(ids.map((id) => protobuf(`traces/${id}`)));
    // A trace in Tempo's answer is field 1, whole.
    const answer = await protobuf(`v2/traces/${ids[0]}`);
    expect(answer[0]).toBe(0x0a);
    expect(answer.subarray(answer.length - bodies[0]!.length)).toEqual(bodies[0]);

    const { clickhouse, directory } = shop.store;
    const path = join(directory, 'again.pb');
    writeFileSync(path, delimited(bodies));
    for (const table of ['spans', 'traces'])
      await clickhouse.command({ sql: `TRUNCATE TABLE ${table}`, what: 'test' });
    await createInserter({ clickhouse, embedded: true, seriesPerMetric: 1 }).insert({
      signal: 'traces',
      token: 'again',
      paths: [path],
      oldestMs: SHOP_START_MS,
      newestMs: SHOP_START_MS + 60_000,
      acceptedMs: SHOP_START_MS + 60_000,
    });
    const after = await Promise.all(ids.map((id) => shop.byId(id)));
    expect(after.map(inOrder)).toEqual(before.map(inOrder));
  });
});

/** The order of a trace's spans that begin together is anybody's. */
const inOrder = (trace: StoredTrace | null) =>
  trace?.spans.toSorted((a, b) => (a.spanId < b.spanId ? -1 : 1));

describe('search', () => {
  const found = async (given: string) =>
    ((await get(`search?${given}`)).traces as { traceID: string }[]).map(({ traceID }) =>
      Number(`0x${traceID}`),
    );

  it('answers TraceQL as Tempo does', async () => {
    const { traces, metrics, ...rest } = await get(
      `search?${query({ q: '{ name = "charge" } | select(span.amount, resource.region, duration)' })}&${RANGE}`,
    );
    expect(rest).toEqual({});
    expect(metrics).toMatchObject({ completedJobs: 1, totalJobs: 1, inspectedTraces: 1 });
    const spanSet = {
      spans: [
        {
          spanID: hex(0x13, 16),
          name: 'charge',
          startTimeUnixNano: `${SHOP_START_MS + 10}000000`,
          durationNanos: '40000000',
          attributes: [
            { key: 'service.name', value: { stringValue: 'payment' } },
            { key: 'name', value: { stringValue: 'charge' } },
            { key: 'amount', value: { intValue: '26' } },
            { key: 'region', value: { stringValue: 'south' } },
            { key: 'duration', value: { stringValue: '40ms' } },
          ],
        },
      ],
      matched: 1,
    };
    expect(traces).toEqual([
      {
        traceID: hex(1, 32),
        rootServiceName: 'order',
        rootTraceName: 'POST /orders',
        startTimeUnixNano: `${SHOP_START_MS}000000`,
        durationMs: 120,
        spanSet,
        spanSets: [spanSet],
        serviceStats: { order: { spanCount: 3 }, payment: { spanCount: 1, errorCount: 1 } },
      },
    ]);
  });

  it('shows as many spans of a spanset as are asked for, and says what they have in common', async () => {
    const spansets = async (given: Record<string, string>) =>
      (await get(`search?${query(given)}&${RANGE}`)).traces.at(-1).spanSets;
    expect((await spansets({ q: '{}' }))[0].spans).toHaveLength(3);
    expect((await spansets({ q: '{}', spss: '1' }))[0].spans).toHaveLength(1);
    expect((await spansets({ q: '{}', spss: '0' }))[0]).toMatchObject({ matched: 4 });
    const [spanset] = await spansets({ q: '{ kind = server } | by(resource.service.name) | count() > 0' });
    expect(spanset.attributes).toEqual([
      { key: 'by(resource.service.name)', value: { stringValue: 'order' } },
      { key: 'count()', value: { intValue: '1' } },
    ]);
  });

  it.each([
    [RANGE, [6, 4, 3, 2, 1]],
    ['', [6, 4, 3, 2, 1]],
    [`limit=1&${RANGE}`, [6]],
    [`start=${START_S + 1}&end=${START_S + 3}&${query({ q: '{}' })}`, [3, 2]],
    [query({ tags: 'service.name=PAYM' }), [1]],
    [query({ tags: 'name="POST /orders" http.status_code=200' }), [1]],
    [query({ tags: 'error=true' }), [2, 1]],
    [query({ tags: 'paid=true' }), [1]],
    [query({ tags: 'order.id=".*"' }), []],
    [query({ 'service.name': 'dispatch' }), [3, 2]],
    [query({ minDuration: '100ms', maxDuration: '1s' }), [1]],
  ])('finds with %s', async (given, expected) => {
    expect(await found(given)).toEqual(expected);
  });

  it.each([
    ['limit=0', 'invalid limit: must be a positive number'],
    ['limit=x', 'invalid limit: "x" is no whole number'],
    ['limit=100000', 'invalid limit: limit 100000 exceeds max limit 5000'],
    ['start=20&end=10', 'http parameter start must be before end. received start=20 end=10'],
    [query({ q: '{}', tags: 'a=b' }), "can't specify tags and q in the same query"],
    [query({ tags: 'a=b a=c' }), 'invalid tags: tag a has been set twice'],
    [query({ tags: 'a="b' }), 'invalid tags: unexpected character at pos 1'],
    [query({ minDuration: 'soon' }), 'invalid minDuration: time: invalid duration "soon"'],
    [
      query({ minDuration: '2s', maxDuration: '1s' }),
      'invalid maxDuration: must be greater than minDuration',
    ],
  ])('refuses %s', async (given, text) => {
    expect(await ask(`/tempo/api/search?${given}`)).toMatchObject({ status: 400, text });
  });

  it('refuses what is no TraceQL, and says where', async () => {
    for (const [q, text] of [
      ['{ status = }', /^invalid TraceQL query: parse error at line 1, col 12: /],
      ['{ span.x + 1 }', /^invalid TraceQL query: /],
      ['{} | rate()', /query_range/],
    ] as const)
      expect(await ask(`/tempo/api/search?${query({ q })}`)).toMatchObject({
        status: 400,
        text: expect.stringMatching(text),
        headers: { 'content-type': expect.stringContaining('text/plain') },
      });
  });
});

describe('tags', () => {
  it('are named by scope', async () => {
    const { scopes } = await get(`v2/search/tags?${RANGE}`);
    const byName = Object.fromEntries(
      scopes.map(({ name, tags }: { name: string; tags: string[] }) => [name, tags]),
    );
    expect(Object.keys(byName)).toEqual([
      'resource',
      'span',
      'event',
      'link',
      'instrumentation',
      'intrinsic',
    ]);
    expect(byName).toMatchObject({
      resource: ['region', 'replicas', 'service.name'],
      event: ['attempt', 'exception.type'],
      link: ['why'],
      instrumentation: ['generation', 'library'],
    });
    expect(byName.span).toEqual(expect.arrayContaining(['amount', 'http.status_code', 'a "quoted" name']));
    expect(byName.intrinsic).toContain('rootServiceName');
  });

  it('are fewer where less is asked', async () => {
    expect((await get(`v2/search/tags?scope=event&${RANGE}`)).scopes).toEqual([
      { name: 'event', tags: ['attempt', 'exception.type'] },
    ]);
    expect(
      (await get('v2/search/tags?start=1&end=2')).scopes.map(({ name }: { name: string }) => name),
    ).toEqual(['intrinsic']);
    expect((await get(`v2/search/tags?scope=span&limit=2&${RANGE}`)).scopes[0].tags).toHaveLength(2);
    const { scopes } = await get(`v2/search/tags?scope=span&${query({ q: '{ name = "push" }' })}&${RANGE}`);
    expect(scopes).toEqual([{ name: 'span', tags: ['amount'] }]);
    expect(await ask('/tempo/api/v2/search/tags?scope=x')).toMatchObject({
      status: 400,
      text: 'invalid scope: x',
    });
  });

  it('are one list in the first version', async () => {
    const { tagNames } = await get(`search/tags?${RANGE}`);
    expect(tagNames).toEqual(expect.arrayContaining(['amount', 'name', 'service.name', 'why']));
    expect(tagNames).toEqual([...tagNames].sort());
  });

  const values = async (tag: string, given = '') =>
    (await get(`v2/search/tag/${encodeURIComponent(tag)}/values?${RANGE}&${given}`)).tagValues.map(
      ({ type, value }: { type: string; value: string }) => `${type} ${value}`,
    );

  it.each([
    ['resource.service.name', ['string order', 'string dispatch', 'string payment']],
    ['.region', ['string south', 'string north']],
    ['span.http.status_code', ['int 200', 'string 504', 'int 504']],
    ['span.amount', ['int -3', 'int 26', 'float 26.5']],
    ['span.paid', ['bool false', 'bool true']],
    ['status', ['keyword unset', 'keyword error']],
    [
      'span:kind',
      ['client', 'server', 'internal', 'consumer', 'producer', 'unspecified'].map(
        (kind) => `keyword ${kind}`,
      ),
    ],
    ['rootServiceName', ['string order']],
    ['event:name', ['string retry', 'string exception']],
    ['event.exception.type', ['string Timeout']],
    ['event.attempt', ['int 2']],
    ['link.why', ['string order']],
    ['instrumentation.generation', ['int 2']],
    ['instrumentation:version', ['string 1.2.3']],
    ['span."a \\"quoted\\" name"', ['string ä\n€']],
    ['span.nothing', []],
    ['duration', []],
  ])('values of %s', async (tag, expected) => {
    expect((await values(tag)).toSorted()).toEqual(expected.toSorted());
  });

  it('values come with the most frequent first, as many as asked', async () => {
    expect(await values('resource.service.name', 'limit=1')).toEqual(['string order']);
  });

  it.each([
    ['{ name = "push" }', ['string order']],
    ['{ resource.service.name = }', ['string order', 'string dispatch', 'string payment']],
    ['{ kind = consumer && resource.service.name = }', ['string dispatch']],
    ['{ kind = consumer && name = "con', ['string dispatch']],
    ['{ kind = consumer && ', ['string dispatch']],
    ['{ kind = consumer || name = }', ['string order', 'string dispatch', 'string payment']],
    ['no query at all', ['string order', 'string dispatch', 'string payment']],
  ])('values where %s', async (q, expected) => {
    expect((await values('resource.service.name', query({ q }))).toSorted()).toEqual(expected.toSorted());
  });

  it('values in the first version', async () => {
    expect((await get(`search/tag/service.name/values?${RANGE}`)).tagValues).toContain('payment');
    expect((await get(`search/tag/name/values?${RANGE}`)).tagValues).toContain('charge');
    expect((await get(`search/tag/a/b/values?${RANGE}`)).tagValues).toEqual([]);
  });

  it.each(['x', 'resource', '.', "a' OR 1", 'span:nothing'])('has no tag %s', async (tag) => {
    const answer = await ask(`/tempo/api/v2/search/tag/${encodeURIComponent(tag)}/values`);
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('tag name is not valid');
  });
});

describe('metrics', () => {
  const range = (given: Record<string, string>) =>
    get(
      `metrics/query_range?${query({ start: String(START_S), end: String(START_S + 4), step: '1s', ...given })}`,
    );

  it('are series of samples, with exemplars that open a trace', async () => {
    const { series, ...rest } = await range({ q: '{ status = error } | rate() by (resource.service.name)' });
    expect(rest).toEqual({ metrics: {} });
    const payment = series.find(
      ({ labels }: { labels: [{ value: { stringValue: string } }] }) =>
        labels[0].value.stringValue === 'payment',
    );
    expect(payment).toEqual({
      labels: [{ key: 'resource.service.name', value: { stringValue: 'payment' } }],
      samples: [0, 1, 2, 3].map((second) => ({
        timestampMs: String(SHOP_START_MS + second * 1_000),
        value: second === 0 ? 1 : 0,
      })),
      exemplars: [
        {
          labels: [
            { key: 'trace:id', value: { stringValue: hex(1, 32) } },
            { key: 'span:id', value: { stringValue: hex(0x13, 16) } },
          ],
          value: 1,
          timestampMs: String(SHOP_START_MS + 10),
        },
      ],
    });
  });

  it('have no exemplars where the query wants none, and leave out what has no value', async () => {
    const { series } = await range({ q: '{} | max_over_time(span.amount) with(exemplars=false)' });
    expect(series).toEqual([
      {
        labels: [{ key: '__name__', value: { stringValue: 'max_over_time' } }],
        samples: [
          { timestampMs: String(SHOP_START_MS), value: 26.5 },
          { timestampMs: String(SHOP_START_MS + 2_000), value: -3 },
        ],
      },
    ]);
  });

  it('tell quantiles and buckets apart by numbers', async () => {
    const { series } = await range({ q: '{ kind = client } | quantile_over_time(duration, .5, 1)' });
    expect(series.map(({ labels }: { labels: object[] }) => labels.at(-1))).toEqual([
      { key: 'p', value: { doubleValue: 0.5 } },
      { key: 'p', value: { doubleValue: 1 } },
    ]);
  });

  it.each<Record<string, string>>([
    { start: String(START_S), end: String(START_S + 4) },
    { start: `${START_S}.0`, end: `${START_S + 4}.0` },
    { start: `${START_S}000000000`, end: `${START_S + 4}000000000` },
    { start: new Date(SHOP_START_MS).toISOString(), end: new Date(SHOP_START_MS + 4_000).toISOString() },
    { since: '1h' },
    {},
  ])('of a range in one figure, as %j say', async (given) => {
    const { series } = await get(
      `metrics/query?${query({ q: '{ status = error } | count_over_time()', ...given })}`,
    );
    expect(series).toEqual([
      { labels: [{ key: '__name__', value: { stringValue: 'count_over_time' } }], value: 3 },
    ]);
  });

  it('are combined', async () => {
    const { series } = await get(
      `metrics/query?${query({ q: '({ status = error } | count_over_time()) / ({} | count_over_time()) * 100' })}`,
    );
    expect(series[0].value).toBeCloseTo((3 / 13) * 100);
  });

  it.each([
    [{ q: '' }, 'missing query'],
    [{ q: '{' }, 'parse error at line 1'],
    [{ q: '{}' }, 'it works out no metrics'],
    [{ start: 'x' }, 'invalid start: "x" is no time'],
    [{ start: '20', end: '10' }, 'end must be greater than start'],
    [{ step: '-5s' }, 'invalid step'],
    [{ step: '0' }, 'invalid step'],
    [{ step: '1ms', start: '1', end: '100' }, '11000 are the most'],
    [{ since: 'ever' }, 'invalid since'],
    [{ exemplars: 'x' }, 'invalid exemplars'],
  ])('refuse %o', async (given, text) => {
    const answer = await ask(`/tempo/api/metrics/query_range?${query({ q: '{} | rate()', ...given })}`);
    expect(answer).toMatchObject({ status: 400, text: expect.stringContaining(text) });
  });

  it('take Tempo’s steps where none is said', () => {
    const minute = 60_000;
    expect(
      [10_000, 30_000, minute * 5, minute * 60, minute * 60 * 6, minute * 60 * 24 * 30].map(defaultStepMs),
    ).toEqual([50, 100, 1_000, 15_000, 60_000, 10_800_000]);
  });
});

describe('an answer that lacks something', () => {
  it.each([
    [`search?${query({ q: '{}' })}`, { traces: [] }, 'looked at'],
    [`metrics/query_range?${query({ q: '{} | rate()' })}&${RANGE}`, { series: [] }, 'counted'],
    [`metrics/query?${query({ q: '{} | compare({ status = error })' })}&${RANGE}`, { series: [] }, 'counted'],
    [`metrics/query?${query({ q: '{} > {} | rate()' })}&${RANGE}`, { series: [] }, 'looked at'],
  ])('says so, and why: %s', async (path, found, what) => {
    const { status, text } = await ask(`/late/${path}`);
    expect(status, text).toBe(200);
    expect(JSON.parse(text)).toMatchObject({
      ...found,
      status: 'PARTIAL',
      message: expect.stringMatching(new RegExp(`^Only what began since .* was ${what}: shorten the range`)),
    });
  });

  it('has no more series than are wanted', async () => {
    const path = `metrics/query_range?${query({ q: '{} | rate() by (name)', maxSeries: '2' })}&${RANGE}`;
    const { series, ...rest } = await get(path);
    expect(series).toHaveLength(2);
    expect(rest).toMatchObject({
      status: 'PARTIAL',
      message: expect.stringContaining('exceeds maximum series limit of 2, a partial response is returned'),
    });
    expect(await get(`${path.replace('maxSeries=2', 'maxSeries=0')}`)).not.toHaveProperty('status');
  });
});
