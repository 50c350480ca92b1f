import { describe, expect, it } from 'vitest';
import { LabelSet } from '../../../promql/label-set.ts';
import type { GroupRequest } from '../../../promql/queryable.ts';
import type { IndexedSeries } from '../series-index.ts';
import { GroupHistory } from './group-history.ts';
import { LoadHistory } from './load-history.ts';

const STEP_MS = 60_000;
const seriesOf = (id: number): IndexedSeries => ({
  id: BigInt(id),
  labels: LabelSet.fromLabels({ i: String(id) }),
  firstMs: 0,
  lastMs: 0,
  native: false,
});
const SERIES = [1, 2, 3].map(seriesOf);

/** A live view of ten steps; it ends at a minute. */
function view(maxBytes = 100_000) {
  const loads = new LoadHistory();
  const history = new GroupHistory({ maxBytes, loads });
  /** Each group's value at a step is the minute, plus this. */
  const state = { plus: 0, left: [] as number[], work: [] as string[] };
  const ask = async (
    endMinute: number,
    { steps = 10, operator = 'sum' as GroupRequest['operator'] } = {},
  ) => {
    const endMs = endMinute * STEP_MS;
    const startMs = endMs - (steps - 1) * STEP_MS;
    const request: GroupRequest = {
      matchers: [],
      func: 'rate',
      startMs,
      endMs,
      stepMs: STEP_MS,
      windowMs: 300_000,
      operator,
      grouping: [],
      without: false,
    };
    state.work = [];
    const { series, left } = await history.of(request, steps, SERIES, async (asked, fromMs) => {
      state.work.push(`${asked.map(({ id }) => id).join(' ')} from ${fromMs / STEP_MS}`);
      const times = Array.from({ length: (endMs - fromMs) / STEP_MS + 1 }, (_, i) => fromMs / STEP_MS + i);
      return {
        series: [
          {
            labels: LabelSet.empty(),
            values: Float64Array.from(times, (time) => time + state.plus),
            present: new Uint8Array(times.length).fill(1),
          },
        ],
        left: asked.filter(({ id }) => state.left.includes(Number(id))),
      };
    });
    return {
      values: [...(series[0]?.values ?? [])],
      left: left.map(({ id }) => Number(id)),
      work: state.work,
    };
  };
  return { loads, state, ask };
}

const minutes = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('what groups were', () => {
  it('is not worked out again: of a view that moves on only the new steps are', async () => {
    const { ask } = view();
    expect(await ask(100)).toEqual({ values: minutes(91, 100), left: [], work: ['1 2 3 from 91'] });
    expect(await ask(102)).toEqual({ values: minutes(93, 102), left: [], work: ['1 2 3 from 101'] });
    expect(await ask(102)).toMatchObject({ values: minutes(93, 102), work: [] });
    // A shorter view of the same, and one that looks back.
    expect(await ask(101, { steps: 4 })).toMatchObject({ values: minutes(98, 101), work: [] });
    expect(await ask(101)).toMatchObject({ values: minutes(92, 101), work: [] });
    expect(await ask(110)).toMatchObject({ values: minutes(101, 110), work: ['1 2 3 from 101'] });
  });

  it('is that of one aggregation alone', async () => {
    const { ask } = view();
    await ask(100);
    expect(await ask(100, { operator: 'max' })).toMatchObject({ work: ['1 2 3 from 91'] });
  });

  it('is worked out again from where samples were loaded', async () => {
    const { ask, loads, state } = view();
    await ask(100);
    loads.add(98 * STEP_MS);
    state.plus = 1_000;
    expect(await ask(101)).toMatchObject({
      values: [...minutes(92, 97), ...minutes(1_098, 1_101)],
      work: ['1 2 3 from 98'],
    });
    loads.add(94 * STEP_MS);
    expect(await ask(101)).toMatchObject({ values: minutes(1_092, 1_101), work: ['1 2 3 from 92'] });
  });

  it('leaves out the same series at all steps', async () => {
    const { ask, state } = view();
    state.left = [2];
    expect(await ask(100)).toMatchObject({ left: [2] });
    // Its counter began before these steps, but it is in none of those before.
    state.left = [];
    expect(await ask(101)).toMatchObject({ left: [2], work: ['1 3 from 101'] });
    state.left = [3];
    expect(await ask(102)).toMatchObject({
      values: minutes(93, 102),
      left: [3],
      work: ['1 3 from 102', '1 2 3 from 93'],
    });
  });

  it('goes where there is no room for it', async () => {
    const { ask } = view(500);
    await ask(100);
    await ask(100, { operator: 'max' });
    expect(await ask(100, { operator: 'max' })).toMatchObject({ work: [] });
    expect(await ask(100)).toMatchObject({ work: ['1 2 3 from 91'] });
    const none = view(0);
    await none.ask(100);
    expect(await none.ask(100)).toMatchObject({ work: ['1 2 3 from 91'] });
  });
});
