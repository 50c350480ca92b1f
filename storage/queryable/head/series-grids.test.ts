import { expect, it } from 'vitest';
import { fillFloatRate } from '../../../promql/evaluate/float-rate.ts';
import { RATE_KINDS } from '../../../promql/evaluate/rate.ts';
import { LabelSet } from '../../../promql/label-set.ts';
import { indexAfter, type SampleColumns } from '../sample-columns.ts';
import type { IndexedSeries } from '../series-index.ts';
import { type ReadStored, SampleHead } from './sample-head.ts';
import type { HeadGrid } from './series-grids.ts';

const NOW_MS = 20_000_000;
const SCRAPE_MS = 15_000;

/** Numbers in [0, 1), the same every time. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

const seriesOf = (id: number): IndexedSeries => ({
  id: BigInt(id),
  labels: LabelSet.fromLabels({ i: String(id) }),
  firstMs: 0,
  lastMs: NOW_MS,
  native: false,
});

/** A store whose counters grow, fall and pause, and to which late samples come. */
class Growing {
  readonly #samples = new Map<bigint, Map<number, number>>();
  readonly #next: () => number;

  constructor(next: () => number) {
    this.#next = next;
  }

  put(id: bigint, timeMs: number): void {
    const samples = this.#samples.get(id) ?? new Map<number, number>();
    samples.set(timeMs, Math.floor(this.#next() * 5) + (this.#next() < 0.05 ? 0 : timeMs / 1_000));
    this.#samples.set(id, samples);
  }

  columns(id: bigint, startMs: number, endMs: number): SampleColumns {
    const times = [...(this.#samples.get(id)?.keys() ?? [])].sort((a, b) => a - b);
    const timesMs = Float64Array.from(times);
    const [from, to] = [indexAfter(timesMs, times.length, startMs), indexAfter(timesMs, times.length, endMs)];
    const values = Float64Array.from(times, (timeMs) => this.#samples.get(id)!.get(timeMs)!);
    return { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to), startsMs: undefined };
  }

  readonly read: ReadStored = async (series, { startMs, endMs }) =>
    new Map(series.map(({ id }) => [id, this.columns(id, startMs, endMs)]));
}

const SHAPES = [
  { func: 'rate', windowMs: 300_000, stepMs: 60_000 },
  { func: 'increase', windowMs: 45_000, stepMs: 20_000 },
  { func: 'delta', windowMs: 60_000, stepMs: 60_000 },
] as const;

/** A grid as a view asks for it that moves on, or looks around. */
function randomGrid(next: () => number, nowMs: number): HeadGrid {
  const shape = SHAPES[Math.floor(next() * SHAPES.length)]!;
  const endMs = Math.floor((nowMs - next() ** 3 * 2_000_000) / shape.stepMs) * shape.stepMs;
  const startMs = endMs - Math.floor(next() * 60) * shape.stepMs;
  return { ...shape, startMs, endMs };
}

it('gives what the evaluator gives, whatever was asked before and loaded since', async () => {
  for (let seed = 1; seed <= 3; seed++) {
    const next = numbers(seed);
    const stored = new Growing(next);
    const head = new SampleHead({ maxBytes: seed % 4 === 0 ? 60_000 : 2 ** 24, now: () => NOW_MS });
    const series = [1, 2, 3].map(seriesOf);
    let nowMs = NOW_MS - 6_000_000;
    for (let round = 0; round < 60; round++) {
      for (let more = Math.floor(next() * 20); more > 0; more--) {
        nowMs += SCRAPE_MS;
        for (const { id } of series) if (next() < 0.9) stored.put(id, nowMs);
        head.loads.add(nowMs);
      }
      if (next() < 0.2) {
        const lateMs = nowMs - Math.floor(next() * 1_000_000);
        for (const { id } of series) stored.put(id, lateMs);
        head.loads.add(lateMs);
      }
      const grid = randomGrid(next, nowMs);
      const found = await head.grids(series, grid, stored.read, () => undefined);
      expect(found.left).toEqual([]);
      for (const { id, labels } of series) {
        const steps = (grid.endMs - grid.startMs) / grid.stepMs + 1;
        const wanted = { values: new Float64Array(steps), present: new Uint8Array(steps) };
        const { timesMs: times, values } = stored.columns(id, grid.startMs - grid.windowMs, grid.endMs);
        const any = fillFloatRate(
          { times, values },
          { ...grid, steps },
          grid.windowMs,
          RATE_KINDS[grid.func],
          wanted,
        );
        const got = found.series.find((one) => one.labels === labels);
        expect(got && { values: got.values, present: got.present }).toEqual(any ? wanted : undefined);
      }
    }
  }
});
