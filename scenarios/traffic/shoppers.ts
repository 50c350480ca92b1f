/** Shoppers: look at the price, buy, tap twice, come back when turned away, cancel. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { addDays, localTime } from '../services/calendar.ts';
import type { Crowd } from './client.ts';
import { type DemandState, HUNTERS, isBargain, ordersPerSecond } from './demand.ts';

const TICK_MS = 100;
const LOOK_MS = 1_000;
const offerReply = z.object({ priceCny: z.number(), listPriceCny: z.number(), soldOut: z.boolean() });
const orderReply = z.object({ orderId: z.string(), ticketIds: z.array(z.string()) });

const NORMAL_UNITS = [
  [1, 72],
  [2, 22],
  [3, 4],
  [4, 2],
] as const;
const RUSH_UNITS = [
  [1, 52],
  [2, 26],
  [3, 9],
  [4, 6],
  [6, 4],
  [10, 3],
] as const;
const TIERS = [
  ['normal', 55],
  ['new', 20],
  ['member', 20],
  ['vip', 5],
] as const;
const CHANNELS = [
  ['app', 55],
  ['mini_program', 35],
  ['web', 8],
  ['assistant', 2],
] as const;
/** Resellers buy again and again through a few payers. */
const RESELLER_PAYERS = 12;

export interface ShopperState {
  /** Orders a second that the crowd would like to make now. */
  demand: number;
}

/** Keeps shopping until the signal ends it. `state` tells the callers how busy it is. */
export async function runShoppers(crowd: Crowd, state: ShopperState): Promise<void> {
  const { campaign, trafficScale } = crowd.running.settings;
  const { random, now } = crowd.running;
  let seen: DemandState = {
    priceCny: campaign.offer.listPriceCny,
    listPriceCny: campaign.offer.listPriceCny,
    soldOut: false,
    bargainSeconds: 0,
    huntersLeft: HUNTERS,
  };
  let bargainSinceMs: number | null = null;
  let lookedAtMs = 0;
  let due = random.exponential(1);
  let lastMs = now();
  while (!crowd.signal.aborted) {
    await crowd.pause(TICK_MS);
    const atMs = now();
    if (Math.abs(atMs - lookedAtMs) >= LOOK_MS) {
      lookedAtMs = atMs;
      const reply = await crowd.client.look('order', `/offers/${campaign.offer.id}`);
      const offer = offerReply.safeParse(reply?.body);
      if (offer.success) {
        const bargain = isBargain(offer.data.priceCny, offer.data.listPriceCny);
        bargainSinceMs = bargain ? (bargainSinceMs ?? atMs) : null;
        seen = { ...seen, ...offer.data };
      }
    }
    seen = {
      ...seen,
      bargainSeconds: bargainSinceMs === null ? 0 : Math.max(0, atMs - bargainSinceMs) / 1_000,
    };
    state.demand = ordersPerSecond(seen) * trafficScale;
    // A clock that jumps must not let a crowd of hours loose at once.
    due -= (Math.min(1_000, Math.max(0, atMs - lastMs)) / 1_000) * state.demand;
    lastMs = atMs;
    while (due <= 0) {
      due += random.exponential(1);
      const hunting = bargainSinceMs !== null;
      if (hunting) seen = { ...seen, huntersLeft: Math.max(0, seen.huntersLeft - 1) };
      void shop(crowd, hunting);
    }
  }
}

async function shop(crowd: Crowd, hunting: boolean): Promise<void> {
  const { random } = crowd.running;
  const order = wish(crowd, hunting);
  const place = () =>
    crowd.client.tap({
      operation: 'place',
      service: 'order',
      path: '/orders',
      target: '/orders',
      body: order,
    });
  let reply = await place();
  if (reply === null || reply.status === 429) {
    await crowd.pause(random.integer(1_000, 3_000));
    reply = await place();
  }
  const bought = orderReply.safeParse(reply?.body);
  if (reply?.status !== 201 || !bought.success) return;
  if (random.chance(0.01)) await place();
  if (!random.chance(hunting ? 0.004 : 0.03)) return;
  await crowd.pause(random.integer(20_000, 240_000));
  const path = `/orders/${bought.data.orderId}/cancel`;
  await crowd.client.tap({
    operation: 'cancel',
    service: 'order',
    path,
    target: '/orders/{id}/cancel',
    body: { tier: order.tier },
  });
}

/** What somebody puts into the basket. */
export function wish({ running }: Crowd, hunting: boolean) {
  const { random, now } = running;
  const { campaign } = running.settings;
  const today = localTime(now(), campaign.venue.timezone).day;
  const dayOffset = random.weighted(campaign.venue.days.map((day) => [day.dayOffset, day.share] as const));
  const userId = random.hexId();
  const reseller = hunting && random.chance(0.03);
  return {
    offerId: campaign.offer.id,
    units: reseller ? random.integer(8, 20) : random.weighted(hunting ? RUSH_UNITS : NORMAL_UNITS),
    venueId: campaign.venue.id,
    validityDay: addDays(today, dayOffset),
    cityCode: random.weighted(campaign.cities.map((city, index) => [city, 1 / (index + 1)] as const)),
    channel: random.weighted(CHANNELS),
    tier: random.weighted(TIERS),
    userId,
    deviceId: random.hexId(),
    payerId: reseller ? `reseller-${random.integer(1, RESELLER_PAYERS)}` : userId,
    fulfilment: random.chance(hunting ? 0.04 : 0.35) ? ('courier' as const) : ('mobile' as const),
    distanceKm: Math.min(30, random.logNormal(4, 0.55)),
    // Not from the seed: a crowd that starts again makes new orders, not the old ones twice.
    idempotencyKey: randomUUID(),
  };
}
