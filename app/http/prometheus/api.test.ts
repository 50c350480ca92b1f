import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { queryExplanation } from '../../../model/api/query-plan.ts';
import { LabelSet } from '../../../promql/label-set.ts';
import { MemoryStore } from '../../../promql/memory-store.ts';
import {
  type Queryable,
  type SelectRequest,
  StoreUnavailableError,
  TooMuchError,
} from '../../../promql/queryable.ts';
import { ask, close, port } from '../testing/http-client.ts';
import { API, encode, type Given, get, NOW_S, post, servePrometheus } from './testing/serve.ts';

/** A store that fails, or does not answer, where a selector asks for it by name. */
class TroubledStore extends MemoryStore {
  abort: AbortSignal | undefined;

  override async select(request: SelectRequest) {
    const name = request.matchers.find(({ name }) => name === '__name__')?.value;
    this.#trouble(name);
    if (name === 'slow') {
      this.abort = request.abort;
      await new Promise((_, failed) => {
        request.abort?.addEventListener('abort', () => failed(request.abort!.reason));
      });
    }
    return super.select(request);
  }
  override async series(request: Parameters<Queryable['series']>[0]) {
    this.#trouble(request.selectors[0]?.find(({ name }) => name === '__name__')?.value);
    return super.series(request);
  }
  #trouble(name: string | undefined): void {
    if (name === 'away') throw new StoreUnavailableError('the store is away');
    if (name === 'huge') throw new TooMuchError('series', 5);
    if (name === 'broken') throw new Error('SELECT secret');
  }
}

describe('the Prometheus API', () => {
  const store = new TroubledStore();
  beforeAll(async () => {
    for (let second = 0; second <= 600; second += 60) {
      for (const job of ['order', 'gate', 'dispatch']) {
        const labels = LabelSet.fromLabels({ __name__: 'up', job, instance: `${job}:1` });
        store.append(labels, (NOW_S - 600 + second) * 1_000, second);
      }
    }
    store.append(
      LabelSet.fromLabels({ __name__: 'odd', 名: '值"\n<b>' }),
      NOW_S * 1_000,
      Number.POSITIVE_INFINITY,
    );
    store.setMetadata('up', { type: 'gauge', help: 'Whether it is up', unit: '' });
    await servePrometheus({ queryable: store });
  });
  afterAll(close);

  it.each(['GET', 'POST'])('answers instant queries by %s', async (method) => {
    const call = method === 'GET' ? get : post;
    expect(await call('/query', { query: 'sum(up)', time: `${NOW_S}` })).toEqual({
      status: 'success',
      data: { resultType: 'vector', result: [{ metric: {}, value: [NOW_S, '1800'] }] },
    });
  });

  it('reads the query string and the form together', async () => {
    const answer = await ask(`${API}/query?time=${NOW_S - 600}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
      body: 'query=sum(up)',
    });
    expect(JSON.parse(answer.text).data.result[0].value).toEqual([NOW_S - 600, '0']);
  });

  it('gives scalars, strings, odd labels and infinities', async () => {
    expect((await get('/query', { query: '1.5' })).data).toEqual({
      resultType: 'scalar',
      result: [NOW_S, '1.5'],
    });
    expect((await get('/query', { query: '"x"' })).data).toEqual({
      resultType: 'string',
      result: [NOW_S, 'x'],
    });
    expect((await get('/query', { query: 'odd' })).data.result).toEqual([
      { metric: { __name__: 'odd', 名: '值"\n<b>' }, value: [NOW_S, '+Inf'] },
    ]);
  });

  it.each([
    [`${NOW_S}`, NOW_S],
    [`${NOW_S}.`, NOW_S],
    [`${NOW_S}.25`, NOW_S + 0.25],
    ['1.7672256e9', NOW_S],
    ['.5', 0.5],
    ['-1', -1],
    ['2026-01-01T00:00:00Z', NOW_S],
    ['2026-01-01T08:00:00.5+08:00', NOW_S + 0.5],
    ['', NOW_S],
  ])('reads the time «%s»', async (time, seconds) => {
    expect((await get('/query', { query: '1', time })).data.result[0]).toBe(seconds);
  });

  it.each(['now', '1e999', 'NaN', '2026-01-01', 'Jan 1 2026', '2026-13-01T00:00:00Z', '0x10', '1_000', ' 5'])(
    'refuses the time «%s»',
    async (time) => {
      expect(await get('/query', { query: '1', time })).toEqual({
        status: 'error',
        errorType: 'bad_data',
        error: `invalid parameter "time": cannot parse ${JSON.stringify(time)} to a valid timestamp`,
      });
    },
  );

  it.each([
    ['60', 11],
    ['1m', 11],
    ['1m30s', 7],
    ['300.0', 3],
    ['6e2', 2],
  ])('reads the step «%s»', async (step, points) => {
    const { data } = await post('/query_range', {
      query: 'sum(up)',
      start: `${NOW_S - 600}`,
      end: `${NOW_S}`,
      step,
    });
    expect(data.resultType).toBe('matrix');
    expect(data.result[0].values).toHaveLength(points);
  });

  it.each<[string, string, Given, number, string, RegExp]>([
    ['no query', '/query', {}, 400, 'bad_data', /^invalid parameter "query": .*no expression/],
    [
      'a query that does not parse',
      '/query',
      { query: 'sum(' },
      400,
      'bad_data',
      /"query": 1:5: parse error/,
    ],
    ['a value that is no scalar', '/query', { query: 'up + "x"' }, 400, 'bad_data', /./],
    [
      'labels that do not match',
      '/query',
      { query: 'up * on(x) up' },
      422,
      'execution',
      /many-to-many|duplicate/,
    ],
    [
      'no step',
      '/query_range',
      { query: '1', start: '0', end: '1' },
      400,
      'bad_data',
      /^invalid parameter "step"/,
    ],
    [
      'a step that is no duration',
      '/query_range',
      { query: '1', start: '0', end: '1', step: '1x' },
      400,
      'bad_data',
      /"step": cannot parse "1x"/,
    ],
    [
      'a step of zero',
      '/query_range',
      { query: '1', start: '0', end: '1', step: '0' },
      400,
      'bad_data',
      /^invalid parameter "step": zero or negative/,
    ],
    [
      'an end before the start',
      '/query_range',
      { query: '1', start: '1', end: '0', step: '1' },
      400,
      'bad_data',
      /^invalid parameter "end": end timestamp must not be before start time$/,
    ],
    [
      'too many steps',
      '/query_range',
      { query: '1', start: '0', end: '1000000', step: '1' },
      400,
      'bad_data',
      /^exceeded maximum resolution of 11,000 points/,
    ],
    [
      'a matrix over a range',
      '/query_range',
      { query: 'up[5m]', start: '0', end: '1', step: '1' },
      400,
      'bad_data',
      /^invalid parameter "query": invalid expression type "range vector"/,
    ],
    ['no start', '/query_range', { query: '1', end: '1', step: '1' }, 400, 'bad_data', /"start"/],
    ['an odd timeout', '/query', { query: '1', timeout: 'long' }, 400, 'bad_data', /"timeout"/],
    ['no match[]', '/series', {}, 400, 'bad_data', /^no match\[\] parameter provided$/],
    [
      'a match[] that is everything',
      '/series',
      { 'match[]': '{job=~".*"}' },
      400,
      'bad_data',
      /must contain at least one non-empty matcher/,
    ],
    [
      'a limit that is no number',
      '/query',
      { query: '1', limit: 'many' },
      400,
      'bad_data',
      /^invalid parameter "limit": "many" is no whole number$/,
    ],
    ['an administrator', '/admin/tsdb/snapshot', {}, 503, 'unavailable', /^admin APIs disabled$/],
    ['a match[] that does not parse', '/series', { 'match[]': 'up{' }, 400, 'bad_data', /"match\[\]": 1:4/],
    ['a match[] that is no selector', '/labels', { 'match[]': 'sum(up)' }, 400, 'bad_data', /"match\[\]"/],
    ['a negative limit', '/labels', { limit: '-1' }, 400, 'bad_data', /limit must be non-negative/],
    ['a store that is away', '/query', { query: 'away' }, 503, 'unavailable', /^the store is away$/],
    [
      'a store that is away, for series',
      '/series',
      { 'match[]': 'away' },
      503,
      'unavailable',
      /^the store is away$/,
    ],
    ['too many series', '/query', { query: 'huge' }, 422, 'execution', /limit 5/],
    ['too many series of a search', '/series', { 'match[]': 'huge' }, 422, 'execution', /limit 5/],
    [
      'a query that takes too long',
      '/query',
      { query: 'slow', timeout: '50ms' },
      503,
      'timeout',
      /timed out/,
    ],
    ['a path that is not there', '/nothing', {}, 404, 'not_found', /\/nothing/],
    ['a path that does not decode', '/label/%E0%A4%A/values', {}, 400, 'bad_data', /%E0%A4%A/],
    [
      'a query that is far too long',
      '/query',
      { query: `1${'+1'.repeat(40_000)}` },
      400,
      'bad_data',
      /longer than 65536/,
    ],
  ])('answers %s as Prometheus would', async (_, path, given, status, errorType, message) => {
    const longPost = encode(given).length > 8_000;
    const answer = await ask(longPost ? `${API}${path}` : `${API}${path}?${encode(given)}`, {
      ...(longPost && {
        method: 'POST',
        headers: { 'Content-Type': 'application/x-www-form-urlencoded' },
        body: encode(given),
      }),
    });
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.text)).toEqual({
      status: 'error',
      errorType,
      error: expect.stringMatching(message),
    });
  });

  it.each<[string, Record<string, string>, string, RegExp]>([
    [
      'too long',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      `query=${'1'.repeat(2_000_000)}`,
      /too large/,
    ],
    [
      'of too many parameters',
      { 'Content-Type': 'application/x-www-form-urlencoded' },
      'a&'.repeat(5_000),
      /too many/,
    ],
    [
      'in an odd charset',
      { 'Content-Type': 'application/x-www-form-urlencoded; charset=evil' },
      'query=1',
      /charset/,
    ],
    [
      'not compressed as it says',
      { 'Content-Type': 'application/x-www-form-urlencoded', 'Content-Encoding': 'gzip' },
      'query=1',
      /Bad Request/,
    ],
  ])('refuses a form that is %s in Prometheus’s form', async (_, headers, body, message) => {
    const answer = await ask(`${API}/query`, { method: 'POST', headers, body });
    expect(JSON.parse(answer.text)).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: expect.stringMatching(message),
    });
  });

  it('takes no longer for a number that goes on for ever', async () => {
    for (const name of ['time', 'timeout', 'lookback_delta'])
      expect((await post('/query', { query: '1', [name]: `${'1'.repeat(65_000)}x` })).errorType).toBe(
        'bad_data',
      );
    expect((await post('/query', { query: '1', time: '1'.repeat(500_000) })).error).toMatch(
      /longer than 65536/,
    );
  });

  it('takes no longer for a pattern that backtracks', async () => {
    store.append(LabelSet.fromLabels({ __name__: 'long', a: `${'a'.repeat(5_000)}!` }), NOW_S * 1_000, 1);
    expect((await get('/query', { query: 'long{a=~"(a+)+$"}' })).data.result).toEqual([]);
    const replaced = 'label_replace(long, "b", "$1", "a", "(?i)(a+)+$")';
    for (const answer of [
      await get('/query', { query: replaced }),
      await get('/query', { query: 'long{a=~"(?i)(a+)+$"}' }),
      await get('/series', { 'match[]': 'long{a=~"(?i)(a+)+$"}' }),
    ])
      expect(answer).toMatchObject({
        errorType: 'execution',
        error: expect.stringContaining('takes too long'),
      });
  });

  it('hides what broke', async () => {
    const { status, text } = await ask(`${API}/series?match[]=broken`);
    expect(status).toBe(500);
    expect(JSON.parse(text)).toEqual({
      status: 'error',
      errorType: 'internal',
      error: 'something broke in Tidewarden; its log says what',
    });
  });

  it('lists series, label names and values of what matches', async () => {
    const range = { start: `${NOW_S - 600}`, end: `${NOW_S}` };
    const match = { 'match[]': ['up{job="order"}', 'up{job="gate"}'], ...range };
    expect((await post('/series', match)).data).toEqual([
      { __name__: 'up', job: 'order', instance: 'order:1' },
      { __name__: 'up', job: 'gate', instance: 'gate:1' },
    ]);
    expect((await get('/labels', match)).data).toEqual(['__name__', 'instance', 'job']);
    expect((await get('/label/job/values', match)).data).toEqual(['gate', 'order']);
    expect((await get('/label/%E5%90%8D/values', range)).data).toEqual(['值"\n<b>']);
    expect((await get('/label/job/values', { start: '0', end: '1' })).data).toEqual([]);
  });

  it('gives the plan when it is asked for, and only then', async () => {
    const given = { query: 'sum(up)', time: String(NOW_S) };
    const { data } = await get('/query', { ...given, explain: '1' });
    expect(queryExplanation.parse(data.explain).root).toMatchObject({
      expr: 'sum(up)',
      series: 1,
      children: [{ expr: 'up', kind: 'selector', series: 3 }],
    });
    expect((await get('/query', given)).data).not.toHaveProperty('explain');
    const range = { query: 'sum(up)', start: String(NOW_S - 60), end: String(NOW_S), step: '60' };
    expect((await post('/query_range', { ...range, explain: '1' })).data.explain.root.series).toBe(1);
  });

  it('says what a query took when it is asked for, and only then', async () => {
    const given = { query: 'sum(up)', start: String(NOW_S - 60), end: String(NOW_S), step: '60' };
    const { stats } = (await get('/query_range', { ...given, stats: 'all' })).data;
    expect(stats.samples.totalQueryableSamples).toBeGreaterThan(0);
    expect(stats.samples.peakSamples).toBeGreaterThan(0);
    const { timings } = stats;
    expect(timings.queryPreparationTime + timings.innerEvalTime).toBeCloseTo(timings.evalTotalTime, 9);
    expect(timings.evalTotalTime + timings.execQueueTime).toBeCloseTo(timings.execTotalTime, 3);
    expect((await get('/query', { query: 'up' })).data).not.toHaveProperty('stats');
  });

  it('cuts at the limit and says so; 0 is none', async () => {
    const warnings = ['results truncated due to limit'];
    expect(await get('/label/job/values', { limit: '2' })).toEqual({
      status: 'success',
      data: ['dispatch', 'gate'],
      warnings,
    });
    expect((await get('/label/job/values', { limit: '3' })).warnings).toBeUndefined();
    expect((await get('/label/job/values', { limit: '0' })).data).toHaveLength(3);
    expect(await get('/labels', { limit: '1', 'match[]': 'up' })).toMatchObject({
      data: ['__name__'],
      warnings,
    });
    expect((await get('/series', { limit: '1', 'match[]': 'up' })).data).toHaveLength(1);
    const instant = await get('/query', { query: 'up', limit: '2' });
    expect([instant.data.result.length, instant.warnings]).toEqual([2, warnings]);
    const range = { query: 'up', start: `${NOW_S}`, end: `${NOW_S}`, step: '1', limit: '1' };
    expect((await get('/query_range', range)).data.result).toHaveLength(1);
    expect((await get('/query', { query: '1', limit: '1' })).data.resultType).toBe('scalar');
  });

  it('gives metadata and formats queries', async () => {
    expect((await get('/metadata', { metric: 'up' })).data).toEqual({
      up: [{ type: 'gauge', help: 'Whether it is up', unit: '' }],
    });
    expect((await post('/format_query', { query: 'sum( up )by(job)' })).data).toBe('sum by (job) (up)');
  });

  it('cuts metadata at its limits, where 0 is one', async () => {
    const many = new Map([1, 2, 3].map((i) => [`m${i}`, { type: 'counter' as const, help: '', unit: '' }]));
    for (const [name, metadata] of many) store.setMetadata(name, metadata);
    const asked = async (given: Given) => Object.keys((await get('/metadata', given)).data);
    expect(await asked({ limit: '2' })).toHaveLength(2);
    expect(await asked({ limit: '0' })).toEqual([]);
    expect(await asked({ limit: '-1', limit_per_metric: '1' })).toHaveLength(4);
    expect(await get('/metadata', { limit: 'x' })).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: 'limit must be a number',
    });
  });

  it('reads label names that a path cannot hold as they are', async () => {
    store.append(LabelSet.fromLabels({ __name__: 'odd', 'http.status': '200' }), NOW_S * 1_000, 1);
    expect((await get('/label/U__http_2e_status/values')).data).toEqual(['200']);
    expect((await get('/label/U__job/values')).data).toEqual(['dispatch', 'gate', 'order']);
  });

  it('stops a query whose client has gone', async () => {
    store.abort = undefined;
    const leaving = new AbortController();
    const asking = fetch(`http://127.0.0.1:${port()}${API}/query?query=slow`, {
      signal: leaving.signal,
    }).catch(() => 'gone');
    await expect.poll(() => store.abort).toBeDefined();
    leaving.abort();
    expect(await asking).toBe('gone');
    await expect.poll(() => store.abort!.aborted).toBe(true);
  });
});
