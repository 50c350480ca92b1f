import type { ChartState, Threshold } from './types.ts';

/** The state of the highest threshold that the value has reached; undefined below all of them. */
export function thresholdState(value: number, thresholds: readonly Threshold[]): ChartState | undefined {
  let reached: Threshold | undefined;
  for (const threshold of thresholds)
    if (value >= threshold.value && (reached === undefined || threshold.value >= reached.value))
      reached = threshold;
  return reached?.state;
}
