/**
 * Whether a start time says that a counter began anew between two samples. 0 is unknown; one at or after its sample is not to be
 * believed. One exactly at the sample before means a delta series, or, if that sample's own start is unknown, a cumulative series of
 * unknown start.
 */
export function startTimeSaysReset(
  previousStart: number,
  previousTime: number,
  start: number,
  time: number,
): boolean {
  if (start === 0 || start >= time || start < previousTime) return false;
  if (start > previousTime) return true;
  if (previousStart > previousTime) return false;
  return previousStart !== 0 && previousStart !== previousTime;
}

/** Whether a sample claims to have begun before the one before it, without being the same run. */
export const startTimeOverlaps = (previousStart: number, previousTime: number, start: number): boolean =>
  start !== 0 && start < previousTime && start !== previousStart;
