import { z } from 'zod';
import {
  type CampaignDetail,
  type CampaignSummary,
  campaignDetail,
  campaignSummary,
} from '../../../model/api/campaign.ts';
import { NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

export interface CampaignViews {
  summaries(): CampaignSummary[];
  detail(id: string): CampaignDetail | undefined;
}

export const campaignRoutes = (campaigns: CampaignViews): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/campaigns',
    summary: 'Every campaign with its phase, alerts, incidents and surge risk',
    response: z.object({ campaigns: z.array(campaignSummary) }),
    handle: async () => ({ campaigns: campaigns.summaries() }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/campaigns/:id',
    summary: "One campaign: exact counts of its offers, its venues' forecasts, alerts and incidents",
    response: campaignDetail,
    handle: async ({ params }) => {
      const found = campaigns.detail(params.id!);
      if (found === undefined) throw new NotFound('campaign', params.id!);
      return found;
    },
  }),
];
