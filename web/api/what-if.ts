import { type VenueForecast, venueForecast } from '../../model/api/campaign.ts';
import { request } from './request.ts';

/** What a commander thinks of doing at a venue. */
export interface Plan {
  /** Open lanes, `north:3,south:2`; undefined: as they stand. */
  readonly lanes: string | undefined;
  /** Share of all holders who are told and stay away, 0 to 1. */
  readonly told: number;
}

/** GET /api/campaigns/{id}/venues/{venue}/forecast: the venue's forecast under a plan. It changes nothing. */
export const fetchWhatIf = (
  campaign: string,
  venue: string,
  { lanes, told }: Plan,
  signal?: AbortSignal,
): Promise<VenueForecast> =>
  request(
    `/api/campaigns/${encodeURIComponent(campaign)}/venues/${encodeURIComponent(venue)}/forecast`,
    venueForecast,
    { search: { lanes, told }, signal },
  );
