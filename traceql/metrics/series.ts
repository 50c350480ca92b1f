import type { StaticValue } from '../ast.ts';
import type { MetricsExemplar } from './exemplars.ts';

/** Buckets `[startMs + i·stepMs, startMs + (i+1)·stepMs)`; epoch milliseconds. A span counts where it starts. */
export interface MetricsGrid {
  readonly startMs: number;
  readonly stepMs: number;
  readonly steps: number;
}

export interface MetricsLabel {
  readonly name: string;
  readonly value: StaticValue;
}

/** One series of a metrics query. */
export interface MetricsSeries {
  /** In the order of `by`, then what its function adds; without any the function as `__name__`. */
  readonly labels: readonly MetricsLabel[];
  /** One a bucket; NaN where there is none. */
  readonly values: Float64Array;
  /** A few of its spans, by their start, where they were asked for. */
  readonly exemplars?: readonly MetricsExemplar[] | undefined;
}

/** What tells series apart. */
export const keyOfLabels = (labels: readonly MetricsLabel[]): string =>
  JSON.stringify(labels.map(({ name, value }) => [name, value.type, 'value' in value ? value.value : null]));

/** The grid that covers a range, aligned to the step. Times are epoch milliseconds; the end is exclusive. */
export function gridOver(startMs: number, endMs: number, stepMs: number): MetricsGrid {
  const first = Math.floor(startMs / stepMs) * stepMs;
  return { startMs: first, stepMs, steps: Math.max(1, Math.ceil((endMs - first) / stepMs)) };
}
