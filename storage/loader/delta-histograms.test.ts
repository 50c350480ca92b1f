import { describe, expect, it } from 'vitest';
import type { NativeHistogram } from '../../promql/histogram/native-histogram.ts';
import type { HistogramColumns } from '../queryable/histogram-columns.ts';
import { accumulate } from './delta-histograms.ts';

const histogram = (counts: readonly number[], more: Partial<NativeHistogram> = {}): NativeHistogram => {
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    counterResetHint: 'unknown',
    schema: 0,
    zeroThreshold: 0,
    zeroCount: 0,
    count: total,
    sum: 2 * total,
    positiveSpans: [{ offset: 1, length: counts.length }],
    positiveBuckets: counts,
    negativeSpans: [],
    negativeBuckets: [],
    customValues: [],
    ...more,
  };
};
type Given = readonly (readonly [timeMs: number, histogram: NativeHistogram | undefined, startMs?: number])[];
const columns = (...given: Given): HistogramColumns => ({
  timesMs: given.map(([timeMs]) => timeMs),
  startsMs: given.map(([, , startMs]) => startMs ?? 0),
  histograms: given.map(([, each]) => each),
});
const counts = (deltas: HistogramColumns, stored?: HistogramColumns) =>
  accumulate(deltas, stored).map(({ timeMs, histogram: each }) => [timeMs, each?.positiveBuckets]);

describe('deltas of histograms', () => {
  it('add up, bucket by bucket', () => {
    expect(counts(columns([10, histogram([1, 2])], [20, histogram([0, 3, 1])]))).toEqual([
      [10, [1, 2]],
      [20, [1, 5, 1]],
    ]);
  });

  it('go on from what is stored, and begin when the first one did', () => {
    const totals = accumulate(
      columns([30, histogram([1]), 20], [40, histogram([1]), 30]),
      columns([20, histogram([5]), 10]),
    );
    expect(totals.map(({ timeMs, startMs, histogram: each }) => [timeMs, startMs, each?.count])).toEqual([
      [30, 10, 6],
      [40, 10, 7],
    ]);
  });

  it('that come late are added to all that come after them', () => {
    const stored = columns([10, histogram([1])], [30, histogram([3])], [50, histogram([7])]);
    expect(counts(columns([20, histogram([10])], [40, histogram([100])]), stored)).toEqual([
      [20, [11]],
      [30, [13]],
      [40, [113]],
      [50, [117]],
    ]);
  });

  it('of a time that is stored were sent twice', () => {
    const stored = columns([10, histogram([1])], [30, histogram([3])]);
    expect(counts(columns([10, histogram([1])], [30, histogram([2])], [40, histogram([1])]), stored)).toEqual(
      [[40, [4]]],
    );
  });

  it('of another scale are counted in the coarser one', () => {
    const fine = histogram([1, 2, 3, 4], { schema: 1 });
    expect(
      accumulate(columns([10, fine], [20, histogram([5, 6])], [30, fine])).map((each) => [
        each.histogram?.schema,
        each.histogram?.positiveBuckets,
      ]),
    ).toEqual([
      [1, [1, 2, 3, 4]],
      [0, [8, 13]],
      [0, [11, 20]],
    ]);
  });

  it('of another zero threshold are counted in the wider zero bucket', () => {
    const wide = histogram([4], {
      zeroThreshold: 2,
      zeroCount: 1,
      positiveSpans: [{ offset: 3, length: 1 }],
    });
    const [, second] = accumulate(columns([10, histogram([1, 2, 3])], [20, wide]));
    expect(second?.histogram).toMatchObject({
      zeroThreshold: 2,
      zeroCount: 2,
      count: 10,
      positiveSpans: [{ offset: 2, length: 2 }],
      positiveBuckets: [2, 7],
    });
  });

  it('pass over staleness markers', () => {
    expect(counts(columns([10, histogram([1])], [20, undefined], [30, histogram([1])]))).toEqual([
      [10, [1]],
      [20, undefined],
      [30, [2]],
    ]);
  });

  it('begin anew after buckets of another kind', () => {
    const custom = histogram([9], { schema: -53, customValues: [1] });
    expect(counts(columns([20, histogram([1])]), columns([10, custom]))).toEqual([[20, [1]]]);
  });
});
