import { describe, expect, it } from 'vitest';
import type { NativeHistogram } from './histogram/native-histogram.ts';
import { answerBody, encodeAnswer, formatSampleValue, toHttpError } from './http-format.ts';
import type { MatrixSeries, QueryResult, QueryValue } from './result.ts';

const STATS = {
  samples: 0,
  seriesReturned: 0,
  peakSamples: 0,
  parseMs: 0,
  planMs: 0,
  evaluationMs: 0,
  pushedDown: [],
};
const success = (value: QueryValue, notes: { warnings?: string[]; infos?: string[] } = {}): QueryResult => ({
  ok: true,
  value,
  warnings: [],
  infos: [],
  stats: STATS,
  ...notes,
});
const text = (result: QueryResult, options = {}): string =>
  [...encodeAnswer(result, options)].map((chunk) => new TextDecoder().decode(chunk)).join('');

const histogram: NativeHistogram = {
  counterResetHint: 'unknown',
  schema: 0,
  zeroThreshold: 0.001,
  zeroCount: 1,
  count: 6,
  sum: 1.5,
  positiveSpans: [{ offset: 0, length: 2 }],
  positiveBuckets: [2, 1],
  negativeSpans: [{ offset: 1, length: 1 }],
  negativeBuckets: [2],
  customValues: [],
};
const histogramJson =
  '{"count":"6","sum":"1.5","buckets":[[1,"-2","-1","2"],[3,"-0.001","0.001","1"],[0,"0.5","1","2"],[0,"1","2","1"]]}';

const columns = (values: readonly number[], timesMs = Float64Array.from(values.keys())): MatrixSeries => ({
  labels: { job: 'order' },
  timesMs,
  values: Float64Array.from(values),
});

describe('values', () => {
  it.each<[string, QueryValue, string]>([
    ['a scalar', { type: 'scalar', timeMs: 1_500, value: 7 }, '{"resultType":"scalar","result":[1.500,"7"]}'],
    [
      'a string',
      { type: 'string', timeMs: -1_000, value: 'a"\n' },
      '{"resultType":"string","result":[-1,"a\\"\\n"]}',
    ],
    ['nothing', { type: 'vector', samples: [] }, '{"resultType":"vector","result":[]}'],
    [
      'floats and histograms of one time',
      {
        type: 'vector',
        samples: [
          { labels: { 名: '值"' }, point: { timeMs: 7, value: Number.POSITIVE_INFINITY } },
          { labels: {}, point: { timeMs: 7, histogram } },
        ],
      },
      `{"resultType":"vector","result":[{"metric":{"名":"值\\""},"value":[0.007,"+Inf"]},{"metric":{},"histogram":[0.007,${histogramJson}]}]}`,
    ],
    [
      'a series',
      { type: 'matrix', series: [columns([1, Number.NaN], Float64Array.of(0, 60_000))] },
      '{"resultType":"matrix","result":[{"metric":{"job":"order"},"values":[[0,"1"],[60,"NaN"]]}]}',
    ],
    [
      'a series of both kinds',
      {
        type: 'matrix',
        series: [{ ...columns([1, 0, 3]), histograms: [undefined, histogram, undefined] }, columns([2])],
      },
      `{"resultType":"matrix","result":[{"metric":{"job":"order"},"values":[[0,"1"],[0.002,"3"]],"histograms":[[0.001,${histogramJson}]]},{"metric":{"job":"order"},"values":[[0,"2"]]}]}`,
    ],
    [
      'a series of histograms alone',
      { type: 'matrix', series: [{ ...columns([0]), histograms: [histogram] }] },
      `{"resultType":"matrix","result":[{"metric":{"job":"order"},"histograms":[[0,${histogramJson}]]}]}`,
    ],
  ])('writes %s as Prometheus does', (_, value, data) => {
    expect(text(success(value))).toBe(`{"status":"success","data":${data}}`);
    expect(answerBody(success(value))).toEqual({ status: 'success', data: JSON.parse(data) });
  });

  it.each([
    [-1e-7, '-1e-07'],
    [1e-6, '0.000001'],
    [1e21, '1e+21'],
    [1.5e-300, '1.5e-300'],
    [123456789012345680000, '123456789012345680000'],
    [-0, '-0'],
    [Number.NEGATIVE_INFINITY, '-Inf'],
    [0.1 * 3, '0.30000000000000004'],
  ])('writes %d as Go does', (value, wanted) => expect(formatSampleValue(value)).toBe(wanted));
});

describe('notes', () => {
  it('stand beside the data', () => {
    const scalar: QueryValue = { type: 'scalar', timeMs: 0, value: 1 };
    expect(answerBody(success(scalar, { warnings: ['w'], infos: ['i'] }))).toEqual({
      status: 'success',
      data: { resultType: 'scalar', result: [0, '1'] },
      warnings: ['w'],
      infos: ['i'],
    });
  });

  it('say what a limit left out', () => {
    const matrix = success({ type: 'matrix', series: [columns([1]), columns([2]), columns([3])] });
    const cut = JSON.parse(text(matrix, { limit: 2 }));
    expect(cut.data.result).toHaveLength(2);
    expect(cut.warnings).toEqual(['results truncated due to limit']);
    for (const limit of [0, 3, undefined])
      expect(JSON.parse(text(matrix, { limit }))).toEqual(JSON.parse(text(matrix)));
    const point = { timeMs: 0, value: 1 };
    const vector = success({
      type: 'vector',
      samples: [
        { labels: {}, point },
        { labels: { a: 'b' }, point },
      ],
    });
    expect(JSON.parse(text(vector, { limit: 1 })).data.result).toHaveLength(1);
  });
});

describe('errors', () => {
  it('have Prometheus’s code, type and text', () => {
    const parse = {
      type: 'bad_data',
      message: '1:5: parse error: x',
      position: { start: 4, end: 4 },
    } as const;
    expect(toHttpError(parse)).toEqual({
      status: 400,
      body: {
        status: 'error',
        errorType: 'bad_data',
        error: 'invalid parameter "query": 1:5: parse error: x',
      },
    });
    expect(JSON.parse(text({ ok: false, error: parse }))).toEqual(toHttpError(parse).body);
    expect(
      (['execution', 'too_many', 'timeout', 'canceled', 'unavailable'] as const).map((type) => [
        toHttpError({ type, message: '' }).status,
        toHttpError({ type, message: '' }).body.errorType,
      ]),
    ).toEqual([
      [422, 'execution'],
      [422, 'execution'],
      [503, 'timeout'],
      [499, 'canceled'],
      [503, 'unavailable'],
    ]);
  });
});

describe('chunks', () => {
  const series = Array.from({ length: 300 }, (_, i) =>
    columns(Array.from({ length: 1_000 }, (_, j) => i * j + 0.5)),
  );
  const large = success({ type: 'matrix', series });

  it('are of bounded size, whole together, and each in a buffer of its own', () => {
    const chunks = [...encodeAnswer(large)];
    expect(chunks.length).toBeGreaterThan(50);
    expect(Math.max(...chunks.map((chunk) => chunk.length))).toBeLessThan(70_000);
    expect(chunks.every((chunk) => chunk.byteLength === chunk.buffer.byteLength)).toBe(true);
    const { data } = JSON.parse(text(large));
    expect(data.result).toHaveLength(300);
    expect(data.result[299].values[999]).toEqual([0.999, '298701.5']);
  });

  it('are not worked out before they are asked for', () => {
    let read = 0;
    const counting = series.map((one) => ({
      ...one,
      get labels() {
        read++;
        return one.labels;
      },
    }));
    const chunks = encodeAnswer(success({ type: 'matrix', series: counting }));
    chunks.next();
    expect(read).toBeLessThan(10);
  });
});
