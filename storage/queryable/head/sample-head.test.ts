import { describe, expect, it } from 'vitest';
import { LabelSet } from '../../../promql/label-set.ts';
import { isStaleAt, setStaleAt, wordsOf } from '../../../promql/queryable.ts';
import type { SampleColumns } from '../sample-columns.ts';
import type { IndexedSeries } from '../series-index.ts';
import { type ReadStored, SampleHead, type Stretch } from './sample-head.ts';

const NOW_MS = 10_000_000;
const MIB = 2 ** 20;

const seriesOf = (id: number): IndexedSeries => ({
  id: BigInt(id),
  labels: LabelSet.fromLabels({ i: String(id) }),
  firstMs: 0,
  lastMs: NOW_MS,
  native: false,
});

interface Sample {
  readonly timeMs: number;
  readonly value: number;
  readonly startMs: number;
}

/** A store that counts what is read of it; `slow` makes reads wait for their turn. */
class Stored {
  readonly samples = new Map<bigint, Sample[]>();
  readonly reads: { ids: number[]; stretch: Stretch }[] = [];
  slow: (() => Promise<void>) | undefined;

  put(id: number, ...samples: Sample[]): void {
    const all = this.samples.get(BigInt(id)) ?? [];
    const times = new Set(samples.map(({ timeMs }) => timeMs));
    const kept = all.filter(({ timeMs }) => !times.has(timeMs));
    this.samples.set(
      BigInt(id),
      [...kept, ...samples].sort((a, b) => a.timeMs - b.timeMs),
    );
  }

  readonly read: ReadStored = async (series, stretch) => {
    this.reads.push({ ids: series.map(({ id }) => Number(id)), stretch });
    await this.slow?.();
    const found = new Map<bigint, SampleColumns>();
    for (const { id } of series) {
      const inside = this.within(id, stretch);
      if (inside.length > 0) found.set(id, columnsOf(inside));
    }
    await this.slow?.();
    return found;
  };

  within(id: bigint, { startMs, endMs }: Stretch): Sample[] {
    return (this.samples.get(id) ?? []).filter(({ timeMs }) => timeMs > startMs && timeMs <= endMs);
  }
}

const columnsOf = (samples: readonly Sample[]): SampleColumns => ({
  timesMs: Float64Array.from(samples, ({ timeMs }) => timeMs),
  values: Float64Array.from(samples, ({ value }) => value),
  startsMs: samples.some(({ startMs }) => startMs !== 0)
    ? Float64Array.from(samples, ({ startMs }) => startMs)
    : undefined,
});

const sample = (timeMs: number, value = timeMs, startMs = 0): Sample => ({ timeMs, value, startMs });
const every = (fromMs: number, toMs: number, stepMs = 15_000): Sample[] =>
  Array.from({ length: Math.floor((toMs - fromMs) / stepMs) + 1 }, (_, i) => sample(fromMs + i * stepMs));
const headOf = (maxBytes = 64 * MIB) => new SampleHead({ maxBytes, now: () => NOW_MS });
const timesOf = (found: ReadonlyMap<bigint, SampleColumns>, id: number): number[] => [
  ...(found.get(BigInt(id))?.timesMs ?? []),
];

/** Numbers in [0, 1), the same every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

describe('the head', () => {
  it('reads a stretch once, and then only what it lacks', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 600_000));
    const one = [seriesOf(1)];
    const first = await head.read(one, { startMs: 0, endMs: 300_000 }, 'none', stored.read);
    expect(timesOf(first, 1)).toHaveLength(20);
    await head.read(one, { startMs: 60_000, endMs: 240_000 }, 'none', stored.read);
    expect(stored.reads).toHaveLength(1);
    const more = await head.read(one, { startMs: 0, endMs: 450_000 }, 'none', stored.read);
    expect(timesOf(more, 1)).toHaveLength(30);
    expect(stored.reads[1]!.stretch).toEqual({ startMs: 300_000, endMs: 450_000 });
  });

  it('reads again from the oldest sample of a load on, and no more than that', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, NOW_MS - 60_000));
    const live = { startMs: NOW_MS - 900_000, endMs: NOW_MS };
    await head.read([seriesOf(1)], live, 'none', stored.read);
    await head.read([seriesOf(1)], { ...live, endMs: NOW_MS + 5_000 }, 'none', stored.read);
    expect(stored.reads).toHaveLength(1);
    stored.put(1, sample(NOW_MS - 100_001), sample(NOW_MS));
    head.loads.add(NOW_MS - 100_001);
    const found = await head.read([seriesOf(1)], live, 'none', stored.read);
    expect(timesOf(found, 1).slice(-1)).toEqual([NOW_MS]);
    expect(timesOf(found, 1)).toContain(NOW_MS - 100_001);
    expect(stored.reads[1]!.stretch.startMs).toBe(NOW_MS - 100_002);
  });

  it('does not take a read for newer than a load that came while it ran', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 60_000));
    const gate = Promise.withResolvers<void>();
    stored.slow = () => gate.promise;
    const asked = head.read([seriesOf(1)], { startMs: 0, endMs: NOW_MS }, 'none', stored.read);
    head.loads.add(30_001);
    gate.resolve();
    await asked;
    stored.put(1, sample(30_001));
    const found = await head.read([seriesOf(1)], { startMs: 0, endMs: NOW_MS }, 'none', stored.read);
    expect(timesOf(found, 1)).toContain(30_001);
  });

  it('never changes what it has handed out', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 300_000));
    const stretch = { startMs: -1, endMs: NOW_MS };
    const before = (await head.read([seriesOf(1)], stretch, 'none', stored.read)).get(1n)!;
    const copy = before.timesMs.slice();
    stored.put(1, sample(100_001));
    head.loads.add(100_001);
    const after = await head.read([seriesOf(1)], stretch, 'none', stored.read);
    expect(timesOf(after, 1)).toHaveLength(22);
    expect(before.timesMs).toEqual(copy);
  });

  it('lets who asks for the same wait for the read that runs', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 300_000));
    const gate = Promise.withResolvers<void>();
    stored.slow = () => gate.promise;
    const ask = () => head.read([seriesOf(1)], { startMs: 0, endMs: 300_000 }, 'none', stored.read);
    const both = Promise.all([ask(), ask()]);
    gate.resolve();
    expect((await both).map((found) => timesOf(found, 1).length)).toEqual([20, 20]);
    expect(stored.reads).toHaveLength(1);
  });

  it('reads for itself when the one that it waited for failed', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 300_000));
    const stretch = { startMs: 0, endMs: 300_000 };
    const failing = head.read([seriesOf(1)], stretch, 'none', () => Promise.reject(new Error('gone')));
    const waiting = head.read([seriesOf(1)], stretch, 'none', stored.read);
    await expect(failing).rejects.toThrow('gone');
    expect(timesOf(await waiting, 1)).toHaveLength(20);
  });

  it('leaves out start times that tell nothing', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, sample(10_000, 1, 5_000), sample(20_000, 2, 5_000));
    stored.put(2, sample(10_000, 1, 5_000), sample(20_000, 0, 15_000));
    const both = [seriesOf(1), seriesOf(2)];
    const starts = async (startMs: number, wanted: 'none' | 'telling' | 'all') => {
      const found = await head.read(both, { startMs, endMs: 30_000 }, wanted, stored.read);
      return [1n, 2n].map((id) => found.get(id)?.startsMs && [...found.get(id)!.startsMs!]);
    };
    expect(await starts(0, 'telling')).toEqual([
      [5_000, 5_000],
      [5_000, 15_000],
    ]);
    expect(await starts(5_000, 'telling')).toEqual([undefined, [5_000, 15_000]]);
    expect(await starts(5_000, 'all')).toEqual([
      [5_000, 5_000],
      [5_000, 15_000],
    ]);
    expect(await starts(0, 'none')).toEqual([undefined, undefined]);
  });

  it('keeps staleness markers', async () => {
    const head = headOf();
    const values = new Float64Array(3);
    setStaleAt(values, 1);
    const columns = { timesMs: Float64Array.of(1, 2, 3), values, startsMs: undefined };
    const read = async () => new Map([[1n, columns]]);
    const found = await head.read([seriesOf(1)], { startMs: 0, endMs: 5 }, 'none', read);
    const kept = wordsOf(found.get(1n)!.values);
    expect([0, 1, 2].map((i) => isStaleAt(kept, i))).toEqual([false, true, false]);
  });

  it('stays within its bytes, the series that were used last remain', async () => {
    const [head, stored] = [headOf(MIB), new Stored()];
    const stretch = { startMs: 0, endMs: 1_500_000 };
    for (let id = 0; id < 1_000; id++) {
      stored.put(id, ...every(0, 1_500_000));
      await head.read([seriesOf(id)], stretch, 'none', stored.read);
    }
    expect(head.bytes).toBeLessThanOrEqual(MIB);
    expect(head.bytes).toBeGreaterThan(MIB / 2);
    stored.reads.length = 0;
    await head.read([seriesOf(999)], stretch, 'none', stored.read);
    expect(stored.reads).toEqual([]);
    await head.read([seriesOf(0)], stretch, 'none', stored.read);
    expect(stored.reads).toHaveLength(1);
  });

  it('leaves to the store what is large until it was read behind, or what is too large', async () => {
    const [head, stored] = [headOf(100 * MIB), new Stored()];
    const many = Array.from({ length: 2_000 }, (_, id) => seriesOf(id));
    const fiveHours = { startMs: 0, endMs: 18_000_000 };
    expect(head.wants(many.slice(0, 10), fiveHours)).toBe(true);
    expect(head.wants(many, fiveHours)).toBe(false);
    expect(head.askedBefore(many)).toBe(false);
    head.workedOut(many, fiveHours, 2_400_000);
    expect(head.askedBefore(many)).toBe(true);
    await head.readBehind(many, fiveHours, stored.read);
    expect(stored.reads.length).toBeGreaterThan(5);
    expect(head.wants(many, fiveHours)).toBe(true);
    // Most of it is gone from the head's view: it may have changed.
    head.loads.add(1_000_000);
    expect(head.wants(many, fiveHours)).toBe(false);
    head.workedOut(many, fiveHours, 24_000_000);
    expect(head.wants(many, fiveHours)).toBe(false);
    expect(headOf(0).wants(many.slice(0, 1), fiveHours)).toBe(false);
  });

  it('reads what lies before, and a little more, when someone looks further back', async () => {
    const [head, stored] = [headOf(), new Stored()];
    stored.put(1, ...every(0, 9_000_000).map(({ timeMs }) => sample(timeMs, timeMs, 1)));
    const ask = (startMs: number) =>
      head.read([seriesOf(1)], { startMs, endMs: startMs + 1_600_000 }, 'all', stored.read);
    await ask(4_000_000);
    const before = await ask(3_985_000);
    expect(stored.reads[1]!.stretch).toEqual({ startMs: 3_885_000, endMs: 4_000_000 });
    expect(timesOf(before, 1)).toEqual(
      stored.within(1n, { startMs: 3_985_000, endMs: 5_585_000 }).map(({ timeMs }) => timeMs),
    );
    expect(before.get(1n)!.startsMs!.every((start) => start === 1)).toBe(true);
    await ask(3_900_000);
    expect(stored.reads).toHaveLength(2);
  });

  it('gives what is stored, whatever is asked, loaded and late at the same time', async () => {
    for (let seed = 1; seed <= 40; seed++) await storm(numbers(seed), seed % 3 === 0 ? MIB / 16 : MIB);
  });
});

/** Reads and loads at random, several at a time. A read must see all that was loaded before it began, in order and without doubles. */
async function storm(next: () => number, maxBytes: number): Promise<void> {
  const [head, stored] = [headOf(maxBytes), new Stored()];
  const ids = [1, 2, 3, 4, 5, 6];
  for (const id of ids) stored.put(id, ...every(NOW_MS - 3_000_000, NOW_MS - 1_000_000));
  stored.slow = async () => {
    for (let turns = Math.floor(next() * 4); turns > 0; turns--)
      await new Promise((done) => setImmediate(done));
  };
  const load = (): void => {
    const timeMs = NOW_MS - Math.floor(next() ** 3 * 2_500_000);
    for (const id of ids)
      if (next() < 0.5) stored.put(id, sample(timeMs + id, next(), next() < 0.1 ? timeMs - 5 : 1));
    head.loads.add(timeMs);
  };
  const read = async (): Promise<void> => {
    const startMs = NOW_MS - Math.floor(next() * 3_000_000);
    const stretch = { startMs, endMs: next() < 0.5 ? NOW_MS : startMs + Math.floor(next() * 900_000) };
    const series = ids.filter(() => next() < 0.6).map(seriesOf);
    const before = series.map(({ id }) => stored.within(id, stretch));
    const found = await head.read(series, stretch, 'all', stored.read);
    const after = series.map(({ id }) => new Set(stored.within(id, stretch).map(({ timeMs }) => timeMs)));
    for (const [i, { id }] of series.entries()) {
      const columns = found.get(id);
      const times = [...(columns?.timesMs ?? [])];
      const values = new Map(times.map((timeMs, at) => [timeMs, columns!.values[at]]));
      const missed = before[i]!.filter(({ timeMs, value }) => values.get(timeMs) !== value);
      const invented = times.filter((timeMs) => !after[i]!.has(timeMs));
      const disordered = times.filter((timeMs, at) => at > 0 && times[at - 1]! >= timeMs);
      expect({ missed, invented, disordered }).toEqual({ missed: [], invented: [], disordered: [] });
    }
  };
  for (let round = 0; round < 30; round++) {
    const reads = Array.from({ length: 1 + Math.floor(next() * 4) }, read);
    if (next() < 0.7) load();
    await Promise.all(reads);
  }
}
