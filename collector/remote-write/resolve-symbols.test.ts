import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelsOf, request2, type SeriesInput, writeRequest } from '../testing/remote-write.ts';
import { checkBody } from '../wire/check.ts';
import { MalformedError } from './fields.ts';
import { resolveSymbols } from './resolve-symbols.ts';
import { TooLargeError } from './symbol-resolver.ts';

const MS = 1_795_320_000_000;
const LIMIT = 1_000_000;
const up: SeriesInput = { labels: labelsOf('up', { job: 'shop' }), samples: [{ ms: MS, value: 1 }] };

describe('a request of remote write 2.0', () => {
  it('says the same as one of 1.0', () => {
    const series: SeriesInput[] = [
      up,
      {
        labels: labelsOf('taps_total', { 地区: '广州' }),
        samples: [
          { ms: MS, value: 2, startMs: MS - 9 },
          { ms: MS + 1, value: 3 },
        ],
        exemplars: [{ labels: [['trace_id', 'abc']], value: 1, ms: MS }],
      },
      {
        labels: labelsOf('rpc_seconds'),
        histograms: [
          {
            ms: MS,
            count: 1,
            sum: 2,
            schema: 0,
            positive: { spans: [{ offset: 2, length: 1 }], counts: [1] },
          },
        ],
      },
    ];
    expect(resolveSymbols(request2(series), LIMIT)).toEqual({
      body: writeRequest(series),
      rejections: { rejected: 0, rejectedByReason: new Map(), message: '' },
    });
  });

  it('gives samples and histograms the start of their series, unless they have their own', () => {
    const series: SeriesInput[] = [
      {
        ...up,
        samples: [
          { ms: MS, value: 1 },
          { ms: MS + 1, value: 2, startMs: 7 },
        ],
        createdMs: 5,
      },
      {
        labels: labelsOf('rpc_seconds'),
        histograms: [{ ms: MS, count: 0, sum: 0, schema: 0 }],
        createdMs: 6,
      },
    ];
    expect(resolveSymbols(request2(series), LIMIT).body).toEqual(
      writeRequest([
        {
          ...up,
          samples: [
            { ms: MS, value: 1, startMs: 5 },
            { ms: MS + 1, value: 2, startMs: 7 },
          ],
        },
        {
          labels: labelsOf('rpc_seconds'),
          histograms: [{ ms: MS, count: 0, sum: 0, schema: 0, startMs: 6 }],
        },
      ]),
    );
  });

  it('tells what each family is, once', () => {
    const of = (name: string, type: number, help: string): SeriesInput => ({
      ...up,
      labels: labelsOf(name),
      metadata: { type, help, unit: 'seconds' },
    });
    const native: SeriesInput = {
      labels: labelsOf('odd_count'),
      histograms: [{ ms: MS, count: 0, sum: 0, schema: 0 }],
      metadata: { type: 3, help: 'Odd' },
    };
    const series = [
      of('rpc_seconds_bucket', 3, 'Time'),
      of('rpc_seconds_count', 3, 'Time'),
      of('taps_total', 1, 'Taps'),
      of('lag_sum', 5, 'Lag'),
      of('x_sum', 2, ''),
      native,
    ];
    expect(resolveSymbols(request2(series), LIMIT).body).toEqual(
      writeRequest(
        series.map(({ metadata: _, ...rest }) => rest),
        [
          { type: 3, family: 'rpc_seconds', help: 'Time', unit: 'seconds' },
          { type: 1, family: 'taps_total', help: 'Taps', unit: 'seconds' },
          { type: 5, family: 'lag', help: 'Lag', unit: 'seconds' },
          { type: 2, family: 'x_sum', help: '', unit: 'seconds' },
          { type: 3, family: 'odd_count', help: 'Odd' },
        ],
      ),
    );
  });

  it('loses the series whose references lead nowhere, and counts what they brought', () => {
    const bad = Buffer.concat([request2([up]), series([1, 99], 2), series([1, 2, 3], 1), series([], 1)]);
    const { body, rejections } = resolveSymbols(bad, LIMIT);
    expect(rejections).toEqual({
      rejected: 3,
      rejectedByReason: new Map([
        ['symbolRef', 2],
        ['oddRefs', 1],
      ]),
      message:
        '2 rejected because a reference leads behind the last symbol (first: timeseries[1]); ' +
        '1 rejected because labels_refs does not come in pairs of name and value (first: timeseries[2])',
    });
    // A series without labels is the wire check's to refuse.
    const checked = checkBody('remote_write', body);
    expect(checked).toMatchObject({ ok: true, items: 1, rejected: 1 });
  });

  it('refuses series that mix samples with histograms', () => {
    const mixed: SeriesInput = { ...up, histograms: [{ ms: MS, count: 0, sum: 0, schema: 0 }] };
    const { body, rejections } = resolveSymbols(request2([mixed, up]), LIMIT);
    expect(rejections).toMatchObject({ rejected: 2, rejectedByReason: new Map([['mixed', 2]]) });
    expect(body).toEqual(writeRequest([up]));
  });

  it('loses an exemplar alone whose references lead nowhere', () => {
    const exemplar = Buffer.from([0x22, 0x04, 0x0a, 0x02, 0x01, 0x63]);
    const inner = Buffer.concat([Buffer.from([0x0a, 0x02, 0x01, 0x02]), exemplar]);
    const request = Buffer.concat([request2([up]), Buffer.from([0x2a, inner.length]), inner]);
    expect(resolveSymbols(request, LIMIT).rejections).toMatchObject({
      rejected: 1,
      message:
        '1 rejected because a reference leads behind the last symbol (first: an exemplar of timeseries[1])',
    });
  });

  it.each<[string, Buffer, string]>([
    ['cut short', request2([up]).subarray(0, -3), 'cut short'],
    ['of 1.0', writeRequest([up]), 'fields of prometheus.WriteRequest'],
    [
      'without the empty symbol',
      Buffer.concat([Buffer.from([0x22, 1, 0x61]), request2([up])]),
      'begin with the empty string',
    ],
    ['with symbols of another type', Buffer.from([0x20, 0x01]), 'wrong wire type'],
    ['with groups', Buffer.from([0x2b]), 'unsupported wire type'],
  ])('%s is refused as a whole', (_, body, reason) => {
    expect(() => resolveSymbols(body, LIMIT)).toThrow(MalformedError);
    expect(() => resolveSymbols(body, LIMIT)).toThrow(reason);
  });

  it('does not grow without bound when its labels are written out', () => {
    const many = Array.from({ length: 200 }, () => ({
      ...up,
      labels: labelsOf('up', { text: 'x'.repeat(10_000) }),
    }));
    const body = request2(many);
    expect(body.length).toBeLessThan(30_000);
    expect(() => resolveSymbols(body, LIMIT)).toThrow(TooLargeError);
  });

  it('of damaged bytes is refused or resolved to what the check can judge', () => {
    const seed = request2([
      up,
      {
        ...up,
        metadata: { type: 1, help: 'Up' },
        exemplars: [{ labels: [['a', 'b']], value: 1 }],
        createdMs: 3,
      },
    ]);
    let refused = 0;
    const flips = fc.array(fc.tuple(fc.nat(seed.length - 1), fc.nat(255)), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(flips, (changes) => {
        const body = Buffer.from(seed);
        for (const [at, byte] of changes) body[at] = byte;
        try {
          const resolved = resolveSymbols(body, LIMIT);
          expect(checkBody('remote_write', resolved.body)).toMatchObject({ ok: expect.any(Boolean) });
        } catch (error) {
          refused += 1;
          expect(error).toBeInstanceOf(MalformedError);
        }
      }),
      { numRuns: 5_000, seed: 4 },
    );
    expect(refused).toBeGreaterThan(200);
  });
});

/** A TimeSeries with these references and so many empty samples. */
function series(references: number[], samples: number): Buffer {
  const refs = Buffer.from([0x0a, references.length, ...references]);
  const inner = Buffer.concat([refs, ...Array.from({ length: samples }, () => Buffer.from([0x12, 0x00]))]);
  return Buffer.concat([Buffer.from([0x2a, inner.length]), inner]);
}
