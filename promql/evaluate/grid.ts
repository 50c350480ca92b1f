import type { NativeHistogram } from '../histogram/native-histogram.ts';
import type { LabelSet } from '../label-set.ts';

/** The times an expression is evaluated at: startMs, startMs + stepMs, … An instant query has one step. */
export interface StepGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

/** What a query was asked for. The end may lie after the last step; an instant query has one time and a step of 0. */
export interface QueryBounds {
  readonly startMs: number;
  readonly endMs: number;
  readonly stepMs: number;
}

export function gridOf({ startMs, endMs, stepMs }: QueryBounds): StepGrid {
  if (stepMs === 0) return { startMs, stepMs: 1, steps: 1 };
  return { startMs, stepMs, steps: Math.floor((endMs - startMs) / stepMs) + 1 };
}

export const timeAt = (grid: StepGrid, step: number): number => grid.startMs + step * grid.stepMs;
export const endOf = (grid: StepGrid): number => timeAt(grid, grid.steps - 1);

/** What `VectorSeries.present` says of a step. */
export const ABSENT = 0;
export const FLOAT = 1;
export const HISTOGRAM = 2;

/** One series of an instant vector at every step. */
export interface VectorSeries {
  readonly labels: LabelSet;
  /** The metric's name is to be removed at the end, but may still be grouped and joined by. */
  readonly dropName: boolean;
  readonly values: Float64Array;
  /** ABSENT, FLOAT or HISTOGRAM for each step. */
  readonly present: Uint8Array;
  /** Where present says HISTOGRAM. */
  readonly histograms: (NativeHistogram | undefined)[] | undefined;
}

/** The value of an expression at every step. */
export type Value =
  | { readonly type: 'vector'; readonly series: readonly VectorSeries[] }
  | { readonly type: 'scalar'; readonly values: Float64Array }
  | { readonly type: 'string'; readonly value: string };

export const vectorOf = (series: readonly VectorSeries[]): Value & { type: 'vector' } => ({
  type: 'vector',
  series,
});

/** A series without any value yet. */
export class SeriesBuilder implements VectorSeries {
  readonly labels: LabelSet;
  readonly dropName: boolean;
  readonly values: Float64Array;
  readonly present: Uint8Array;
  histograms: (NativeHistogram | undefined)[] | undefined = undefined;
  #any = false;

  constructor(labels: LabelSet, dropName: boolean, steps: number) {
    this.labels = labels;
    this.dropName = dropName;
    this.values = new Float64Array(steps);
    this.present = new Uint8Array(steps);
  }

  setFloat(step: number, value: number): void {
    this.values[step] = value;
    this.present[step] = FLOAT;
    this.#any = true;
  }

  setHistogram(step: number, value: NativeHistogram): void {
    this.histograms ??= new Array<NativeHistogram | undefined>(this.values.length);
    this.histograms[step] = value;
    this.present[step] = HISTOGRAM;
    this.#any = true;
  }

  set(step: number, value: number | NativeHistogram | undefined): void {
    if (typeof value === 'number') this.setFloat(step, value);
    else if (value !== undefined) this.setHistogram(step, value);
  }

  copyFrom(series: VectorSeries, step: number): void {
    const kind = series.present[step];
    if (kind === FLOAT) this.setFloat(step, series.values[step]!);
    else if (kind === HISTOGRAM) this.setHistogram(step, series.histograms![step]!);
  }

  /** Whether any step has a value. */
  get any(): boolean {
    return this.#any;
  }
}

/** A value of one step at every step of a grid. */
export function repeatValue(value: Value, steps: number): Value {
  if (value.type === 'string') return value;
  if (value.type === 'scalar')
    return { type: 'scalar', values: new Float64Array(steps).fill(value.values[0]!) };
  return vectorOf(
    value.series.map((series) => ({
      labels: series.labels,
      dropName: series.dropName,
      values: new Float64Array(steps).fill(series.values[0]!),
      present: new Uint8Array(steps).fill(series.present[0]!),
      histograms:
        series.histograms && new Array<NativeHistogram | undefined>(steps).fill(series.histograms[0]),
    })),
  );
}
