/**
 * The shape of a campaign manifest (one YAML file a campaign) as zod schemas, and the type `Campaign` that every other
 * room reads. Units stand last in names; shares are fractions of 1; money is yuan.
 */
import { z } from 'zod';
import { isTimeZone, parseLocalTime } from './zone-time.ts';

/** What label values and URLs can carry without escaping. */
const slug = z
  .string()
  .regex(
    /^[a-z0-9][a-z0-9._-]{0,62}$/,
    'use lower-case letters, digits, dots, dashes; at most 63 characters',
  );
const words = z.string().trim().min(1, 'must not be empty').max(2_000);
const bilingual = z.strictObject({ en: words, zh: words });
const share = z.number().min(0, 'a share is between 0 and 1').max(1, 'a share is between 0 and 1');
const positive = z.number().positive('must be above zero').max(1e9, 'is beyond any venue or sale');
const notNegative = z.number().nonnegative('must not be negative').max(1e9, 'is beyond any venue or sale');
const count = z
  .int('must be a whole number')
  .nonnegative('must not be negative')
  .max(1e9, 'is beyond any sale');
const timeZone = z.string().refine(isTimeZone, 'is no IANA time zone; write one such as Asia/Shanghai');
const localTime = z
  .string('write a time of day in quotes, such as "09:00"')
  .refine((text) => parseLocalTime(text) !== null, 'is no time of day; write "09:00", at most "24:00"');
const instant = z.iso.datetime({
  offset: true,
  error: 'write an instant with its offset, such as 2026-02-06T10:00:00+08:00',
});
const localDate = z.iso.date('write a date such as 2026-02-06');

const window = z.union(
  [
    z.strictObject({ start: instant, end: instant }),
    z.strictObject({ rolling: z.literal(true), days: z.int().min(1).max(60) }),
  ],
  'write either `start` and `end` as instants, or `rolling: true` with `days`',
);

const phase = z.strictObject({
  /** The value of `campaign.phase` on telemetry. */
  id: slug,
  title: bilingual,
  /** Hours after the window's start at which this phase begins. */
  startHours: z.number().min(-8_760).max(8_760),
});

const price = z
  .number('write the price in yuan as a number')
  .nonnegative('a price is not negative')
  .max(1e7, 'is beyond any offer')
  .refine(
    (value) => Math.abs(value * 10_000 - Math.round(value * 10_000)) < 1e-6,
    'has more than four decimals',
  );

const offer = z.strictObject({
  id: slug,
  title: bilingual,
  listPriceCny: price,
  /** The lowest price per unit, before a user's own vouchers, that this campaign may charge. */
  floorCny: price,
  /** How many units may be sold in all. */
  quotaUnits: count,
  /** What the flash-sale limiter lets through, all instances together; absent: the offer has none. */
  limiterRequestsPerSecond: positive.optional(),
});

const gate = z.strictObject({
  id: slug,
  title: bilingual,
  /** Lanes that the venue's plan opens. */
  lanes: count,
  /** Lanes that can be opened with all staff; the plan's own number when absent. */
  lanesMax: count.optional(),
  queueAreaM2: positive,
  /** Which part of the venue's visitors comes to this gate; the gates' shares add up to 1. */
  crowdShare: share,
});

const validityDay = z.union(
  [
    z.strictObject({ date: localDate, share, frontLoadedShare: share.optional() }),
    z.strictObject({ dayOffset: z.int().min(0).max(365), share, frontLoadedShare: share.optional() }),
  ],
  'write either `date` or `dayOffset` (days after the purchase), with `share`',
);

const validity = z.strictObject({
  /**
   * Whether a ticket opens the gate on one day only, the one in `validity.day` of its telemetry. Otherwise tickets
   * are spread over the days by their shares.
   */
  boundToDay: z.boolean().default(false),
  days: z.array(validityDay).min(1, 'needs at least one day').max(366),
});

const arrivalSpan = z.strictObject({ from: localTime, to: localTime, share });

/** Shares of ticket holders who come, as a prior until arrivals were counted. */
const showUp = z.strictObject({ low: share, middle: share, high: share, source: bilingual });

const leadMinutes = z.strictObject({
  /** How long before they would join the queue people must hear that they should not come. */
  notice: notNegative.default(180),
  /** From the decision until more lanes work. */
  lanes: notNegative.default(60),
  /** From a purchase to the gate at the earliest. */
  travel: notNegative.default(60),
});

const venue = z.strictObject({
  id: slug,
  title: bilingual,
  /** The campaign's when absent. */
  timezone: timeZone.optional(),
  openingHours: z.strictObject({ open: localTime, close: localTime }),
  /** Offers whose units are tickets of this venue. */
  offers: z.array(slug).min(1, 'name at least one offer'),
  validity,
  /** When a day's visitors join the queue; they may come before the gates open. Shares add up to 1. */
  arrivals: z.array(arrivalSpan).min(1, 'needs at least one span').max(96),
  gates: z.array(gate).min(1, 'needs at least one gate').max(50),
  /** Persons a lane admits in an hour when all goes well, and when phones, networks or tempers fail. */
  laneRatePerHour: z.strictObject({ clean: positive.default(300), degraded: positive.default(120) }),
  /** Density of the queue's front third over its mean density. */
  frontFactor: z.number().min(1, 'the front is never thinner than the mean').max(5).default(1.5),
  showUp,
  /** How much of that share the holders of voided or refunded tickets keep until told in person. */
  voidedShowUpFactor: share.default(0.5),
  /** Most people who may be inside at once, by the venue's own plan. */
  capacityPeople: positive.optional(),
  /** How long a visitor stays (set). */
  stayHours: positive.default(5),
  leadMinutes: leadMinutes.prefault({}),
  /** Whom the venue liaison calls first. */
  contact: bilingual.optional(),
});

const slo = z.strictObject({
  id: slug,
  title: bilingual,
  objectivePercent: z.number().gt(0).lt(100),
  windowDays: z.int().min(1).max(90),
  /** PromQL of counters: good events and all events. */
  good: words,
  total: words,
});

const seriesName = z.string().regex(/^[a-zA-Z_:][a-zA-Z0-9_:]*$/, 'is no Prometheus metric or label name');

/** Names of a platform that calls things otherwise; each is the Prometheus name of what the contract names. */
const names = z.strictObject({
  orderUnits: seriesName.default('order_units_total'),
  orderPlaced: seriesName.default('order_placed_total'),
  unitPriceMin: seriesName.default('offer_unit_price_min_CNY'),
  ticketSold: seriesName.default('ticket_sold_total'),
  ticketRefunded: seriesName.default('ticket_refunded_total'),
  lanesOpen: seriesName.default('gate_lanes_open'),
  arrivals: seriesName.default('gate_arrivals_total'),
  queueLength: seriesName.default('gate_queue_length'),
  gateScans: seriesName.default('gate_scans_total'),
  offerLabel: seriesName.default('offer_id'),
  priceLabel: seriesName.default('price'),
  venueLabel: seriesName.default('venue_id'),
  gateLabel: seriesName.default('gate_id'),
});

export const campaignManifest = z.strictObject({
  /** The value of `campaign.id` on telemetry; the file's name says the same. */
  id: slug,
  title: bilingual,
  description: bilingual,
  timezone: timeZone,
  owner: words,
  window,
  phases: z.array(phase).default([]),
  peak: z.strictObject({
    forecastOrdersPerMinute: positive,
    /** What a load test has shown to hold; absent: never tested. */
    testedOrdersPerMinute: positive.optional(),
  }),
  cities: z
    .array(z.strictObject({ code: z.string('write the code in quotes').min(1).max(16), title: bilingual }))
    .default([]),
  /** `service.name` of the services that carry this campaign. */
  services: z.array(words).default([]),
  offers: z.array(offer).min(1, 'name at least one offer').max(500),
  venues: z.array(venue).max(200).default([]),
  slos: z.array(slo).default([]),
  dashboardUid: z
    .string()
    .regex(
      /^[a-zA-Z0-9_-]{1,40}$/,
      'use letters, digits, dashes, underscores; at most 40 (the limit of Grafana)',
    ),
  names: names.prefault({}),
});

/** A validated campaign. Defaults are filled in; times of day are still text, since dates follow the window. */
export type Campaign = z.output<typeof campaignManifest>;
export type Offer = Campaign['offers'][number];
export type Venue = Campaign['venues'][number];
export type Gate = Venue['gates'][number];
