import { z } from 'zod';

export const CAMPAIGN_TABS = ['overview', 'venue', 'alerts', 'settings'] as const;

export const campaignSearch = z.object({
  tab: z.enum(CAMPAIGN_TABS).optional().catch(undefined),
  venue: z.string().optional().catch(undefined),
  /** The opening day that the forecast shows, YYYY-MM-DD. */
  day: z.string().optional().catch(undefined),
  /** What if: open lanes by gate, `north:3,south:2`. */
  lanes: z
    .string()
    .regex(/^[\w.-]+:\d{1,2}(,[\w.-]+:\d{1,2})*$/)
    .optional()
    .catch(undefined),
  /** What if: the share of holders who are told to stay away, 0 to 1. */
  told: z.coerce.number().min(0).max(1).optional().catch(undefined),
});
