import { describe, expect, it } from 'vitest';
import { findFirings, summariseFirings } from './firing.ts';

const STEP = 60_000;
/** One value a minute; `_` where there is none. */
const series = (gate_id: string, values: string) => ({
  labels: { gate_id },
  points: values
    .split(' ')
    .flatMap((value, index) => (value === '_' ? [] : [[index * STEP, Number(value)] as const])),
});
const minutes = (firings: ReturnType<typeof findFirings>) =>
  firings.map(({ fromMs, toMs }) => `${fromMs / STEP}-${toMs / STEP}`);
const above = { operator: '>', value: 5 } as const;

describe('when a rule would have fired', () => {
  it('is from the first point over the threshold to the last', () => {
    expect(minutes(findFirings([series('a', '1 9 9 1 9 1')], above, 0, STEP))).toEqual(['1-2', '4-4']);
  });

  it('waits for as long as the rule waits', () => {
    const found = findFirings([series('a', '9 1 9 9 9 9 1')], above, 2 * STEP, STEP);
    expect(minutes(found)).toEqual(['4-5']);
  });

  it('begins anew behind a gap', () => {
    expect(minutes(findFirings([series('a', '9 9 _ 9 9 9')], above, 2 * STEP, STEP))).toEqual(['5-5']);
  });

  it('takes any value of a query with a condition of its own', () => {
    expect(minutes(findFirings([series('a', '_ 0 0 _ _')], null, STEP, STEP))).toEqual(['2-2']);
  });

  it('is told for all series, how often, how long and for which share of the range', () => {
    const found = findFirings(
      [series('a', '9 9 9 1 1 1 1 1 1 1 1'), series('b', '1 1 9 9 9 1 1 1 9 9 9')],
      above,
      0,
      STEP,
    );
    expect(found.map(({ open }) => open)).toEqual([false, false, true]);
    expect(summariseFirings(found, { fromMs: 0, toMs: 10 * STEP })).toEqual({
      times: 3,
      series: 2,
      longestMs: 2 * STEP,
      share: 0.6,
      bands: [
        { fromMs: 0, toMs: 4 * STEP },
        { fromMs: 8 * STEP, toMs: 10 * STEP },
      ],
    });
    expect(summariseFirings([], { fromMs: 0, toMs: 1 })).toMatchObject({ times: 0, longestMs: 0, share: 0 });
  });
});
