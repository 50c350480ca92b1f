import { describe, expect, it } from 'vitest';
import { durationMs } from '../model/units.ts';
import { createPromql } from '../promql/engine.ts';
import { LabelSet } from '../promql/label-set.ts';
import { MemoryStore } from '../promql/memory-store.ts';
import { type SelectRequest, StoreUnavailableError, TooMuchError } from '../promql/queryable.ts';
import { ruleQueryFrom, seriesExistIn } from './rule-queries.ts';

/** Fails where a metric's name asks for it. */
class TroubledStore extends MemoryStore {
  override async select(request: SelectRequest) {
    const name = request.matchers.find((matcher) => matcher.name === '__name__')?.value;
    if (name === 'away') throw new StoreUnavailableError('the store is away');
    if (name === 'huge') throw new TooMuchError('samples', 5);
    return super.select(request);
  }
}

const store = new TroubledStore();
store.append(LabelSet.fromLabels({ __name__: 'up', job: 'a' }), 1_000, 1);
store.append(LabelSet.fromLabels({ __name__: 'up', job: 'b' }), 1_000, 0);
store.append(LabelSet.fromLabels({ __name__: 'gone' }), 1_000, 1);
store.append(LabelSet.fromLabels({ __name__: 'gone' }), 2_000, 'stale');
const clock = { monotonic: () => durationMs(performance.now()) };
const never = new AbortController().signal;

describe('rules’ queries', () => {
  const query = ruleQueryFrom(createPromql({ queryable: store, clock }));

  it('give samples with their labels; a scalar is one without', async () => {
    expect(await query('up == 0', 2_000, never)).toEqual({
      kind: 'samples',
      samples: [{ labels: { __name__: 'up', job: 'b' }, value: 0 }],
    });
    expect(await query('1 + 1', 2_000, never)).toEqual({
      kind: 'samples',
      samples: [{ labels: {}, value: 2 }],
    });
    expect(await query('nothing', 2_000, never)).toEqual({ kind: 'samples', samples: [] });
  });

  it.each([
    ['up[5m]', false, /gives a matrix/],
    ['"text"', false, /gives a string/],
    ['sum(', false, /^bad_data: 1:5: parse error/],
    ['up * on(x) up', false, /^execution: /],
    ['away', true, /^unavailable: the store is away$/],
    ['huge', false, /^too_many: /],
  ])('say why %s has no answer, and whether it may have one later', async (expr, retryable, message) => {
    expect(await query(expr, 2_000, never)).toEqual({
      kind: 'error',
      retryable,
      message: expect.stringMatching(message),
    });
  });

  it('end with their signal', async () => {
    expect(await query('up', 2_000, AbortSignal.abort())).toMatchObject({ kind: 'error', retryable: false });
  });
});

describe('whether a metric is there', () => {
  const exist = seriesExistIn(store);
  it.each([
    ['up', 1_000, 1_000, true],
    ['up', 0, 5_000, true],
    ['up', 1_001, 5_000, false],
    ['up', 0, 999, false],
    ['nothing', 0, 5_000, false],
    ['huge', 0, 5_000, true],
  ])('«%s» from %i to %i: %s', async (name, fromMs, toMs, there) => {
    expect(await exist(name, { fromMs, toMs }, never)).toBe(there);
  });

  it('is not known while the store is away', async () => {
    await expect(exist('away', { fromMs: 0, toMs: 1 }, never)).rejects.toThrow(StoreUnavailableError);
  });
});
