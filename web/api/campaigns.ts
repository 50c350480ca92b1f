import { z } from 'zod';
import { type CampaignSummary, campaignSummary } from '../../model/api/campaign.ts';
import { request } from './request.ts';

const answer = z.object({ campaigns: z.array(campaignSummary) });

/** GET /api/campaigns: every campaign, as rows. */
export const fetchCampaigns = async (signal?: AbortSignal): Promise<CampaignSummary[]> =>
  (await request('/api/campaigns', answer, { signal })).campaigns;
