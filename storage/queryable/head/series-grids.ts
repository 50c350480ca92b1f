import { fillFloatRate } from '../../../promql/evaluate/float-rate.ts';
import { RATE_KINDS } from '../../../promql/evaluate/rate.ts';
import { toRangeSamples } from '../../../promql/evaluate/samples.ts';
import { LabelSet } from '../../../promql/label-set.ts';
import type { GridRequest, GridSeries } from '../../../promql/queryable.ts';
import { indexAfter, type SampleColumns } from '../sample-columns.ts';

/** A function at startMs, startMs + stepMs, … endMs, as in `GridRequest`. */
export type HeadGrid = Pick<GridRequest, 'startMs' | 'endMs' | 'stepMs' | 'windowMs'> & {
  readonly func: keyof typeof RATE_KINDS;
};

/** Grids of one series that are kept: some dashboards, and two refreshes of those that do not align their steps. */
const MAX_GRIDS = 4;
/** A grid that has grown to this many times what is asked for is cut: a live view moves on for ever. */
const MAX_GROWTH = 1.5;

interface Points {
  readonly firstMs: number;
  readonly stepMs: number;
  readonly values: Float64Array;
  readonly present: Uint8Array;
}

/**
 * What functions gave of one series on grids that queries ask for. Panels of a dashboard ask the same, and the next refresh asks the same
 * again and a few steps more: only these are worked out. Arrays that were handed out are never written to.
 */
export class SeriesGrids {
  /** In order of use. */
  readonly #points = new Map<string, Points>();

  get bytes(): number {
    let bytes = 0;
    for (const { values, present } of this.#points.values()) bytes += values.byteLength + present.byteLength;
    return bytes;
  }

  /** Drops what later samples than `ms` went into: they may have changed. */
  forgetAfter(ms: number): void {
    for (const [key, points] of this.#points) {
      const steps = Math.floor((ms - points.firstMs) / points.stepMs) + 1;
      if (steps >= points.values.length) continue;
      if (steps <= 0) this.#points.delete(key);
      else this.#points.set(key, part(points, 0, steps));
    }
  }

  /**
   * The function's values on the grid; `samples` are those in (startMs - windowMs, endMs] of a series without start times that count.
   * Undefined if no step has one.
   */
  of(labels: LabelSet, samples: SampleColumns, grid: HeadGrid): GridSeries | undefined {
    const key = keyOf(grid);
    const steps = Math.round((grid.endMs - grid.startMs) / grid.stepMs) + 1;
    let points = this.#points.get(key);
    const before = points === undefined ? -1 : Math.round((grid.startMs - points.firstMs) / grid.stepMs);
    if (points === undefined || before < 0 || before + steps > points.values.length)
      points = widened(points, samples, grid, steps);
    this.#keep(key, points);
    const at = Math.round((grid.startMs - points.firstMs) / grid.stepMs);
    const { values, present } = part(points, at, at + steps);
    return present.includes(1) ? { labels, values, present } : undefined;
  }

  #keep(key: string, points: Points): void {
    this.#points.delete(key);
    this.#points.set(key, points);
    if (this.#points.size <= MAX_GRIDS) return;
    for (const oldest of this.#points.keys()) {
      this.#points.delete(oldest);
      return;
    }
  }
}

/** Grids with the same key have steps at the same times, some of them. */
const keyOf = ({ func, windowMs, stepMs, startMs }: HeadGrid): string =>
  `${func} ${windowMs} ${stepMs} ${startMs % stepMs}`;

/** Some of the points; all of them as they are. */
function part(points: Points, from: number, to: number): Points {
  if (from === 0 && to === points.values.length) return points;
  return {
    firstMs: points.firstMs + from * points.stepMs,
    stepMs: points.stepMs,
    values: points.values.subarray(from, to),
    present: points.present.subarray(from, to),
  };
}

/** The points of a grid of so many steps, and of those `known` the ones around it; what is not known is worked out. */
function widened(known: Points | undefined, samples: SampleColumns, grid: HeadGrid, steps: number): Points {
  const { stepMs } = grid;
  const knownSteps = known === undefined ? 0 : known.values.length;
  const offset = known === undefined ? 0 : Math.round((known.firstMs - grid.startMs) / stepMs);
  const touches = known !== undefined && offset <= steps && offset + knownSteps >= 0;
  let [from, to] = touches ? [Math.min(0, offset), Math.max(steps, offset + knownSteps)] : [0, steps];
  if (to - from > MAX_GROWTH * Math.max(steps, knownSteps)) [from, to] = [0, steps];
  const points = {
    firstMs: grid.startMs + from * stepMs,
    stepMs,
    values: new Float64Array(to - from),
    present: new Uint8Array(to - from),
  };
  // Known steps that are wanted: [first, last) of the grid.
  const [first, last] = touches
    ? [Math.max(from, offset), Math.min(to, offset + knownSteps)]
    : [steps, steps];
  if (touches && first < last) {
    points.values.set(known.values.subarray(first - offset, last - offset), first - from);
    points.present.set(known.present.subarray(first - offset, last - offset), first - from);
  }
  const nothingKnown = first >= last;
  workOut(points, 0, nothingKnown ? to - from : first - from, samples, grid);
  if (!nothingKnown) workOut(points, last - from, to - from, samples, grid);
  return points;
}

/** Fills in the points [from, to). */
function workOut(
  { firstMs, values, present }: Points,
  from: number,
  to: number,
  samples: SampleColumns,
  { func, stepMs, windowMs }: HeadGrid,
): void {
  if (from >= to) return;
  const startMs = firstMs + from * stepMs;
  const { times, values: floats } = floatsIn(samples, startMs - windowMs, firstMs + (to - 1) * stepMs);
  fillFloatRate(
    { times, values: floats },
    { startMs, stepMs, steps: to - from },
    windowMs,
    RATE_KINDS[func],
    {
      values: values.subarray(from, to),
      present: present.subarray(from, to),
    },
  );
}

/** The samples in (afterMs, untilMs] without staleness markers. */
function floatsIn({ timesMs, values }: SampleColumns, afterMs: number, untilMs: number) {
  const from = indexAfter(timesMs, timesMs.length, afterMs);
  const to = indexAfter(timesMs, timesMs.length, untilMs);
  const timestampsMs = timesMs.subarray(from, to);
  return toRangeSamples({ labels: LabelSet.empty(), timestampsMs, values: values.subarray(from, to) });
}
