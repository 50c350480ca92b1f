import { z } from 'zod';
import { campaignDetail, campaignSummary } from '../../../model/api/campaign.ts';
import type { CampaignViews } from '../../views/campaigns.ts';
import { NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

export const campaignRoutes = (campaigns: CampaignViews): Route[] => [
  defineRoute({
    method: 'get',
    path: '/api/campaigns',
    summary: 'Every campaign with its phase, alerts, incidents and surge risk',
    response: z.object({ campaigns: z.array(campaignSummary) }),
    handle: async () => ({ campaigns: await campaigns.summaries() }),
  }),
  defineRoute({
    method: 'get',
    path: '/api/campaigns/:id',
    summary: "One campaign: exact counts of its offers, its venues' forecasts, alerts and incidents",
    response: campaignDetail,
    handle: async ({ params }) => {
      const found = await campaigns.detail(params.id!);
      if (found === null) throw new NotFound('campaign', params.id!);
      return found;
    },
  }),
];
