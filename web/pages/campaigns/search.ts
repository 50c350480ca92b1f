import { z } from 'zod';

export const CAMPAIGN_TABS = ['overview', 'venue', 'alerts', 'settings'] as const;

export const campaignSearch = z.object({
  tab: z.enum(CAMPAIGN_TABS).optional().catch(undefined),
  venue: z.string().optional().catch(undefined),
  /** The opening day that the forecast shows, YYYY-MM-DD. */
  day: z.string().optional().catch(undefined),
});
