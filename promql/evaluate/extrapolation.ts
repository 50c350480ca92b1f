/**
 * By how much the growth between the first and the last sample of a range is raised to that of the whole range, as Prometheus does
 * it: to the edge of the range if the sample is nearer to it than 1.1 times the mean distance of samples, else by half that
 * distance. Times in epoch ms.
 *
 * @param intervals samples less one
 * @param startMs when the counter began, if that lies in the range before the first sample: then it is followed from there; else 0
 * @param zeroShare after which share of the sampled time before the first sample a counter would have been zero, which it was never
 * below; infinite if that does not matter
 */
export function extrapolationFactor(
  rangeStartMs: number,
  rangeEndMs: number,
  firstMs: number,
  lastMs: number,
  intervals: number,
  startMs: number,
  zeroShare: number,
): number {
  const sampledMs = lastMs - firstMs;
  const meanS = intervals > 0 ? sampledMs / 1_000 / intervals : 0;
  const thresholdS = meanS * 1.1;
  let toStartS = (firstMs - rangeStartMs) / 1_000;
  let toEndS = (rangeEndMs - lastMs) / 1_000;
  let sampledS = sampledMs / 1_000;
  if (startMs !== 0) {
    toStartS = 0;
    sampledS = (lastMs - startMs) / 1_000;
  } else {
    if (toStartS >= thresholdS) toStartS = meanS / 2;
    if (zeroShare !== Number.POSITIVE_INFINITY) toStartS = Math.min(toStartS, sampledS * zeroShare);
  }
  if (toEndS >= thresholdS) toEndS = meanS / 2;
  return sampledS === 0 ? 1 : (sampledS + toStartS + toEndS) / sampledS;
}
