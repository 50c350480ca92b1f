import { TEXT } from '../annotations.ts';
import { metricNameOf, type RangeFunction, type RangeWindow } from './range-window.ts';

export const hasFloats = (window: RangeWindow): boolean => window.to > window.from;
export const hasHistograms = (window: RangeWindow): boolean => window.histogramTo > window.histogramFrom;

/** A function of the floats of a window; histograms beside them are ignored, with a note. */
export function overFloats(
  fn: (values: Float64Array, from: number, to: number, window: RangeWindow) => number,
): RangeFunction {
  return (window) => {
    if (!hasFloats(window)) return undefined;
    if (hasHistograms(window)) noteIgnored(window);
    return fn(window.samples.values, window.from, window.to, window);
  };
}

export function noteIgnored(window: RangeWindow): void {
  window.annotations.info(TEXT.histogramIgnoredInRange(metricNameOf(window)), window.position);
}
