/** When the forecast passes a density, and until when something can still be done about it. */
import type { VenueForecast } from '../model/api/campaign.ts';
import { MINUTE_MS } from '../model/units.ts';
import { DENSITY_LEVELS } from './density-level.ts';
import { firstReachMs, fluidQueue, peopleAtDensity, queueAt } from './fluid-queue.ts';
import { type GateDay, laneRatePerHour, spansFrom } from './gate-day.ts';
import type { Venue } from './manifest.ts';
import { stepsBetween } from './window.ts';

/** The first moment at which the high band is as dense, and where. */
export interface Reach {
  readonly atMs: number;
  readonly gateDay: GateDay;
}

export function earliestReach(
  venue: Venue,
  gateDays: readonly GateDay[],
  densityPerM2: number,
): Reach | null {
  let earliest: Reach | null = null;
  for (const each of gateDays) {
    const people = peopleAtDensity(densityPerM2, each.gate.queueAreaM2, venue.frontFactor);
    const atMs = firstReachMs(each.courses.high, people);
    if (atMs !== null && (earliest === null || atMs < earliest.atMs))
      earliest = { atMs: Math.round(atMs), gateDay: each };
  }
  return earliest;
}

/**
 * The last moments that still help against the first gate to pass 3 persons/m2: a notice must reach people before
 * they leave; lanes must work while the queue is still short enough for them; a ticket bought later than the travel
 * time before the crossing no longer joins that queue. Moments already past mean: at once.
 */
export function actBefore(
  venue: Venue,
  gateDays: readonly GateDay[],
  reach: Reach,
  nowMs: number,
): NonNullable<VenueForecast['actBefore']> {
  const { notice, lanes, travel } = venue.leadMinutes;
  const pages = gateDays.filter((each) => earliestReach(venue, [each], DENSITY_LEVELS.page) !== null);
  const lanesMs = Math.min(
    ...pages.map((each) => lastLanesMs(venue, each, nowMs) ?? Number.POSITIVE_INFINITY),
  );
  return {
    notifyMs: reach.atMs - notice * MINUTE_MS,
    openLanesMs: (Number.isFinite(lanesMs) ? Math.min(lanesMs, reach.atMs) : reach.atMs) - lanes * MINUTE_MS,
    stopSaleMs: reach.atMs - travel * MINUTE_MS,
  };
}

/**
 * The last quarter hour at which opening every lane of a gate keeps its front below 3 persons/m2 for the rest of the
 * day on the high band; null where that is never enough.
 */
function lastLanesMs(venue: Venue, { gate, day, spans, courses }: GateDay, nowMs: number): number | null {
  const servicePerHour = (gate.lanesMax ?? gate.lanes) * laneRatePerHour(venue, 'high');
  const limit = peopleAtDensity(DENSITY_LEVELS.page, gate.queueAreaM2, venue.frontFactor);
  let last: number | null = null;
  for (const atMs of stepsBetween(Math.max(day.openMs, nowMs), day.closeMs, 15)) {
    if ((firstReachMs(courses.high, limit) ?? Number.POSITIVE_INFINITY) <= atMs) break;
    const after = spansFrom(spans.high, atMs).map((span) => ({ ...span, servicePerHour }));
    if (firstReachMs(fluidQueue(after, queueAt(courses.high, atMs)), limit) === null) last = atMs;
  }
  return last;
}
