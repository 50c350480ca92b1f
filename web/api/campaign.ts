import { type CampaignDetail, campaignDetail } from '../../model/api/campaign.ts';
import { request } from './request.ts';

/** GET /api/campaigns/{id}: its invariants, venues and forecasts. */
export const fetchCampaign = (id: string, signal?: AbortSignal): Promise<CampaignDetail> =>
  request(`/api/campaigns/${encodeURIComponent(id)}`, campaignDetail, { signal });
