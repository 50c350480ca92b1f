import { z } from 'zod';
import { campaignDetail, campaignSummary, venueForecast } from '../../../model/api/campaign.ts';
import type { CampaignViews } from '../../views/campaigns.ts';
import { BadRequest, NotFound } from '../problem.ts';
import { defineRoute, type Route } from '../route.ts';

/** `north:3,south:2`: open lanes by gate. */
const lanes = z
  .string()
  .regex(
    /^[\w.-]+:\d{1,4}(,[\w.-]+:\d{1,4})*$/,
    'write gate:lanes pairs with commas, such as north:3,south:2',
  )
  .transform((text) =>
    Object.fromEntries(text.split(',').map((pair) => [pair.split(':')[0]!, Number(pair.split(':')[1])])),
  )
  .optional();
const whatIf = z.object({ lanes, told: z.coerce.number().min(0).max(1).default(0) });

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
  defineRoute({
    method: 'get',
    path: '/api/campaigns/:id/venues/:venue/forecast',
    summary:
      'What if: the forecast with other lanes (gate:lanes,…), or when a share of the holders was told to stay away',
    query: whatIf,
    response: venueForecast,
    handle: async ({ params, query }) => {
      const { lanes, told } = query;
      const forecast = campaigns.whatIf(params.id!, params.venue!, {
        told,
        ...(lanes !== undefined && { lanes }),
      });
      if (forecast === null) throw new NotFound('venue of that campaign', params.venue!);
      const gates = new Set(forecast.gates.map(({ id }) => id));
      const strange = Object.keys(lanes ?? {}).find((gate) => !gates.has(gate));
      if (strange !== undefined)
        throw new BadRequest(
          `the venue has no gate «${strange}», only ${[...gates].join(', ')}`,
          'query.lanes',
        );
      return forecast;
    },
  }),
];
