import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type HistogramInput,
  type Labels,
  labelsOf,
  request2,
  type SeriesInput,
  STALE,
  writeRequest,
} from '../testing/remote-write.ts';
import { type CheckedBody, checkBody } from './check.ts';

const MS = 1_795_320_000_000;

function check(body: Buffer): CheckedBody {
  const checked = checkBody('remote_write', body);
  if (!checked.ok) throw new Error(checked.message);
  return checked;
}
const series = (labels: Labels, more: Partial<SeriesInput> = {}): SeriesInput => ({
  labels,
  samples: [{ ms: MS, value: 1 }],
  ...more,
});
const GOOD = series(labelsOf('up', { job: 'shop' }));
const histogram = (more: Partial<HistogramInput> = {}): SeriesInput => ({
  labels: labelsOf('rpc_seconds'),
  histograms: [
    {
      ms: MS,
      count: 7,
      sum: 3.5,
      schema: 2,
      zeroCount: 1,
      positive: {
        spans: [
          { offset: -3, length: 2 },
          { offset: 1, length: 1 },
        ],
        counts: [1, 3, 2],
      },
      ...more,
    },
  ],
});

describe('the check of a remote write', () => {
  it('counts what it lets through and changes none of it', () => {
    const body = writeRequest(
      [
        GOOD,
        series(labelsOf('taps_total', { 地区: '广州' }), {
          samples: [
            { ms: MS - 5, value: STALE },
            { ms: MS + 9, value: 2, startMs: MS - 60_000 },
          ],
          exemplars: [{ labels: [['trace_id', 'abc']], value: 1, ms: MS }],
        }),
        histogram(),
      ],
      [{ type: 1, family: 'taps_total', help: 'Taps' }],
    );
    const checked = check(body);
    expect(checked.body).toBe(body);
    expect(checked).toMatchObject({
      items: 6,
      rows: 4,
      rejected: 0,
      message: '',
      kinds: { sample: 3, nativeHistogram: 1, exemplar: 1, metadata: 1 },
      oldestMs: MS - 5,
      newestMs: MS + 9,
    });
  });

  it.each<[string, Labels, string]>([
    ['no labels', [], 'TimeSeries.labels has no __name__'],
    ['no name', [['job', 'shop']], 'TimeSeries.labels has no __name__'],
    [
      'an empty name',
      [
        ['__name__', ''],
        ['job', 'shop'],
      ],
      'TimeSeries.labels has no __name__',
    ],
    [
      'an unnamed label',
      [
        ['', 'x'],
        ['__name__', 'up'],
      ],
      'Label.name is empty',
    ],
    [
      'a label twice',
      [
        ['__name__', 'up'],
        ['job', 'a'],
        ['job', 'b'],
      ],
      'the same label name twice',
    ],
    [
      'a label twice, apart',
      [
        ['job', 'a'],
        ['__name__', 'up'],
        ['job', 'b'],
      ],
      'the same label name twice',
    ],
  ])('refuses all that a series with %s brings', (_, labels, reason) => {
    const bad = series(labels, {
      samples: [
        { ms: MS, value: 1 },
        { ms: MS + 1, value: 2 },
      ],
      exemplars: [{ labels: [], value: 1 }],
    });
    const checked = check(writeRequest([bad, GOOD]));
    expect(checked).toMatchObject({ items: 1, rows: 1, rejected: 3, kinds: { sample: 1, exemplar: 0 } });
    expect(checked.message).toContain(
      `3 of 4 samples, histograms, exemplars and metadata rejected: 3 because ${reason.startsWith('the') ? 'TimeSeries.labels has ' : ''}${reason}`,
    );
    expect(checked.message).toContain('(first: timeseries[0])');
    expect(checked.body).toEqual(writeRequest([GOOD]));
  });

  it('takes labels in any order, as vmagent sends them, and without values', () => {
    const labels = [
      ['__name__', 'up'],
      ['zone', 'z'],
      ['instance', 'i'],
      ['empty', ''],
    ] as const;
    expect(check(writeRequest([series(labels)]))).toMatchObject({ items: 1, rejected: 0 });
  });

  it('refuses text that is not UTF-8', () => {
    const body = writeRequest([series(labelsOf('up', { job: 'MARK' })), GOOD]);
    body[body.indexOf('MARK')] = 0xff;
    expect(check(body)).toMatchObject({ items: 1, rejected: 1 });
    expect(check(body).message).toContain('Label.value is not valid UTF-8');
  });

  it.each([-1, 2 ** 32 * 1_000, Number.MAX_SAFE_INTEGER])('refuses a sample at %d ms alone', (ms) => {
    const checked = check(
      writeRequest([
        series(labelsOf('up'), {
          samples: [
            { ms: MS, value: 1 },
            { ms, value: 2 },
          ],
        }),
      ]),
    );
    expect(checked).toMatchObject({ items: 1, rejected: 1, oldestMs: MS, newestMs: MS });
    expect(checked.message).toContain(
      'Sample.timestamp is not between the years 1970 and 2105 (first: timeseries[0].samples[1])',
    );
    expect(checked.body).toEqual(writeRequest([series(labelsOf('up'))]));
  });

  it.each<[string, Partial<HistogramInput>]>([
    ['integer counts', {}],
    [
      'float counts',
      {
        float: true,
        count: 2.25,
        zeroCount: 0.25,
        positive: { spans: [{ offset: 0, length: 1 }], counts: [2] },
      },
    ],
    ['no buckets', { count: 1, positive: undefined as never }],
    ['staleness', { count: 0, zeroCount: 0, sum: STALE, positive: undefined as never }],
    ['an observation of NaN', { count: 9, sum: STALE }],
    [
      'custom buckets',
      {
        schema: -53,
        zeroCount: 0,
        count: 6,
        positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 3, 2] },
        customValues: [-1, 2],
      },
    ],
    ['negative buckets', { count: 9, negative: { spans: [{ offset: 0, length: 1 }], counts: [2] } }],
  ])('takes a histogram with %s', (_, more) => {
    expect(check(writeRequest([histogram(more)]))).toMatchObject({ items: 1, rows: 1, rejected: 0 });
  });

  it.each<[string, Partial<HistogramInput>, string]>([
    ['an unknown schema', { schema: 9 }, 'NativeHistogram.schema is neither -53 nor from -4 to 8'],
    [
      'fewer counts than buckets',
      { positive: { spans: [{ offset: 0, length: 4 }], counts: [1, 3, 2] } },
      'positive_spans does not go forward',
    ],
    [
      'a span that goes backwards',
      {
        positive: {
          spans: [
            { offset: 0, length: 2 },
            { offset: -1, length: 1 },
          ],
          counts: [1, 3, 2],
        },
      },
      'positive_spans does not go forward',
    ],
    [
      'a negative count',
      { positive: { spans: [{ offset: 0, length: 3 }], counts: [4, -1, 3] } },
      'a bucket with a negative count',
    ],
    [
      'a negative float count',
      { float: true, count: 2, zeroCount: 0, positive: { spans: [{ offset: 0, length: 1 }], counts: [-2] } },
      'a bucket with a negative count',
    ],
    [
      'a count that is not its buckets',
      { count: 8 },
      'NativeHistogram.count_int is not what the buckets add up to',
    ],
    [
      'more in its buckets than counted, in spite of NaN',
      { count: 6, sum: STALE },
      'is not what the buckets add up to',
    ],
    [
      'custom buckets that fall',
      { schema: -53, zeroCount: 0, count: 6, customValues: [2, 1] },
      'does not go with schema -53',
    ],
    [
      'custom buckets beyond the last',
      {
        schema: -53,
        zeroCount: 0,
        count: 6,
        positive: { spans: [{ offset: 0, length: 3 }], counts: [1, 3, 2] },
        customValues: [1],
      },
      'does not go with schema -53',
    ],
    ['bounds without custom buckets', { customValues: [1] }, 'does not go with schema -53'],
  ])('refuses a histogram with %s', (_, more, reason) => {
    const checked = check(writeRequest([histogram(more), GOOD]));
    expect(checked).toMatchObject({ items: 1, rejected: 1, kinds: { sample: 1, nativeHistogram: 0 } });
    expect(checked.message).toContain(reason);
    expect(checked.message).toContain('(first: timeseries[0].histograms[0])');
  });

  it('does not mistake a request of 2.0 for an empty one', () => {
    const checked = checkBody('remote_write', request2([GOOD]));
    expect(checked).toEqual({
      ok: false,
      message: expect.stringContaining('io.prometheus.write.v2.Request: name that message'),
    });
  });

  it('is exact on damaged bytes: what it lets through passes again, whole and with the same counts', () => {
    const seed = writeRequest(
      [
        GOOD,
        histogram(),
        series(labelsOf('taps_total', { city: '广州' }), {
          exemplars: [{ labels: [['trace_id', 'abc']], value: 1, ms: MS }],
        }),
      ],
      [{ type: 3, family: 'rpc_seconds', help: 'Time', unit: 'seconds' }],
    );
    let refused = 0;
    let cut = 0;
    const flips = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 });
    fc.assert(
      fc.property(flips, (changes) => {
        const body = Buffer.from(seed);
        for (const [at, byte] of changes) body[at] = byte;
        const first = checkBody('remote_write', body);
        if (!first.ok) {
          refused += 1;
          expect(first.message).not.toBe('');
          return;
        }
        if (first.rejected > 0) cut += 1;
        const second = check(first.body);
        expect(second).toMatchObject({
          rejected: 0,
          items: first.items,
          rows: first.rows,
          kinds: first.kinds,
          oldestMs: first.oldestMs,
          newestMs: first.newestMs,
        });
      }),
      { numRuns: 5_000, seed: 3 },
    );
    expect(refused).toBeGreaterThan(200);
    expect(cut).toBeGreaterThan(200);
  });
});
