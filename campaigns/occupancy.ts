/**
 * How many may be inside a venue at once: dI/dt = admitted − exits, with everybody admitted as they come and leaving after
 * their stay. That is the most there can be; where a queue holds people back, they are outside instead.
 */
import { HOUR_MS, MINUTE_MS } from '../model/units.ts';
import type { GateDay } from './gate-day.ts';

export interface Occupancy {
  readonly people: number;
  readonly atMs: number;
}

const STEP_MINUTES = 15;

/** The fullest moment on the high band over all days to come; null where nobody is expected. */
export function fullestMoment(gateDays: readonly GateDay[], stayHours: number): Occupancy | null {
  let fullest: Occupancy | null = null;
  for (const date of new Set(gateDays.map(({ day }) => day.date))) {
    const spans = gateDays.filter(({ day }) => day.date === date).flatMap((each) => each.spans.high);
    const cameBefore = (atMs: number) =>
      spans.reduce(
        (sum, { fromMs, toMs, arrivalsPerHour }) =>
          sum + (arrivalsPerHour * Math.max(0, Math.min(atMs, toMs) - fromMs)) / HOUR_MS,
        0,
      );
    const endMs = Math.max(...spans.map((span) => span.toMs));
    for (
      let atMs = Math.min(...spans.map((span) => span.fromMs));
      atMs <= endMs;
      atMs += STEP_MINUTES * MINUTE_MS
    ) {
      const people = cameBefore(atMs) - cameBefore(atMs - stayHours * HOUR_MS);
      if (people > (fullest?.people ?? 0)) fullest = { people, atMs };
    }
  }
  return fullest;
}
