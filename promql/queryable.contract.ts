import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LabelMatcher } from '../model/labels.ts';
import { LabelSet } from './label-set.ts';
import { type ExemplarSeries, isStaleAt, type Queryable, type SampleSeries, wordsOf } from './queryable.ts';
import type { LoadedSeries } from './testing/run-script.ts';

/** A store under test. Times are those of the tests, from 0 on; the store may keep them elsewhere. */
export interface ContractStore {
  readonly queryable: Queryable;
  load(series: readonly LoadedSeries[]): Promise<void>;
  /** Exemplars of series that were loaded. */
  loadExemplars(series: readonly ExemplarSeries[]): Promise<void>;
  close(): Promise<void>;
}

const NO_HINTS = { func: '', rangeMs: 0, stepMs: 0, by: false, grouping: [] };
const up = (entries: Record<string, string>): LabelSet => LabelSet.fromLabels({ __name__: 'up', ...entries });
const match = (name: string, operator: LabelMatcher['operator'], value: string): LabelMatcher => ({
  name,
  operator,
  value,
});

const SERIES: readonly LoadedSeries[] = [
  {
    labels: up({ job: 'order', instance: 'a' }),
    samples: [
      { timeMs: 0, value: 1, startMs: 0 },
      { timeMs: 10_000, value: 2.5, startMs: 0 },
      { timeMs: 20_000, value: 'stale', startMs: 0 },
      { timeMs: 30_000, value: Number.NaN, startMs: 0 },
      { timeMs: 40_000, value: Number.POSITIVE_INFINITY, startMs: 0 },
    ],
  },
  { labels: up({ job: 'order', instance: 'b' }), samples: [{ timeMs: 10_000, value: -0, startMs: 5_000 }] },
  {
    labels: up({ job: 'dispatch', constructor: 'x' }),
    samples: [{ timeMs: 10_000, value: 2 ** 53, startMs: 0 }],
  },
  {
    labels: LabelSet.fromLabels({ __name__: 'down.time "é"', job: 'order' }),
    samples: [{ timeMs: 1, value: 7, startMs: 0 }],
  },
];

const TRACE = { trace_id: '0af7651916cd43dd8448eb211c80319c', span_id: 'b7ad6b7169203331' };
const exemplar = (timeMs: number, value: number, labels: Record<string, string> = {}) => ({
  timeMs,
  value,
  labels: LabelSet.fromLabels(labels),
});
const EXEMPLARS: readonly ExemplarSeries[] = [
  {
    labels: SERIES[0]!.labels,
    exemplars: [
      exemplar(1_000, 0.25, TRACE),
      exemplar(2_000, Number.POSITIVE_INFINITY, { ...TRACE, user: '值"' }),
      exemplar(30_000, -3),
    ],
  },
  { labels: SERIES[2]!.labels, exemplars: [exemplar(2_500, 7, { user: 'x' })] },
];

/** What every `Queryable` must do. */
export function queryableContract(name: string, open: () => Promise<ContractStore>): void {
  describe(`${name} as a Queryable`, () => {
    let store: ContractStore;
    beforeAll(async () => {
      store = await open();
      await store.load(SERIES);
      await store.loadExemplars(EXEMPLARS);
    });
    afterAll(() => store?.close());

    const select = async (
      matchers: LabelMatcher[],
      startMs = -1,
      endMs = 60_000,
      func = '',
    ): Promise<SampleSeries[]> => {
      const found = await store.queryable.select({ matchers, startMs, endMs, hints: { ...NO_HINTS, func } });
      return [...found].sort((a, b) => (a.labels.key < b.labels.key ? -1 : 1));
    };
    const names = async (...matchers: LabelMatcher[]): Promise<string[]> =>
      (await select(matchers)).map(({ labels }) => labels.toString());

    it('gives samples after the start and up to the end', async () => {
      const matchers = [match('__name__', '=', 'up'), match('instance', '=', 'a')];
      const [series] = await select(matchers, 0, 30_000);
      expect([...series!.timestampsMs]).toEqual([10_000, 20_000, 30_000]);
      expect(await select(matchers, 40_000, 60_000)).toEqual([]);
    });

    it('keeps staleness markers apart from NaN, and -0, infinities and large integers as they are', async () => {
      const [a] = await select([match('instance', '=', 'a')]);
      const words = wordsOf(a!.values);
      expect([...a!.values.keys()].map((i) => isStaleAt(words, i))).toEqual([
        false,
        false,
        true,
        false,
        false,
      ]);
      expect(a!.values[1]).toBe(2.5);
      expect(a!.values[3]).toBeNaN();
      expect(a!.values[4]).toBe(Number.POSITIVE_INFINITY);
      const [b] = await select([match('instance', '=', 'b')]);
      expect(Object.is(b!.values[0], -0)).toBe(true);
      const [c] = await select([match('constructor', '=', 'x')]);
      expect(c!.values[0]).toBe(2 ** 53);
    });

    it('gives start times to functions that use them', async () => {
      const [b] = await select([match('instance', '=', 'b')], -1, 60_000, 'rate');
      expect([...b!.startTimestampsMs!]).toEqual([5_000]);
    });

    it('takes an absent label for an empty one', async () => {
      const name = match('__name__', '=', 'up');
      const order = ['up{instance="a", job="order"}', 'up{instance="b", job="order"}'];
      const dispatch = 'up{constructor="x", job="dispatch"}';
      expect(await names(name, match('instance', '=', ''))).toEqual([dispatch]);
      expect(await names(name, match('instance', '!=', ''))).toEqual(order);
      expect(await names(name, match('instance', '!=', 'a'))).toEqual([dispatch, order[1]]);
      expect(await names(name, match('instance', '=~', 'a|'))).toEqual([dispatch, order[0]]);
      expect(await names(name, match('toString', '!~', '.+'))).toEqual([dispatch, ...order]);
    });

    it('anchors regular expressions', async () => {
      expect(await names(match('job', '=~', 'rde'))).toEqual([]);
      expect(await names(match('__name__', '=~', 'u.'), match('job', '=~', '(?i)DIS.*'))).toHaveLength(1);
      expect(await names(match('__name__', '=', 'up'), match('job', '!~', 'ord.*'))).toHaveLength(1);
    });

    it('tells names and values of labels', async () => {
      const range = { startMs: 0, endMs: 60_000 };
      expect(await store.queryable.labelNames({ selectors: [], ...range })).toEqual([
        '__name__',
        'constructor',
        'instance',
        'job',
      ]);
      expect(await store.queryable.labelValues('job', { selectors: [], ...range })).toEqual([
        'dispatch',
        'order',
      ]);
      const selectors = [[match('__name__', '=', 'down.time "é"')], [match('instance', '=', 'b')]];
      expect(await store.queryable.labelNames({ selectors, ...range })).toEqual([
        '__name__',
        'instance',
        'job',
      ]);
      const found = await store.queryable.series({ selectors, ...range });
      expect(found.map((labels) => labels.get('__name__')).sort()).toEqual(['down.time "é"', 'up']);
      expect(await store.queryable.labelValues('job', { selectors: [], ...range, limit: 1 })).toEqual([
        'dispatch',
      ]);
    });

    it('stops at the limit', async () => {
      const range = { startMs: 0, endMs: 60_000 };
      for (const limit of [1, 2, 3])
        expect(await store.queryable.series({ selectors: [], ...range, limit })).toHaveLength(limit);
      const selectors = [[match('job', '=', 'order')], [match('__name__', '=', 'up')]];
      expect(await store.queryable.series({ selectors, ...range, limit: 3 })).toHaveLength(3);
      expect(await store.queryable.series({ selectors, ...range, limit: 0 })).toHaveLength(4);
      expect(await store.queryable.labelNames({ selectors, ...range, limit: 2 })).toEqual([
        '__name__',
        'constructor',
      ]);
    });

    it('gives the exemplars of what any selector matches, in order of time', async () => {
      const asked = async (request: {
        selectors: LabelMatcher[][];
        startMs?: number;
        endMs?: number;
        limit?: number;
      }) => {
        const found = await store.queryable.exemplars({ startMs: 0, endMs: 60_000, limit: 100, ...request });
        return [...found]
          .sort((a, b) => (a.labels.key > b.labels.key ? -1 : 1))
          .map(({ labels, exemplars }) => [
            labels.toString(),
            exemplars.map(({ timeMs, value, labels: own }) => [timeMs, value, own.toLabels()]),
          ]);
      };
      const job = [match('job', '=', 'order')];
      const first = 'up{instance="a", job="order"}';
      expect(await asked({ selectors: [job, [match('instance', '=', 'a')]] })).toEqual([
        [
          first,
          [
            [1_000, 0.25, TRACE],
            [2_000, Number.POSITIVE_INFINITY, { ...TRACE, user: '值"' }],
            [30_000, -3, {}],
          ],
        ],
      ]);
      const second = [2_000, Number.POSITIVE_INFINITY, { ...TRACE, user: '值"' }];
      expect(await asked({ selectors: [job], startMs: 2_000, endMs: 2_000 })).toEqual([[first, [second]]]);
      const newest = { selectors: [[match('__name__', '=', 'up')]], startMs: 2_000, limit: 2 };
      expect(await asked(newest)).toEqual([
        [first, [[30_000, -3, {}]]],
        ['up{constructor="x", job="dispatch"}', [[2_500, 7, { user: 'x' }]]],
      ]);
      expect(await asked({ selectors: [[match('job', '=', 'none')]] })).toEqual([]);
    });

    it('tells where its series come from', async () => {
      const { range, ...counts } = await store.queryable.statistics(2);
      expect(counts).toEqual({
        series: 4,
        labelPairs: 7,
        seriesByMetricName: [
          { name: 'up', value: 3 },
          { name: 'down.time "é"', value: 1 },
        ],
        valuesByLabelName: [
          { name: '__name__', value: 2 },
          { name: 'instance', value: 2 },
        ],
        bytesByLabelName: [
          { name: 'job', value: 23 },
          { name: '__name__', value: 20 },
        ],
        seriesByLabelPair: [
          { name: '__name__=up', value: 3 },
          { name: 'job=order', value: 3 },
        ],
      });
      // A store may know it to the hour only.
      expect(range!.startMs).toBeLessThanOrEqual(0);
      expect(range!.endMs).toBeGreaterThanOrEqual(40_000);
    });

    it('does not begin for a query that is over', async () => {
      const abort = AbortSignal.abort(new Error('gone'));
      const matchers = [match('__name__', '=', 'up')];
      const asked = store.queryable.select({ matchers, startMs: 0, endMs: 1_000, hints: NO_HINTS, abort });
      await expect(asked).rejects.toThrow('gone');
    });
  });
}
