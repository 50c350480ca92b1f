import { expect, test } from 'vitest';
import type { TracePin } from '../../../model/api/trace-pin.ts';
import type { TracePinStore } from '../stores.ts';

const id = (letter: string): string => letter.repeat(32);
const pin: TracePin = {
  traceId: id('a'),
  incidentId: null,
  by: 'Ada',
  atMs: 1_790_000_000_000,
  note: 'slow',
};
const evidence: TracePin = { ...pin, incidentId: 'i1', by: 'Bo', atMs: pin.atMs + 1, note: 'first refund' };

/** What every `TracePinStore` does. `open` gives an empty one. */
export function tracePinStoreContract(open: () => Promise<TracePinStore>): void {
  test('lists what was pinned, the newest first, all of it or of one incident', async () => {
    const store = await open();
    expect(await store.add(pin)).toBe(true);
    expect(await store.add(evidence)).toBe(true);
    expect(await store.list()).toEqual([evidence, pin]);
    expect(await store.list({ incidentId: 'i1' })).toEqual([evidence]);
    expect(await store.list({ incidentId: 'i2' })).toEqual([]);
    expect(await store.traceIds()).toEqual([pin.traceId]);
  });

  test('who pinned first stays', async () => {
    const store = await open();
    await store.add(pin);
    expect(await store.add({ ...pin, by: 'Bo' })).toBe(false);
    expect(await store.list()).toEqual([pin]);
  });

  test('a trace is evidence until nobody needs it', async () => {
    const store = await open();
    await store.add(pin);
    await store.add(evidence);
    expect(await store.remove(pin)).toBe(true);
    expect(await store.remove(pin)).toBe(false);
    expect(await store.traceIds()).toEqual([pin.traceId]);
    expect(await store.remove(evidence)).toBe(true);
    expect(await store.traceIds()).toEqual([]);
  });

  test('hostile words do nothing', async () => {
    const store = await open();
    const note = `'); DROP TABLE trace_pins; -- \ud800 欢乐谷`;
    await store.add({ ...pin, note });
    const [read] = await store.list();
    expect(read?.note).toBe(note.replace('\ud800', '\uFFFD'));
  });
}
