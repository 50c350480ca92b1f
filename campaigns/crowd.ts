/** From tickets to people: who may come to a venue, on which day, on each band of the prior. */
import type { Venue } from './manifest.ts';
import { addDays } from './zone-time.ts';

/** Tickets of a venue that were sold on one local day. */
export interface TicketCohort {
  /** Local date of the purchase, of the campaign's zone. */
  readonly soldOn: string;
  /** The day the ticket is bound to, where telemetry names one. */
  readonly validityDay: string | null;
  /** Tickets ever sold, the voided ones included: their holders come all the same. */
  readonly sold: number;
  readonly voided: number;
}

export const BANDS = ['low', 'middle', 'high'] as const;
export type Band = (typeof BANDS)[number];

/** Figures that are not the manifest's: what a liaison tries out or has agreed with the venue. */
export interface CrowdPlan {
  /** Lanes at work by gate id, instead of the manifest's plan. */
  readonly lanes?: Readonly<Record<string, number>>;
  /** Share of all ticket holders who were told not to come and stay away, 0 to 1. */
  readonly told?: number;
}

/** Voided tickets, as a share of all, from which a cancellation is the talk of the town (set). */
const HURRY_SHARE = 0.1;

/** People by date (`2026-02-06`) and band. */
export type CrowdByDay = ReadonlyMap<string, Readonly<Record<Band, number>>>;

/**
 * The people that a venue's tickets may bring, by day. Once many tickets were voided, holders hurry: the high band
 * then takes the front-loaded shares of the manifest, where it has any.
 */
export function crowdByDay(venue: Venue, cohorts: readonly TicketCohort[], plan: CrowdPlan = {}): CrowdByDay {
  const days = new Map<string, Record<Band, number>>();
  const held = cohorts.reduce((sum, cohort) => sum + cohort.sold, 0);
  const hurried = cohorts.reduce((sum, cohort) => sum + cohort.voided, 0) >= HURRY_SHARE * held && held > 0;
  const staying = 1 - Math.min(1, Math.max(0, plan.told ?? 0));
  for (const cohort of cohorts) {
    const voided = Math.min(cohort.voided, cohort.sold);
    const weight = (cohort.sold - voided + voided * venue.voidedShowUpFactor) * staying;
    for (const band of BANDS) {
      for (const [date, share] of cohortDays(venue, cohort, hurried && band === 'high')) {
        const day = days.get(date) ?? { low: 0, middle: 0, high: 0 };
        day[band] += weight * share * venue.showUp[band];
        days.set(date, day);
      }
    }
  }
  return days;
}

/** Dates and shares over which a cohort spreads. Days that were over when the ticket was bought go to the others. */
function cohortDays(venue: Venue, cohort: TicketCohort, hurried: boolean): [string, number][] {
  if (venue.validity.boundToDay && cohort.validityDay !== null) return [[cohort.validityDay, 1]];
  const frontLoaded = hurried && venue.validity.days.some((day) => day.frontLoadedShare !== undefined);
  const days = venue.validity.days
    .map((day): [string, number] => [
      'dayOffset' in day ? addDays(cohort.soldOn, day.dayOffset) : day.date,
      frontLoaded ? (day.frontLoadedShare ?? 0) : day.share,
    ])
    .filter(([date]) => date >= cohort.soldOn);
  const sum = days.reduce((total, [, share]) => total + share, 0);
  return sum === 0 ? [] : days.map(([date, share]) => [date, share / sum]);
}
