/** The slice of a campaign manifest that the demo's services and its crowd act on. */
import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Campaign } from '../../campaigns/manifest.ts';
import { TidewardenError } from '../../model/errors.ts';

const hour = z.number().min(0).max(24);

export const demoCampaign = z.strictObject({
  id: z.string().min(1),
  offer: z.strictObject({
    id: z.string().min(1),
    listPriceCny: z.number().nonnegative(),
    /** The lowest price the campaign allows; only reported, no service enforces it. */
    floorPriceCny: z.number().nonnegative(),
    quotaUnits: z.number().int().nonnegative(),
    limiterPerSecond: z.number().positive(),
  }),
  venue: z.strictObject({
    id: z.string().min(1),
    timezone: z.string().min(1),
    /** Local hours; closed outside `[opensAtHour, closesAtHour)`. */
    opensAtHour: hour,
    closesAtHour: hour,
    /** Days after the purchase for which tickets are sold, and what part of them. */
    days: z.array(z.strictObject({ dayOffset: z.number().int().min(0), share: z.number().min(0) })).min(1),
    /** When a day's visitors come. */
    arrivals: z.array(z.strictObject({ fromHour: hour, toHour: hour, share: z.number().min(0) })).min(1),
    /** Which part of the ticket holders comes at all. */
    showUpShare: z.number().min(0).max(1),
    laneRatePerHour: z.number().positive(),
    laneRateDegradedPerHour: z.number().positive(),
    frontFactor: z.number().min(1),
    gates: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          lanes: z.number().int().positive(),
          queueAreaM2: z.number().positive(),
          crowdShare: z.number().min(0).max(1),
        }),
      )
      .min(1),
  }),
  cities: z.array(z.string().min(1)).min(1),
});
export type DemoCampaign = z.infer<typeof demoCampaign>;

/**
 * What the demo needs of a validated campaign: its first offer and the first venue that takes it. Throws a
 * TidewardenError that says what the manifest lacks for a demo.
 */
export function demoCampaignOf(campaign: Campaign): DemoCampaign {
  const offer = campaign.offers[0];
  const venue = campaign.venues.find(
    (candidate) => offer !== undefined && candidate.offers.includes(offer.id),
  );
  if (offer === undefined || venue === undefined || offer.limiterRequestsPerSecond === undefined)
    throw new TidewardenError(
      'demo_campaign',
      `The campaign ${campaign.id} cannot be a demo: it needs an offer with limiterRequestsPerSecond and a venue for it`,
    );
  return demoCampaign.parse({
    id: campaign.id,
    offer: {
      id: offer.id,
      listPriceCny: offer.listPriceCny,
      floorPriceCny: offer.floorCny,
      quotaUnits: offer.quotaUnits,
      limiterPerSecond: offer.limiterRequestsPerSecond,
    },
    venue: {
      id: venue.id,
      timezone: venue.timezone ?? campaign.timezone,
      opensAtHour: hourOf(venue.openingHours.open),
      closesAtHour: hourOf(venue.openingHours.close),
      days: venue.validity.days.flatMap((day) =>
        'dayOffset' in day ? [{ dayOffset: day.dayOffset, share: day.share }] : [],
      ),
      arrivals: venue.arrivals.map(({ from, to, share }) => ({
        fromHour: hourOf(from),
        toHour: hourOf(to),
        share,
      })),
      showUpShare: venue.showUp.middle,
      laneRatePerHour: venue.laneRatePerHour.clean,
      laneRateDegradedPerHour: venue.laneRatePerHour.degraded,
      frontFactor: venue.frontFactor,
      gates: venue.gates.map(({ id, lanes, queueAreaM2, crowdShare }) => ({
        id,
        lanes,
        queueAreaM2,
        crowdShare,
      })),
    },
    cities: campaign.cities.map((city) => city.code),
  });
}

/** The library's one-cent-tickets campaign, for a process that is started by hand. */
export async function libraryCampaign(): Promise<DemoCampaign> {
  const { mustParseCampaign } = await import('../../campaigns/parse-manifest.ts');
  const file = 'one-cent-tickets.yaml';
  const text = await readFile(new URL(`../../campaigns/library/${file}`, import.meta.url), 'utf8');
  return demoCampaignOf(mustParseCampaign(text, file));
}

function hourOf(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours + minutes / 60;
}
