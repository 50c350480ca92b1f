/**
 * Units by offer and price, and from them what must never happen: units under the price floor and beyond the quota.
 * Counts are kept by price, not by verdict, so that a manifest's floor or quota can be corrected afterwards.
 */
import type { OfferInvariants } from '../model/api/campaign.ts';
import type { Labels } from '../model/labels.ts';
import type { FloatSeries } from '../model/series.ts';
import type { Increment } from './increments.ts';
import type { Campaign, Offer } from './manifest.ts';
import { parsePrice, priceCny, roundPrice } from './price.ts';
import { add, entry, keepLowest, type Tally } from './tally.ts';
import { localDateAt } from './zone-time.ts';

/** Units whose price is not on the counter, judged by the lowest price that was reported beside them. */
interface HiddenUnits {
  /** Floor that they were judged by, in ten-thousandths; under another floor the verdict is void. */
  readonly floor: number;
  /** Surely at or above it. */
  above: number;
  /** Surely under it: one for each interval whose lowest price no unit with a known price explains. */
  under: number;
  unknown: number;
}

/** Serialisable. By offer. */
export interface UnitCounts {
  readonly byPrice: Record<string, Tally>;
  readonly byDay: Record<string, Tally>;
  readonly hidden: Record<string, HiddenUnits[]>;
  /** Lowest charged price in ten-thousandths, of counters and of the lowest-price gauge. */
  readonly lowest: Tally;
}

export const noUnits = (): UnitCounts => ({ byPrice: {}, byDay: {}, hidden: {}, lowest: {} });

/** Adds increments of the units counter; `lowestPrices` are the samples of the lowest-price gauge around them. */
export function addUnits(
  counts: UnitCounts,
  increments: readonly Increment[],
  lowestPrices: readonly FloatSeries[],
  campaign: Campaign,
): void {
  const { offerLabel, priceLabel } = campaign.names;
  const offers = new Map(campaign.offers.map((offer) => [offer.id, offer]));
  const hidden: [Offer, Increment][] = [];
  for (const increment of increments) {
    const offer = offers.get(increment.labels[offerLabel] ?? '');
    if (offer === undefined || increment.amount === 0) continue;
    const text = increment.labels[priceLabel] ?? '';
    const price = parsePrice(text);
    add(
      entry(counts.byDay, offer.id, () => ({})),
      localDateAt(increment.atMs, campaign.timezone),
      increment.amount,
    );
    if (price === null) hidden.push([offer, increment]);
    else {
      add(
        entry(counts.byPrice, offer.id, () => ({})),
        text,
        increment.amount,
      );
      keepLowest(counts.lowest, offer.id, price);
    }
  }
  for (const { labels, values } of lowestPrices) {
    const offer = offers.get(labels[offerLabel] ?? '');
    if (offer === undefined) continue;
    for (const value of values)
      if (Number.isFinite(value)) keepLowest(counts.lowest, offer.id, roundPrice(value));
  }
  for (const [offer, increment] of hidden)
    judgeHidden(counts, increment, offer, lowestPrices, increments, campaign);
}

/**
 * Units sold at `other`. When the lowest price of their interval is at or above the floor, all of them are. When it
 * is under it, at least one unit was: one of these, unless a unit with a known price of the same instance explains it.
 */
function judgeHidden(
  counts: UnitCounts,
  increment: Increment,
  offer: Offer,
  lowestPrices: readonly FloatSeries[],
  all: readonly Increment[],
  campaign: Campaign,
): void {
  const { offerLabel, priceLabel } = campaign.names;
  const floor = roundPrice(offer.floorCny);
  const verdicts = entry(counts.hidden, offer.id, () => []);
  let verdict = verdicts.find((each) => each.floor === floor);
  if (verdict === undefined) {
    verdict = { floor, above: 0, under: 0, unknown: 0 };
    verdicts.push(verdict);
  }
  const lowest = lowestIn(
    lowestPrices.filter(
      ({ labels }) => labels[offerLabel] === offer.id && sameInstance(labels, increment.labels),
    ),
    increment.afterMs ?? increment.atMs - 1,
    increment.atMs,
  );
  if (lowest === null) verdict.unknown += increment.amount;
  else if (lowest >= floor) verdict.above += increment.amount;
  else {
    const explained = all.some((other) => {
      const price = parsePrice(other.labels[priceLabel] ?? '');
      return (
        price !== null &&
        price < floor &&
        other.amount > 0 &&
        other.labels[offerLabel] === offer.id &&
        sameInstance(other.labels, increment.labels) &&
        other.atMs > (increment.afterMs ?? increment.atMs - 1) &&
        other.atMs <= increment.atMs
      );
    });
    const surely = explained ? 0 : Math.min(1, increment.amount);
    verdict.under += surely;
    verdict.unknown += increment.amount - surely;
  }
}

const sameInstance = (a: Labels, b: Labels) => a.job === b.job && a.instance === b.instance;

function lowestIn(series: readonly FloatSeries[], afterMs: number, untilMs: number): number | null {
  let lowest: number | null = null;
  for (const { timestampsMs, values } of series) {
    for (let i = 0; i < timestampsMs.length; i++) {
      const value = values[i]!;
      if (timestampsMs[i]! <= afterMs || timestampsMs[i]! > untilMs || !Number.isFinite(value)) continue;
      if (lowest === null || roundPrice(value) < lowest) lowest = roundPrice(value);
    }
  }
  return lowest;
}

export interface OfferFigures {
  readonly unitsSold: number;
  /** At least so many; at most `unitsPriceUnknown` more. */
  readonly unitsUnderFloor: number;
  readonly unitsBeyondQuota: number;
  readonly unitsPriceUnknown: number;
  readonly lowestPriceCny: number | null;
}

/** An offer's exact figures under its manifest's floor and quota. */
export function offerFigures(counts: UnitCounts, offer: Offer): OfferFigures {
  const floor = roundPrice(offer.floorCny);
  let unitsSold = 0;
  let unitsUnderFloor = 0;
  let unitsPriceUnknown = 0;
  for (const [text, units] of Object.entries(counts.byPrice[offer.id] ?? {})) {
    unitsSold += units;
    if (parsePrice(text)! < floor) unitsUnderFloor += units;
  }
  for (const hidden of counts.hidden[offer.id] ?? []) {
    const total = hidden.above + hidden.under + hidden.unknown;
    unitsSold += total;
    if (hidden.floor === floor) {
      unitsUnderFloor += hidden.under;
      unitsPriceUnknown += hidden.unknown;
    } else unitsPriceUnknown += total;
  }
  const lowest = counts.lowest[offer.id];
  return {
    unitsSold,
    unitsUnderFloor,
    unitsBeyondQuota: Math.max(0, unitsSold - offer.quotaUnits),
    unitsPriceUnknown,
    lowestPriceCny: lowest === undefined ? null : priceCny(lowest),
  };
}

/** The figures as the API gives them. `counts` null: no sale was ever reported. */
export function offerInvariants(counts: UnitCounts | null, offer: Offer, asOfMs: number): OfferInvariants {
  const figures = counts === null ? null : offerFigures(counts, offer);
  return {
    offerId: offer.id,
    floorCny: offer.floorCny,
    quotaUnits: offer.quotaUnits,
    unitsSold: figures?.unitsSold ?? null,
    unitsUnderFloor: figures?.unitsUnderFloor ?? null,
    unitsBeyondQuota: figures?.unitsBeyondQuota ?? null,
    unitsPriceUnknown: figures?.unitsPriceUnknown ?? null,
    lowestPriceCny: figures?.lowestPriceCny ?? null,
    asOfMs,
  };
}
