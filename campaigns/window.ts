/** When a campaign is on, and on which days its tickets open a gate. */
import type { CampaignPhase } from '../model/api/campaign.ts';
import { MINUTE_MS } from '../model/units.ts';
import type { Campaign, Venue } from './manifest.ts';
import { addDays, localDateAt, parseLocalTime, zonedInstant } from './zone-time.ts';

export interface CampaignWindow {
  readonly startMs: number;
  readonly endMs: number;
}

/** The window at an instant. A rolling one begins at today's midnight of the campaign's zone, so it always is on. */
export function campaignWindow(campaign: Campaign, nowMs: number): CampaignWindow {
  const { window, timezone } = campaign;
  if (!('rolling' in window)) return { startMs: Date.parse(window.start), endMs: Date.parse(window.end) };
  const today = localDateAt(nowMs, timezone);
  return {
    startMs: zonedInstant(today, 0, timezone),
    endMs: zonedInstant(addDays(today, window.days), 0, timezone),
  };
}

/**
 * From when on sales count. For a rolling campaign that is seen for the first time, from the oldest purchase whose
 * ticket may still be used; later, what was counted stays counted.
 */
export function countedFromMs(campaign: Campaign, nowMs: number): number {
  const { startMs } = campaignWindow(campaign, nowMs);
  if (!('rolling' in campaign.window)) return startMs;
  const offsets = campaign.venues.flatMap((venue) =>
    venue.validity.days.map((day) => ('dayOffset' in day ? day.dayOffset : 0)),
  );
  const today = localDateAt(nowMs, campaign.timezone);
  return zonedInstant(addDays(today, -Math.max(0, ...offsets)), 0, campaign.timezone);
}

/** The zone whose clocks a venue's opening hours mean. */
export const venueTimeZone = (campaign: Campaign, venue: Venue): string =>
  venue.timezone ?? campaign.timezone;

export interface OpenDay {
  readonly date: string;
  /** When the first visitors may queue: the opening, or the first arrival span where that is earlier. */
  readonly queueFromMs: number;
  readonly openMs: number;
  readonly closeMs: number;
  /** The venue's arrival spans on this day. */
  readonly arrivals: readonly { readonly fromMs: number; readonly toMs: number; readonly share: number }[];
}

/** A local day of a venue as instants. */
export function openDay(campaign: Campaign, venue: Venue, date: string): OpenDay {
  const zone = venueTimeZone(campaign, venue);
  const at = (text: string) => zonedInstant(date, parseLocalTime(text) ?? 0, zone);
  const openMs = at(venue.openingHours.open);
  const arrivals = venue.arrivals.map(({ from, to, share }) => ({ fromMs: at(from), toMs: at(to), share }));
  return {
    date,
    queueFromMs: Math.min(openMs, ...arrivals.map((span) => span.fromMs)),
    openMs,
    closeMs: at(venue.openingHours.close),
    arrivals,
  };
}

/** `planned`, `live`, `cooling` while a venue may still expect people from it, `ended`. */
export function campaignPhaseAt(campaign: Campaign, nowMs: number): CampaignPhase {
  const { startMs, endMs } = campaignWindow(campaign, nowMs);
  if (nowMs < startMs) return 'planned';
  if (nowMs < endMs) return 'live';
  const lastCloseMs = Math.max(
    0,
    ...campaign.venues.flatMap((venue) =>
      venue.validity.days.map((day) => ('date' in day ? openDay(campaign, venue, day.date).closeMs : 0)),
    ),
  );
  return nowMs < lastCloseMs ? 'cooling' : 'ended';
}

/** `fromMs`, then every full `stepMinutes` of the clock after it, then `toMs`: a page that refreshes does not jitter. */
export function stepsBetween(fromMs: number, toMs: number, stepMinutes: number): number[] {
  const stepMs = stepMinutes * MINUTE_MS;
  const steps = [fromMs];
  for (let atMs = (Math.floor(fromMs / stepMs) + 1) * stepMs; atMs < toMs; atMs += stepMs) steps.push(atMs);
  steps.push(toMs);
  return steps;
}
