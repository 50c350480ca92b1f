import { z } from 'zod';

/** `planned` before the window, `live` inside it, `cooling` after it while a venue still expects people, `ended`. */
export const campaignPhase = z.enum(['planned', 'live', 'cooling', 'ended']);
export type CampaignPhase = z.infer<typeof campaignPhase>;

/** A campaign as a row: lists, selectors, the Now page. Times are epoch milliseconds. */
export const campaignSummary = z.object({
  id: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }),
  phase: campaignPhase,
  startsAtMs: z.number(),
  endsAtMs: z.number(),
  /** Alerts firing now with this campaign's `campaign_id`. */
  firingAlerts: z.number().int(),
  openIncidents: z.number().int(),
  /** The worst venue's forecast on the high band, or null where there is no venue or no data. */
  surge: z
    .object({
      venueId: z.string(),
      densityMax: z.number(),
      peakAtMs: z.number(),
      level: z.enum(['good', 'information', 'warning', 'page', 'safety']),
    })
    .nullable(),
  /** Orders placed a minute over the last half hour, oldest first; null where nothing was reported. */
  placedPerMinute: z.array(z.tuple([z.number(), z.number().nullable()])),
});
export type CampaignSummary = z.infer<typeof campaignSummary>;

/** Exact counts of what must never happen, from `order.units` and the campaign's manifest. */
export const offerInvariants = z.object({
  offerId: z.string(),
  floorCny: z.number(),
  quotaUnits: z.number(),
  /** Units charged since the campaign began; null: no sale was ever reported. */
  unitsSold: z.number().nullable(),
  unitsUnderFloor: z.number().nullable(),
  unitsBeyondQuota: z.number().nullable(),
  /** Sold at a price that the service folded into `other`: their price is not known. */
  unitsPriceUnknown: z.number().nullable(),
  lowestPriceCny: z.number().nullable(),
  /** When the figures were last computed from telemetry. */
  asOfMs: z.number(),
});
export type OfferInvariants = z.infer<typeof offerInvariants>;

const band = z.object({ low: z.number(), middle: z.number(), high: z.number() });

/** The fluid-queue forecast of one venue over every opening hour of every validity day to come. */
export const venueForecast = z.object({
  venueId: z.string(),
  title: z.object({ en: z.string(), zh: z.string() }),
  gates: z.array(
    z.object({
      id: z.string(),
      title: z.object({ en: z.string(), zh: z.string() }),
      lanes: z.number(),
      lanesOpen: z.number().nullable(),
    }),
  ),
  queueAreaM2: z.number(),
  /** Tickets that were ever sold for this venue, the refunded and voided included: they come all the same. */
  ticketsHeld: z.number(),
  ticketsVoided: z.number(),
  /** People expected over all days. */
  expectedPeople: band,
  /** One point a step, opening hours only. Densities are persons per square metre at the queue's front. */
  points: z.array(
    z.object({
      atMs: z.number(),
      gateId: z.string(),
      arrivalsPerHour: band,
      servicePerHour: band,
      queue: band,
      densityFront: band,
    }),
  ),
  /** The worst moment on the high band; null where nobody is expected. */
  peak: z
    .object({
      atMs: z.number(),
      gateId: z.string(),
      densityFront: z.number(),
      queue: z.number(),
      waitMinutes: z.number(),
      arrivalsPerHour: z.number(),
    })
    .nullable(),
  /** When the high band first passes 3 and 4 persons/m2. */
  reaches: z.object({ page: z.number().nullable(), sev1: z.number().nullable() }),
  /** The last moment at which telling people, opening lanes or stopping the sale still helps. */
  actBefore: z.object({ notifyMs: z.number(), openLanesMs: z.number(), stopSaleMs: z.number() }).nullable(),
  /** What the forecast was computed from, and what is missing, in words. */
  basis: z.array(z.string()),
  /** The same sentences in Chinese. */
  basisZh: z.array(z.string()).optional(),
  computedAtMs: z.number(),
});
export type VenueForecast = z.infer<typeof venueForecast>;

export const campaignDetail = campaignSummary.extend({
  description: z.object({ en: z.string(), zh: z.string() }),
  timezone: z.string(),
  owner: z.string(),
  dashboardUid: z.string(),
  cities: z.array(z.string()),
  offers: z.array(offerInvariants),
  venues: z.array(venueForecast),
  alerts: z.array(z.string()).describe('fingerprints of the alerts that are pending or firing'),
  incidents: z.array(z.string()).describe('ids of incidents of this campaign, open ones first'),
});
export type CampaignDetail = z.infer<typeof campaignDetail>;
