/** Tickets of a venue, by the day of their purchase and the day they are bound to. */

import type { Labels } from '../model/labels.ts';
import type { TicketCohort } from './crowd.ts';
import type { Words } from './forecast-basis.ts';
import type { Increment } from './increments.ts';
import type { Campaign, Venue } from './manifest.ts';
import { add, entry, type Tally, total } from './tally.ts';
import type { UnitCounts } from './unit-counts.ts';
import { localDateAt } from './zone-time.ts';

/** Serialisable. By venue, then by validity day (empty text: none named); sold also by local day of the purchase. */
export interface TicketCounts {
  readonly sold: Record<string, Record<string, Tally>>;
  readonly voided: Record<string, Tally>;
}

export const noTickets = (): TicketCounts => ({ sold: {}, voided: {} });

export function addTicketsSold(
  counts: TicketCounts,
  increments: readonly Increment[],
  campaign: Campaign,
): void {
  for (const { labels, atMs, amount } of increments) {
    const venue = declaredVenue(campaign, labels);
    if (venue === null || amount === 0) continue;
    const days = entry(counts.sold, venue, () => ({}));
    add(
      entry(days, validityDay(labels), () => ({})),
      localDateAt(atMs, campaign.timezone),
      amount,
    );
  }
}

export function addTicketsVoided(
  counts: TicketCounts,
  increments: readonly Increment[],
  campaign: Campaign,
): void {
  for (const { labels, amount } of increments) {
    const venue = declaredVenue(campaign, labels);
    if (venue !== null && amount > 0)
      add(
        entry(counts.voided, venue, () => ({})),
        validityDay(labels),
        amount,
      );
  }
}

function declaredVenue(campaign: Campaign, labels: Labels): string | null {
  return campaign.venues.find((venue) => venue.id === labels[campaign.names.venueLabel])?.id ?? null;
}

function validityDay(labels: Labels): string {
  const text = labels.validity_day ?? '';
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : '';
}

export interface VenueTickets {
  readonly cohorts: readonly TicketCohort[];
  /** What is missing, in words. */
  readonly missing: readonly Words[];
}

const NO_SALE: Words = {
  en: 'No sale for this venue was reported: the forecast expects nobody.',
  zh: '没有收到该场地的销售数据：预测为无人前来。',
};

/**
 * A venue's cohorts. Where shops report more units than the ticket service reports tickets, the units count: the
 * larger crowd is the one to plan for.
 */
export function venueTickets(venue: Venue, tickets: TicketCounts, units: UnitCounts): VenueTickets {
  const cohorts = ticketCohorts(venue, tickets);
  const ticketsSold = cohorts.reduce((sum, cohort) => sum + cohort.sold, 0);
  const unitsByDay: Tally = {};
  for (const offer of venue.offers) {
    for (const [date, amount] of Object.entries(units.byDay[offer] ?? {})) add(unitsByDay, date, amount);
  }
  const unitsSold = total(unitsByDay);
  if (unitsSold <= ticketsSold) {
    const none = ticketsSold === 0 ? [NO_SALE] : [];
    return { cohorts, missing: none };
  }
  const voided = total(tickets.voided[venue.id] ?? {});
  const missing: Words =
    ticketsSold === 0
      ? {
          en: 'The ticket service reports no tickets for this venue; units sold are taken as tickets.',
          zh: '票务服务没有上报该场地的门票；以售出件数代替。',
        }
      : {
          en: `The ticket service reports ${ticketsSold} tickets, shops report ${unitsSold} units; the larger figure is taken.`,
          zh: `票务服务上报 ${ticketsSold} 张票，销售端上报 ${unitsSold} 件；按较大者计算。`,
        };
  return {
    cohorts: Object.entries(unitsByDay).map(([soldOn, amount]) => ({
      soldOn,
      validityDay: null,
      sold: amount,
      voided: Math.min(amount, (voided * amount) / unitsSold),
    })),
    missing: [missing],
  };
}

/** A voided ticket does not say when it was bought: the voided of a validity day are spread over its purchases. */
function ticketCohorts(venue: Venue, tickets: TicketCounts): TicketCohort[] {
  return Object.entries(tickets.sold[venue.id] ?? {}).flatMap(([validityDay, bySoldOn]) => {
    const voided = tickets.voided[venue.id]?.[validityDay] ?? 0;
    const sum = total(bySoldOn);
    return Object.entries(bySoldOn).map(([soldOn, sold]) => ({
      soldOn,
      validityDay: validityDay === '' ? null : validityDay,
      sold,
      voided: sum === 0 ? 0 : Math.min(sold, (voided * sold) / sum),
    }));
  });
}
