import { describe, expect, it } from 'vitest';
import { QueryTimeoutError } from '../../promql/errors.ts';
import { StoreUnavailableError } from '../../promql/queryable.ts';
import { limitedGate } from './gate.ts';

/** A gate for one at a time with one waiting, and somebody in it until `leave`. */
async function busyGate() {
  const gate = limitedGate(1, 1, () => performance.now());
  const work = Promise.withResolvers<string>();
  const inside = gate(1_000, undefined, () => work.promise);
  return { gate, inside, leave: () => work.resolve('first') };
}

describe('the gate of people’s queries', () => {
  it('lets who waits in when somebody leaves, with the time that is left', async () => {
    const { gate, inside, leave } = await busyGate();
    const waiting = gate(1_000, undefined, async (leftMs) => leftMs);
    leave();
    expect(await inside).toBe('first');
    const leftMs = await waiting;
    expect(leftMs).toBeGreaterThan(0);
    expect(leftMs).toBeLessThan(1_000);
  });

  it('refuses more than may wait, and says how many that is', async () => {
    const { gate, leave, inside } = await busyGate();
    const waiting = gate(1_000, undefined, async () => 'second');
    await expect(gate(1_000, undefined, async () => 'third')).rejects.toEqual(
      new StoreUnavailableError(
        'too many queries at once (1 run and 1 wait): ask again in a moment, and for fewer at a time',
      ),
    );
    leave();
    expect([await inside, await waiting]).toEqual(['first', 'second']);
  });

  it('counts the waiting as the query’s own time', async () => {
    const { gate, leave } = await busyGate();
    await expect(gate(5, undefined, async () => 'late')).rejects.toEqual(
      new QueryTimeoutError('query queue'),
    );
    leave();
  });

  it('forgets who leaves, and frees the place of who fails', async () => {
    const { gate, leave, inside } = await busyGate();
    const gone = new AbortController();
    const waiting = gate(1_000, gone.signal, async () => 'gone');
    gone.abort(new Error('left'));
    await expect(waiting).rejects.toThrow('left');
    leave();
    await inside;
    await expect(gate(1_000, undefined, () => Promise.reject(new Error('failed')))).rejects.toThrow('failed');
    expect(await gate(1_000, undefined, async () => 'next')).toBe('next');
  });
});
