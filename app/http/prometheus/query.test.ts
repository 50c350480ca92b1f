import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LabelSet } from '../../../promql/label-set.ts';
import { MemoryStore } from '../../../promql/memory-store.ts';
import { ask, close } from '../testing/http-client.ts';
import { API, get, NOW_S, post, servePrometheus } from './testing/serve.ts';

const bucket = (le: string) => LabelSet.fromLabels({ __name__: 'wait_bucket', le });

describe('queries about queries', () => {
  const store = new MemoryStore();
  beforeAll(async () => {
    const one = {
      timeMs: NOW_S * 1_000 - 500,
      value: 0.25,
      labels: LabelSet.fromLabels({ trace_id: 'ab', user: '值' }),
    };
    store.appendExemplar(bucket('1'), one);
    store.appendExemplar(bucket('+Inf'), { ...one, timeMs: NOW_S * 1_000, labels: LabelSet.empty() });
    await servePrometheus({ queryable: store });
  });
  afterAll(close);

  it('give exemplars of every selector in a query', async () => {
    const given = {
      query: 'histogram_quantile(0.9, rate(wait_bucket{le="1"}[5m])) + other',
      start: `${NOW_S - 1}`,
      end: `${NOW_S}`,
    };
    const wanted = {
      status: 'success',
      data: [
        {
          seriesLabels: { __name__: 'wait_bucket', le: '1' },
          exemplars: [{ labels: { trace_id: 'ab', user: '值' }, value: '0.25', timestamp: NOW_S - 0.5 }],
        },
      ],
    };
    expect(await get('/query_exemplars', given)).toEqual(wanted);
    expect(await post('/query_exemplars', given)).toEqual(wanted);
    expect((await get('/query_exemplars', { query: 'wait_bucket' })).data).toHaveLength(2);
    expect(await get('/query_exemplars', { query: 'nobody' })).toEqual({ status: 'success', data: [] });
  });

  it('give none where nothing is selected', async () => {
    expect(await ask(`${API}/query_exemplars?query=1`)).toMatchObject({ status: 204, text: '' });
  });

  it.each([
    [{ query: 'sum(' }, '1:5: parse error: unclosed left parenthesis'],
    [{ query: 'up', start: '2', end: '1' }, 'end timestamp must not be before start timestamp'],
    [{ query: 'up', start: 'x' }, 'invalid parameter "start": cannot parse "x" to a valid timestamp'],
  ])('say what is wrong with %j', async (given, error) => {
    expect(await get('/query_exemplars', given)).toEqual({ status: 'error', errorType: 'bad_data', error });
  });

  it.each(['/format_query', '/parse_query'])('%s says what is wrong', async (path) => {
    expect(await post(path, { query: 'sum(' })).toEqual({
      status: 'error',
      errorType: 'bad_data',
      error: 'invalid parameter "query": 1:5: parse error: unclosed left parenthesis',
    });
    expect((await get(path)).error).toMatch(/^invalid parameter "query": .*no expression/);
  });

  it('parse to Prometheus’s tree', async () => {
    const { data } = await get('/parse_query', { query: 'sum by (job) (rate(up[5m]))' });
    expect(data).toMatchObject({
      type: 'aggregation',
      op: 'sum',
      expr: { type: 'call', args: [{ type: 'matrixSelector', range: 300_000 }] },
    });
  });
});
