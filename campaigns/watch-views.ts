/** What the watch knows of a campaign, and the API's views of it. */
import type { CampaignDetail, CampaignSummary, VenueForecast } from '../model/api/campaign.ts';
import type { VenueMeasurement } from './collect.ts';
import type { CrowdPlan } from './crowd.ts';
import { densityLevel } from './density-level.ts';
import { forecastVenue } from './forecast.ts';
import type { ForecastInput } from './gate-day.ts';
import type { Campaign, Venue } from './manifest.ts';
import { placedPerMinute } from './placed-per-minute.ts';
import { venueTickets } from './ticket-counts.ts';
import { offerInvariants } from './unit-counts.ts';
import { type CampaignState, newCampaignState } from './watch-state.ts';
import { campaignPhaseAt, campaignWindow } from './window.ts';

/** A campaign's row without what alerts and incidents add to it. */
export type WatchedSummary = Omit<CampaignSummary, 'firingAlerts' | 'openIncidents'>;
/** A campaign's page without what alerts and incidents add to it. */
export type WatchedDetail = Omit<CampaignDetail, 'firingAlerts' | 'openIncidents' | 'alerts' | 'incidents'>;

/** The part of what is known that the views need. */
export interface Known {
  readonly campaign: Campaign;
  readonly state: CampaignState | null;
  /** By venue, then by gate. */
  readonly measured: ReadonlyMap<string, ReadonlyMap<string, VenueMeasurement>>;
}

export function forecastInput(each: Known, venue: Venue, state: CampaignState): ForecastInput {
  const { cohorts, missing } = venueTickets(venue, state.tickets, state.units);
  return { cohorts, missing, measured: each.measured.get(venue.id) ?? new Map() };
}

function venueForecasts(
  each: Known,
  nowMs: number,
  plans: Readonly<Record<string, CrowdPlan>> = {},
): VenueForecast[] {
  const state = each.state ?? newCampaignState(nowMs);
  return each.campaign.venues.map((venue) => {
    const plan = plans[venue.id];
    const input = forecastInput(each, venue, state);
    return forecastVenue(each.campaign, venue, plan === undefined ? input : { ...input, plan }, nowMs);
  });
}

export function summaryOf(
  each: Known,
  nowMs: number,
  forecasts = venueForecasts(each, nowMs),
): WatchedSummary {
  const { campaign, state } = each;
  const worst = forecasts
    .flatMap(({ venueId, peak }) => (peak === null ? [] : [{ venueId, peak }]))
    .sort((a, b) => b.peak.densityFront - a.peak.densityFront)[0];
  return {
    id: campaign.id,
    title: campaign.title,
    phase: campaignPhaseAt(campaign, nowMs),
    startsAtMs: campaignWindow(campaign, nowMs).startMs,
    endsAtMs: campaignWindow(campaign, nowMs).endMs,
    surge:
      worst === undefined
        ? null
        : {
            venueId: worst.venueId,
            densityMax: worst.peak.densityFront,
            peakAtMs: worst.peak.atMs,
            level: densityLevel(worst.peak.densityFront),
          },
    placedPerMinute: placedPerMinute(state?.placed ?? {}, nowMs),
  };
}

export function detailOf(
  each: Known,
  nowMs: number,
  plans: Readonly<Record<string, CrowdPlan>>,
): WatchedDetail {
  const { campaign, state } = each;
  const venues = venueForecasts(each, nowMs, plans);
  const counted = state === null || state.lastSampleMs === null ? null : state.units;
  return {
    ...summaryOf(each, nowMs, venues),
    description: campaign.description,
    timezone: campaign.timezone,
    owner: campaign.owner,
    dashboardUid: campaign.dashboardUid,
    cities: campaign.cities.map((city) => city.code),
    offers: campaign.offers.map((offer) => offerInvariants(counted, offer, state?.untilMs ?? nowMs)),
    venues,
  };
}
