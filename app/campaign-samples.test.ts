import { describe, expect, it } from 'vitest';
import { LabelSet } from '../promql/label-set.ts';
import { MemoryStore } from '../promql/memory-store.ts';
import { selectSeriesFrom } from './campaign-samples.ts';

const UNITS = LabelSet.fromLabels({ __name__: 'order_units_total', campaign_id: 'a' });
const matchers = [{ name: '__name__', operator: '=', value: 'order_units_total' }] as const;

describe('the campaigns’ samples', () => {
  const store = new MemoryStore();
  const select = selectSeriesFrom(store);

  const read = async (fromMs: number, toMs: number) =>
    (await select(matchers, fromMs, toMs)).map(({ labels, timestampsMs, values }) => ({
      labels,
      samples: [...timestampsMs].map((timeMs, i) => [timeMs, values[i]]),
    }));

  it('take both ends in, and leave staleness markers out', async () => {
    store.append(UNITS, 1_000, 1);
    store.append(UNITS, 2_000, 2);
    store.append(UNITS, 3_000, 'stale');
    store.append(UNITS, 4_000, 4);
    store.append(UNITS, 5_000, Number.NaN);
    const labels = UNITS.toLabels();
    expect(await read(1_000, 4_000)).toEqual([
      {
        labels,
        samples: [
          [1_000, 1],
          [2_000, 2],
          [4_000, 4],
        ],
      },
    ]);
    expect(await read(1_001, 3_999)).toEqual([{ labels, samples: [[2_000, 2]] }]);
    // A NaN that was measured is a value; only the marker is none.
    expect(await read(5_000, 5_000)).toEqual([{ labels, samples: [[5_000, Number.NaN]] }]);
    expect(await read(3_000, 3_000)).toEqual([{ labels, samples: [] }]);
    expect(await read(6_000, 7_000)).toEqual([]);
  });

  it('are asked for no longer when the asker has stopped', async () => {
    const reason = new Error('stopping');
    await expect(select(matchers, 0, 9_000, AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
