import { EvaluationError } from '../errors.ts';
import { KahanSum } from './kahan.ts';
import type { RangeFunction, RangeWindow } from './range-window.ts';
import { hasFloats, hasHistograms, noteIgnored } from './window-kinds.ts';

/** Least squares through the floats: per second, and the value at `interceptMs`. */
function linearRegression(window: RangeWindow, interceptMs: number): { slope: number; intercept: number } {
  const { samples, from, to } = window;
  const first = samples.values[from]!;
  const sums = { x: new KahanSum(), y: new KahanSum(), xy: new KahanSum(), x2: new KahanSum() };
  let constant = true;
  for (let i = from; i < to; i++) {
    const y = samples.values[i]!;
    const x = (samples.times[i]! - interceptMs) / 1_000;
    if (i > from && y !== first) constant = false;
    sums.x.add(x);
    sums.y.add(y);
    sums.xy.add(x * y);
    sums.x2.add(x * x);
  }
  if (constant) {
    const finite = first !== Number.POSITIVE_INFINITY && first !== Number.NEGATIVE_INFINITY;
    return finite ? { slope: 0, intercept: first } : { slope: Number.NaN, intercept: Number.NaN };
  }
  const n = to - from;
  const [x, y, xy, x2] = [sums.x, sums.y, sums.xy, sums.x2].map((sum) => sum.sum + sum.compensation) as [
    number,
    number,
    number,
    number,
  ];
  const slope = (xy - (x * y) / n) / (x2 - (x * x) / n);
  return { slope, intercept: y / n - (slope * x) / n };
}

/** A function that needs two floats at least. */
function overTwoFloats(fn: (window: RangeWindow) => number): RangeFunction {
  return (window) => {
    if (hasFloats(window) && hasHistograms(window)) noteIgnored(window);
    return window.to - window.from < 2 ? undefined : fn(window);
  };
}

export const deriv = overTwoFloats(
  (window) => linearRegression(window, window.samples.times[window.from]!).slope,
);

export const predictLinear = overTwoFloats((window) => {
  const { slope, intercept } = linearRegression(window, window.evalMs);
  return slope * window.args[0]! + intercept;
});

/** Holt's linear smoothing; https://en.wikipedia.org/wiki/Exponential_smoothing */
export const doubleExponentialSmoothing: RangeFunction = (window) => {
  const [smoothing, trend] = window.args as [number, number];
  if (smoothing <= 0 || smoothing >= 1) {
    throw new EvaluationError(`invalid smoothing factor. Expected: 0 < sf < 1, got: ${smoothing.toFixed(6)}`);
  }
  if (trend <= 0 || trend >= 1) {
    throw new EvaluationError(`invalid trend factor. Expected: 0 < tf < 1, got: ${trend.toFixed(6)}`);
  }
  return smooth(window);
};

const smooth = overTwoFloats((window) => {
  const [smoothing, trend] = window.args as [number, number];
  const { samples, from, to } = window;
  let before = 0;
  let smoothed = samples.values[from]!;
  let slope = samples.values[from + 1]! - samples.values[from]!;
  for (let i = from + 1; i < to; i++) {
    if (i > from + 1) slope = trend * (smoothed - before) + (1 - trend) * slope;
    const next = smoothing * samples.values[i]! + (1 - smoothing) * (smoothed + slope);
    before = smoothed;
    smoothed = next;
  }
  return smoothed;
});
